public import Apps
public import Events
import GitHTTP
public import Health
public import Listening
public import Logging
public import ServiceLifecycle
public import Sync
public import Upstreams

/// The REST interface of the Rampart UI: apps, their versions and their state, over HTTP.
public struct RestService: Service {
    private let listener: HTTPListener<Responder>
    private let fetches: BranchFetches
    private let git: GitHTTP?
    private let events: EventLog?

    /// - Parameters:
    ///   - store: the apps that are read and written.
    ///   - engine: what the cluster has, and who asks it.
    ///   - health: how what the apps run fares; nil where nobody watches it.
    ///   - messages: what Helm says of releases that are not well; nil leaves it at their state.
    ///   - pulsar: how pulsar flows fare; nil where there is no Pulsar. Somebody else runs it.
    ///   - upstream: who asks the services beside apps, which ``ServiceOptions/upstreams`` says; nil where nobody does.
    ///   - dashboards: what Grafana has; nil where there is none.
    ///   - events: what clients are told of; nil tells them nothing.
    public init(
        store: AppStore, engine: SyncEngine, health: ClusterHealth? = nil, messages: ReleaseMessages? = nil,
        pulsar: PulsarCheck? = nil, upstream: UpstreamClient? = nil, dashboards: DashboardSync? = nil,
        events: EventLog? = nil, options: ServiceOptions = .init(), logger: Logger
    ) {
        let repositories = upstream.flatMap { client in
            options.upstreams.repositories.map { RepositoryCheck(template: $0, client: client) }
        }
        self.init(
            apps: store, branch: store, cluster: engine,
            health: WatchedHealth(cluster: health, repositories: repositories, pulsar: pulsar, messages: messages),
            upstream: upstream, dashboards: dashboards, events: events, options: options, logger: logger)
    }

    init(
        apps: any AppSource, branch: any BranchSource, cluster: any ClusterSide,
        health: any HealthSide = WatchedHealth(cluster: nil, repositories: nil), upstream: UpstreamClient? = nil,
        dashboards: (any DashboardSide)? = nil, events: EventLog? = nil, options: ServiceOptions, logger: Logger
    ) {
        self.events = events
        fetches = BranchFetches(branch: branch, logger: logger)
        git = options.git(logger: logger)
        let responder = Responder(
            apps: apps, cluster: cluster, health: health, upstream: upstream, dashboards: dashboards,
            events: events, fetches: fetches, git: git, options: options, logger: logger)
        var limits = options.connections
        limits.idleTimeout = options.idleTimeout
        listener = HTTPListener(
            responder, host: options.host, port: options.port, limits: limits, tls: options.tls, logger: logger)
    }

    /// Serves until it is shut down: requests that were accepted are answered, streams of events end, then connections are
    /// closed.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await fetches.run() }
            if let git { group.addTask { await git.run() } }
            defer { group.cancelAll() }
            // A stream of events is a request that has no end of its own.
            try await withGracefulShutdownHandler {
                try await listener.run()
            } onGracefulShutdown: {
                events?.close()
            }
        }
    }

    /// Waits until the service listens.
    /// - Returns: where; with port 0 this is how to learn which one was free.
    public func started() async throws -> ListeningAddress { try await listener.started() }
}
