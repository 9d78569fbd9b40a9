public import Foundation

/// How a sandbox is to run.
public struct SandboxOptions: Sendable {
    public var host = "127.0.0.1"
    /// 0 takes any free port.
    public var port = 0
    /// How long the controller takes from one phase to the next.
    public var controllerDelay: Duration = .milliseconds(200)
    /// Whether the Rampart controller is played: phases, status, finalizer.
    public var playsController = true
    /// Whether Helm is played beside it: a release for each component of a graph that is deployed.
    public var playsHelm = false
    /// Whether a RampartGraph in a namespace that does not exist makes that namespace, as a first look wants it.
    public var createsNamespaces = false
    /// The bearer token that requests must carry; nil lets everybody in.
    public var token: String?
    /// Whom TokenReviews know. Other requests are not checked against them.
    public var users: [SandboxUser] = []
    /// What SubjectAccessReviews allow.
    public var grants: [SandboxGrant] = []
    public var now: @Sendable () -> Date = { Date() }

    public init() {}
}

/// A request that the sandbox has seen.
public struct SandboxRequest: Sendable, Hashable {
    public let method: String
    /// The path without the query.
    public let path: String
    public let query: String
    /// What the client calls itself.
    public let userAgent: String
    /// The HTTP code of the answer; 0 where the connection was dropped.
    public internal(set) var status: Int

    /// Whether it could change something.
    public var isWrite: Bool { method != "GET" && method != "HEAD" && !query.contains("dryRun=All") }
}

/// A fault that a test switches on.
public struct SandboxFault: Sendable {
    public enum Effect: Sendable {
        /// The answer comes late.
        case latency(Duration)
        /// 429 with `Retry-After`.
        case tooManyRequests(retryAfter: Int)
        /// An error of the server.
        case failure(code: Int, message: String)
        /// The connection ends before anything is done.
        case dropBefore
        /// The connection ends after the write was done, before its answer.
        case dropAfter
        /// A watch begins and then says nothing, bookmarks included, as where the network has forgotten the connection.
        /// It strikes watches only.
        case silence
    }

    public let effect: Effect
    /// Only requests of this method; nil for all.
    public var method: String?
    /// Only requests whose path contains this; nil for all.
    public var path: String?
    /// How many requests it strikes; nil until it is switched off.
    public var count: Int?

    public init(_ effect: Effect, method: String? = nil, path: String? = nil, count: Int? = nil) {
        self.effect = effect
        self.method = method
        self.path = path
        self.count = count
    }
}
