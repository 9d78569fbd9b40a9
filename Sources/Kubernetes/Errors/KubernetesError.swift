/// Why a request to an API server came to nothing.
public struct KubernetesError: Error, Sendable, Hashable {
    /// What sort of failure it was.
    public enum Kind: Sendable, Hashable {
        /// The server answered with a status that is no success.
        case status(Int)
        /// No connection came about, so the request was never sent: refused, no route, unknown host name.
        case unreachable
        /// The connection broke after the request, or a part of it, had been sent.
        case connectionLost
        /// No answer in time.
        case timedOut
        /// The server's certificate was not accepted, or the server did not accept ours.
        case tls
        /// The answer is not what the API describes.
        case decoding
        /// A credential could not be had: a token file, an exec plugin.
        case credentials
        /// The request makes no sense and was not sent.
        case invalidRequest
        /// The task was cancelled, or the client shut down.
        case cancelled
    }

    /// One of several reasons that a server gives for a refusal.
    public struct Cause: Sendable, Hashable {
        /// For example `FieldValueRequired` or `FieldManagerConflict`.
        public var reason: String
        /// The field concerned, for example `spec.graph.flows`; empty where none is.
        public var field: String
        /// What is wrong with it.
        public var message: String

        /// A cause.
        public init(reason: String, field: String, message: String) {
            self.reason = reason
            self.field = field
            self.message = message
        }
    }

    /// What was asked, for people: verb, resource and object.
    public struct Operation: Sendable, Hashable, CustomStringConvertible {
        /// For example `get` or `apply`.
        public var verb: String
        /// The resource type, for example `pods`, or a path.
        public var resource: String
        /// The object, for example `default/demo`, or where a list looks.
        public var object: String

        /// An operation.
        public init(verb: String, resource: String, object: String) {
            self.verb = verb
            self.resource = resource
            self.object = object
        }

        /// Verb, resource and object.
        public var description: String {
            [verb, resource, object].filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    /// What sort of failure it is.
    public var kind: Kind
    /// What was asked.
    public var operation: Operation
    /// What the server, or the network, said.
    public var message: String
    /// The server's one-word reason, for example `AlreadyExists`; empty where it gave none.
    public var reason: String
    /// The fields that were refused, each with its own reason.
    public var causes: [Cause]
    /// What the server says the refusal is about; for a missing namespace this is not the object that was asked for.
    public var subject: Subject?
    /// How long the server asks to wait before the next try.
    public var retryAfter: Duration?
    /// With an expired list: what goes on with the rest of it, which then is no consistent list any more.
    public var continueToken: String?

    /// The object that a refusal is about.
    public struct Subject: Sendable, Hashable {
        /// The API group; empty for the core group.
        public var group: String
        /// The kind, or the plural name of the resource type.
        public var kind: String
        /// The name of the object.
        public var name: String
        /// The uid of the object, where the server gives it.
        public var uid: String

        /// A subject.
        public init(group: String, kind: String, name: String, uid: String) {
            self.group = group
            self.kind = kind
            self.name = name
            self.uid = uid
        }
    }

    /// An error from its parts.
    public init(
        _ kind: Kind, operation: Operation, message: String, reason: String = "", causes: [Cause] = [],
        subject: Subject? = nil, retryAfter: Duration? = nil, continueToken: String? = nil
    ) {
        self.kind = kind
        self.operation = operation
        self.message = message
        self.reason = reason
        self.causes = causes
        self.subject = subject
        self.retryAfter = retryAfter
        self.continueToken = continueToken
    }
}

extension KubernetesError {
    /// The status code of the answer; nil where there was none.
    public var code: Int? { if case .status(let code) = kind { code } else { nil } }
    /// There is no such object, resource type or path.
    public var isNotFound: Bool { code == 404 }
    /// Refused because the object has changed, or because another field manager owns a field.
    public var isConflict: Bool { code == 409 && reason != "AlreadyExists" }
    /// A server-side apply that would take fields from other managers; `force` does.
    public var isFieldManagerConflict: Bool { isConflict && causes.contains { $0.reason == "FieldManagerConflict" } }
    /// An object of that name is there already.
    public var isAlreadyExists: Bool { code == 409 && reason == "AlreadyExists" }
    /// The resource version, or the page, is too old: list again.
    public var isGone: Bool { code == 410 }
    /// The server does not know who asks.
    public var isUnauthorized: Bool { code == 401 }
    /// Who asks may not do that, or admission refuses what was sent; see ``isDenied``.
    public var isForbidden: Bool { code == 403 }
    /// The server does not know who asks, or its authorization grants them no right to do that. Webhooks, quotas and
    /// namespaces that go away answer 403 as well, but not in these words.
    public var isDenied: Bool {
        isUnauthorized
            || isForbidden && !message.hasPrefix("admission webhook") && message.contains("forbidden: User \"")
                && message.contains("\" cannot ")
    }
    /// The server could not be asked at all; what it would say is not known.
    public var isUnreachable: Bool {
        switch kind {
        case .unreachable, .connectionLost, .timedOut, .tls: true
        default: false
        }
    }
    /// Nobody waits for the answer any more.
    public var isCancelled: Bool { kind == .cancelled }
    /// The manifest itself is refused; sending it again says the same until somebody changes it.
    public var isInvalid: Bool {
        switch code {
        case 400, 413, 422: true
        case 500: message.hasPrefix("failed to create typed patch object")
        default: false
        }
    }
    /// Whether the same request may well succeed later, whatever it was.
    public var isRetryable: Bool {
        switch kind {
        case .unreachable, .connectionLost, .timedOut, .tls, .credentials: true
        case .status(let code): RetryPolicy.mayPass(code) && !isInvalid
        case .decoding, .invalidRequest, .cancelled: false
        }
    }
}

extension KubernetesError: CustomStringConvertible {
    /// One line: what was asked, how it ended, and what the server said.
    public var description: String {
        var text = "cannot \(operation): "
        switch kind {
        case .status(let code): text += "\(code)\(reason.isEmpty ? "" : " \(reason)"): "
        case .unreachable: text += "the API server cannot be reached: "
        case .connectionLost: text += "the connection broke: "
        case .timedOut: text += "no answer in time: "
        case .tls: text += "no secure connection: "
        case .decoding: text += "an answer that cannot be read: "
        case .credentials: text += "no credentials: "
        case .invalidRequest, .cancelled: break
        }
        return text + message
    }
}
