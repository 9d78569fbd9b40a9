public import Apps
public import Grafana
import HashTreeCollections
import Kubernetes
public import Logging
public import ServiceLifecycle
import Synchronization

/// Keeps Grafana's dashboards equal to HEAD: one for each app with a live graph, and those that lie in its folder.
///
/// It goes beside ``SyncEngine`` and only listens to it, so that a Grafana that is slow or away holds up nothing else.
/// Level-based, as that is: whatever happened, it compares what is wanted with what Grafana has.
public actor DashboardSync: Service {
    /// What is remembered of an app between two looks.
    struct Memory {
        /// What was last found or made right; nil to look again.
        var met: DesiredDashboards?
        /// The dashboards of the app by uid.
        var settled: [String: DashboardPlan.Settled] = [:]
    }

    let store: AppStore
    let client: GrafanaClient
    /// Writes only while this replica leads.
    let writer: GrafanaClient
    let prometheus: PrometheusClient?
    let options: DashboardOptions
    let clock: any Clock<Duration>
    let logger: Logger
    let engine: SyncEngine
    let informer: Informer<ObservedGraph>
    nonisolated let shared = Mutex(DashboardReport())

    var queue: WorkQueue
    var memory: [AppID: Memory] = [:]
    /// Grows when what was found before does not count any more, also for those who are just finding it.
    var generation = 0
    /// What all dashboards stand on; nil while Grafana cannot be worked with.
    var ground: DatasourceChoice?
    /// Folders that are known to be there, by namespace.
    var folders: [String: String] = [:]
    /// The GPU metrics that Prometheus last named; nil where it has never answered.
    var metrics: Set<GPUMetric>?
    /// Whether Prometheus has been waited for, so that no dashboard has to be written twice at the start.
    var hasAskedForMetrics: Bool
    /// What stands in the report's notes.
    var remarks = Remarks()
    /// The dashboards that are wanted, as of one snapshot.
    var wanted: Wanted?
    /// Those that nobody wants and that could not be deleted, by uid.
    var leftovers: [String: GrafanaError] = [:]
    /// Nothing is asked of Grafana before.
    var pausedUntil: Duration = .zero
    /// When Grafana is asked for what all stand on, for what nobody wants any more, and Prometheus for its metrics.
    var looks: DashboardRounds
    var sweeps: DashboardRounds
    var questions: DashboardRounds
    let wake: AsyncStream<Void>.Continuation
    let wakeups: AsyncStream<Void>
    let start: @Sendable () -> Duration

    /// - Parameters:
    ///   - engine: what the cluster has; it runs beside this.
    ///   - prometheus: who knows the GPU metrics; nil for dashboards without GPU panels.
    ///   - clock: measures the waits between tries.
    public init(
        store: AppStore, engine: SyncEngine, client: GrafanaClient, prometheus: PrometheusClient? = nil,
        options: DashboardOptions = .init(), clock: some Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        self.store = store
        self.client = client
        writer = engine.election.map { election in client.fenced { election.isLeader } } ?? client
        self.prometheus = prometheus
        self.options = options
        self.clock = clock
        self.logger = logger
        self.engine = engine
        informer = engine.informer
        metrics = prometheus == nil ? [] : nil
        hasAskedForMetrics = prometheus == nil
        queue = WorkQueue(
            firstRetry: options.firstRetry, longestRetry: options.longestRetry,
            places: WorkPlaces(quick: options.concurrency, all: options.concurrency, patience: .zero))
        looks = DashboardRounds(
            firstRetry: options.firstRetry, longestRetry: options.longestRetry, interval: options.fullLook)
        questions = looks
        // Who is not let delete something today is hardly let in a minute.
        sweeps = DashboardRounds(
            firstRetry: options.firstRetry, longestRetry: options.fullLook, interval: options.fullLook)
        (wakeups, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        start = DashboardSync.stopwatch(clock)
        shared.withLock { $0.address = client.address.url }
    }

    private static func stopwatch<C: Clock>(_ clock: C) -> @Sendable () -> Duration where C.Duration == Duration {
        let begin = clock.now
        return { begin.duration(to: clock.now) }
    }

    /// How everything stands.
    public nonisolated var report: DashboardReport { shared.withLock { $0 } }

    /// Asks Grafana, and Prometheus, anew for everything, now.
    public func look() {
        looks.ask()
        questions.ask()
        poke()
    }

    /// Works until it is shut down: what is on its way is finished, nothing new is begun.
    public func run() async throws {
        let (store, informer, wake) = (store, informer, wake)
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await change in store.changes() { await self.changed(change) } }
                group.addTask { for await event in informer.events() { await self.seen(event) } }
                group.addTask { await self.work() }
                defer { wake.finish() }
                await group.next()
                group.cancelAll()
                await group.waitForAll()
            }
        }
    }

    // MARK: - What happens

    private func changed(_ change: SnapshotChange) {
        switch change.changed {
        case .apps(let ids): enqueue(ids, anew: true)
        case .everything: enqueueAll(anew: true)
        }
        if change.snapshot.settings != settings {
            settings = change.snapshot.settings
            enqueue(change.snapshot.apps.keys, anew: true)
        }
    }

    private var settings = RepositorySettings()

    private func seen(_ event: InformerEvent<ObservedGraph>) {
        switch event {
        case .synced: look()
        case .relisted:
            wanted = nil
            enqueueAll(anew: false)
        case .changed(let key, _), .deleted(let key, _):
            guard let id = ObservedGraph.app(key) else { return }
            // A resource that HEAD does not know keeps its dashboard.
            if store.snapshot.apps[id]?.live == nil { wanted = nil }
            enqueue([id], anew: false)
        }
    }

    func observed(_ id: AppID) -> ObservedGraph? {
        informer.objects[ObjectKey(namespace: id.namespace, name: id.name)]
    }

    func update(_ change: (inout DashboardReport) -> Void) { shared.withLock { change(&$0) } }
}
