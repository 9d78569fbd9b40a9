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

    /// What has to be known before anything can be written.
    struct Ground: Sendable {
        var datasources: DatasourceChoice
        /// The GPU metrics that there are; nil where Prometheus has never answered.
        var metrics: Set<GPUMetric>?
    }

    let store: AppStore
    let client: GrafanaClient
    let prometheus: PrometheusClient?
    let options: DashboardOptions
    let clock: any Clock<Duration>
    let logger: Logger
    let engine: SyncEngine
    let informer: Informer<ObservedGraph>
    nonisolated let shared = Mutex(DashboardReport())

    var queue: WorkQueue
    var memory: [AppID: Memory] = [:]
    var ground: Ground?
    /// Folders that are known to be there, by namespace.
    var folders: [String: String] = [:]
    /// Whether Grafana has to be asked anew for everything.
    var wantsLook = true
    /// The GPU metrics that Prometheus last named.
    var lastMetrics: Set<GPUMetric>?
    /// Whether Grafana has gone away since it was last asked for everything.
    private var hasLost = false
    private var running = 0
    private let wake: AsyncStream<Void>.Continuation
    private let wakeups: AsyncStream<Void>
    private let start: @Sendable () -> Duration

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
        self.prometheus = prometheus
        self.options = options
        self.clock = clock
        self.logger = logger
        self.engine = engine
        informer = engine.informer
        queue = WorkQueue(firstRetry: options.firstRetry, longestRetry: options.longestRetry)
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

    /// Asks Grafana anew for everything, now.
    public func look() { wantsLook = true }

    /// Works until it is shut down: what is on its way is finished, nothing new is begun.
    public func run() async throws {
        let (store, informer, wake) = (store, informer, wake)
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await change in store.changes() { await self.changed(change) } }
                group.addTask { for await event in informer.events() { await self.seen(event) } }
                group.addTask { await self.keepGround() }
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
        case .apps(let ids): enqueue(ids)
        case .everything: enqueue(Set(change.snapshot.apps.keys).union(memory.keys))
        }
        if change.snapshot.settings != settings {
            settings = change.snapshot.settings
            enqueue(change.snapshot.apps.keys)
        }
    }

    private var settings = RepositorySettings()

    private func seen(_ event: InformerEvent<ObservedGraph>) {
        switch event {
        case .synced: wantsLook = true
        case .relisted: enqueue(Set(store.snapshot.apps.keys).union(memory.keys))
        case .changed(let key, _), .deleted(let key, _): if let id = ObservedGraph.app(key) { enqueue([id]) }
        }
    }

    func observed(_ id: AppID) -> ObservedGraph? {
        informer.objects[ObjectKey(namespace: id.namespace, name: id.name)]
    }

    // MARK: - The queue

    func enqueue(_ ids: some Sequence<AppID>) {
        for id in ids { queue.add(id) }
        wake.yield()
    }

    /// Works on what is due, at most so many apps at once, while Grafana is there.
    private func work() async {
        await withDiscardingTaskGroup { group in
            var timer: Duration?
            for await _ in wakeups {
                while running < options.concurrency, ground != nil, informer.hasSynced, !Task.isCancelled,
                    let id = queue.take(now: start())
                {
                    running += 1
                    group.addTask { await self.process(id) }
                }
                let now = start()
                if let due = queue.nextDue, timer.map({ due < $0 || $0 <= now }) ?? true {
                    timer = due
                    let clock = clock
                    group.addTask {
                        try? await clock.sleep(for: max(due - now, .milliseconds(1)))
                        await self.poke()
                    }
                }
            }
        }
    }

    func poke() { wake.yield() }

    private func process(_ id: AppID) async {
        let outcome = await reconcile(id)
        running -= 1
        queue.finish(
            id, failed: outcome.failed, now: start(), jitter: Double.random(in: 0..<1), notBefore: outcome.notBefore)
        wake.yield()
    }

    // MARK: - The ground that all stand on

    /// Asks for what all dashboards need, at the start, now and then, and after Grafana was away; then has everything
    /// compared.
    private func keepGround() async {
        var failures = 0
        while !Task.isCancelled {
            var wait = options.fullLook
            wantsLook = false
            do throws(GrafanaError) {
                try await prepare()
                failures = 0
                enqueue(Set(store.snapshot.apps.keys).union(memory.keys))
                if informer.hasSynced, engine.mayWriteForAll { try await sweep() }
            } catch {
                if error.kind == .cancelled { return }
                lost(error)
                failures += 1
                let factor = Double(1 << min(failures - 1, 16)) * Double.random(in: 0.75...1.25)
                wait = max(min(options.firstRetry * factor, options.longestRetry), error.retryAfter ?? .zero)
            }
            hasLost = false
            let didLead = engine.mayWrite
            var end = start() + wait
            while !Task.isCancelled, !wantsLook, engine.mayWrite == didLead, start() < end {
                if hasLost { (hasLost, end) = (false, min(end, start() + options.firstRetry)) }
                do { try await clock.sleep(for: .milliseconds(20)) } catch { return }
            }
        }
    }

    /// Grafana cannot be worked with: nothing is begun until it can.
    func lost(_ error: GrafanaError) {
        ground = nil
        hasLost = true
        let former = report.failure
        update { report in
            report.isReady = false
            report.failure = error
        }
        if former?.kind != error.kind {
            logger.warning("Grafana cannot be worked with", metadata: ["error": "\(error)"])
        }
    }

    func update(_ change: (inout DashboardReport) -> Void) { shared.withLock { change(&$0) } }
}
