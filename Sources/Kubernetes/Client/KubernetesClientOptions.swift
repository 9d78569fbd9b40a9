/// How a client talks to its server. Every wait has a limit.
public struct KubernetesClientOptions: Sendable {
    /// Until a connection stands, waiting for a free one in the pool included.
    public var connectTimeout: Duration = .seconds(5)
    /// One try of a request, from its start to the last byte of the answer.
    public var requestTimeout: Duration = .seconds(40)
    /// Until the answer begins, and between two reads of it. Longer than the 30 s that an admission webhook may take.
    public var readTimeout: Duration = .seconds(35)
    /// For how long a watch is asked to last; the server ends it then, and an informer starts the next.
    public var watchTimeout: Duration = .seconds(290)
    /// How long after that a silent watch counts as cut.
    public var watchGrace: Duration = .seconds(15)
    /// Connections kept for requests. Callers that have more requests on their way wait for one.
    public var maximumConnections = 32
    /// How long an exec plugin may take to hand out a credential.
    public var execTimeout: Duration = .seconds(60)
    /// Idle connections are closed after this time.
    public var idleTimeout: Duration = .seconds(60)
    /// The largest answer that is read.
    public var maximumResponseSize = 256 << 20
    /// Objects a page in ``KubernetesClient/listAll(_:namespace:labelSelector:fieldSelector:pageSize:)``.
    public var pageSize = 500
    /// When and how often requests are made again.
    public var retry = RetryPolicy()
    /// HTTP/2 where the server offers it. Off by default: a connection of HTTP/1.1 that has died fails one request, a
    /// connection of HTTP/2 that has died fails all of them until the kernel gives it up.
    public var allowsHTTP2 = false
    /// What the server's audit log calls this client, and the field manager of writes that name none.
    public var userAgent = "rampart"
    /// What is measured of requests.
    public var metrics = KubernetesMetrics()
    /// Measures waits between tries.
    public var clock: any Clock<Duration> = ContinuousClock()
    /// Where jitter comes from: a number in `0..<1`.
    public var random: @Sendable () -> Double = { Double.random(in: 0..<1) }

    /// The defaults above.
    public init() {}
}
