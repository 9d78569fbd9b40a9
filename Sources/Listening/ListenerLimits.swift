/// What one client, and all together, may take of a listener.
public struct ListenerLimits: Sendable {
    /// How long a connection may be silent, within a request or between two; also how long a request's head may take.
    public var idleTimeout: Duration
    /// How long the rest of a body is read after its request was answered.
    public var linger: Duration = .seconds(2)
    /// How long a client may take none of what is sent to it.
    public var stallTimeout: Duration = .seconds(60)
    /// How many connections there may be, where the process may have that many descriptors; more wait in the system's backlog.
    public var connections = 4_096
    /// How many of these one address may have, or one network of IPv6; more are closed at once.
    public var connectionsOfOne = 2_048
    /// How many of all are kept for addresses that have fewer than ``few``, so that probes get through where a few addresses
    /// hold all others; an eighth of all at most.
    public var connectionsForFew = 256
    /// As many connections as a probe or a person needs.
    public var few = 4
    /// The longest header, its name and value together; URLs too.
    public var headerField = 24 << 10
    /// All headers of a request together.
    public var headers = 64 << 10
    /// How many headers a request may have.
    public var headerCount = 200

    public init(idleTimeout: Duration = .seconds(60)) { self.idleTimeout = idleTimeout }
}
