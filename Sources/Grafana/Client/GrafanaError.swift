/// Why a request to Grafana or Prometheus did not do what it should.
public struct GrafanaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong, in a word that programs can tell apart.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// 401: token, user or password are not accepted.
        case unauthorized
        /// 403: the account may not do this.
        case forbidden
        /// 404.
        case notFound = "not-found"
        /// 412 `name-exists`, and 409: another dashboard or folder has this title.
        case nameExists = "name-exists"
        /// 412 `version-mismatch`: somebody else has changed the dashboard since it was read.
        case versionMismatch = "version-mismatch"
        /// The folder that a dashboard is to lie in is not there.
        case folderMissing = "folder-missing"
        /// Another 4xx: the request itself is not accepted.
        case refused
        /// 429.
        case tooManyRequests = "too-many-requests"
        /// 5xx.
        case server = "server-error"
        /// No connection, or one that was cut.
        case unreachable
        /// No answer within the time that it may take.
        case timedOut = "timed-out"
        /// The certificate is not accepted, or there is no TLS.
        case tls
        /// The answer is no JSON, of another shape, or too large.
        case unreadable
        /// A file with a token, a password or a certificate does not read.
        case credentials
        /// The task was cancelled.
        case cancelled
    }

    public let kind: Kind
    /// What was asked for, for example `GET /api/datasources`. Holds no secret.
    public let operation: String
    /// Why, in the server's words where it said any.
    public let message: String
    /// The HTTP code of the answer; nil where there was none.
    public let code: Int?
    /// How long the server asks to wait.
    public let retryAfter: Duration?

    public init(
        _ kind: Kind, _ operation: String, _ message: String, code: Int? = nil, retryAfter: Duration? = nil
    ) {
        self.kind = kind
        self.operation = operation
        self.message = message
        self.code = code
        self.retryAfter = retryAfter
    }

    /// Whether the same request may well succeed a little later without anybody doing anything.
    public var isPassing: Bool {
        switch kind {
        case .tooManyRequests, .server, .unreachable, .timedOut, .versionMismatch, .folderMissing: true
        default: false
        }
    }

    /// How long the server wants to be left alone, whatever it is asked for; nil where it does not say so.
    public var pause: Duration? { kind == .tooManyRequests || kind == .server ? retryAfter : nil }

    /// Whether any other request would meet the same, whatever it is about. Where there was no answer (``Kind/timedOut``,
    /// ``Kind/unreachable``) that is likely, and no more.
    public var concernsAll: Bool {
        switch kind {
        case .unauthorized, .unreachable, .timedOut, .tls, .credentials: true
        default: false
        }
    }

    public var description: String { "\(operation): \(code.map { "\($0) " } ?? "")\(message)" }
}
