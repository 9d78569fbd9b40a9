public import Apps
public import Events
import Git
public import HashTreeCollections
import Instruments
import JSONValues
public import Kubernetes
public import Logging
import Logs
public import ServiceLifecycle
import Synchronization

/// Keeps a cluster's RampartGraphs equal to HEAD.
///
/// Level-based: whatever happened, it compares what HEAD says with what the cluster has, one app at a time.
public actor SyncEngine: Service {
    struct Shared {
        var report = SyncReport()
        var observed: TreeDictionary<AppID, ObservedGraph> = [:]
        var revision: UInt64 = 0
    }

    let store: AppStore
    let client: KubernetesClient
    /// Writes only while this replica leads.
    let writer: KubernetesClient
    let options: SyncOptions
    let clock: any Clock<Duration>
    let logger: Logger
    let informer: Informer<ObservedGraph>
    /// Where it is noted what happens, for clients; nil for nowhere.
    let events: EventLog?
    /// Who writes Events on resources; nil for nobody.
    let recorder: EventRecorder?
    let notes: ClusterNotes
    /// Says whether this replica writes to the cluster; nil where there is no other.
    let election: LeaderElection?
    nonisolated let shared = Mutex(Shared())

    var queue: WorkQueue
    var memory: [AppID: Plan.Memory] = [:]
    /// Apps whose resources had to be healed.
    var contests: [AppID: Contest] = [:]
    /// Resources that HEAD does not know any more.
    var candidates: Set<AppID> = []
    /// Resources that this service looks after and that are not on their way out.
    var managed: Set<AppID> = []
    /// Deletions that somebody has let through.
    var confirmed: Set<AppID> = []
    var arrivals = Arrivals()
    private let wake: AsyncStream<Void>.Continuation
    private let wakeups: AsyncStream<Void>
    let start: @Sendable () -> Duration

    /// - Parameters:
    ///   - election: where there are several replicas; those that do not lead compare, but write nothing.
    ///   - events: where it is noted what happens.
    ///   - recorder: who writes it beside the resources, for those who ask the cluster.
    ///   - clock: measures the waits between tries.
    public init(
        store: AppStore, client: KubernetesClient, options: SyncOptions = .init(), election: LeaderElection? = nil,
        events: EventLog? = nil, recorder: EventRecorder? = nil,
        clock: some Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        self.store = store
        self.client = client
        self.options = options
        self.election = election
        self.events = events
        self.recorder = recorder
        notes = ClusterNotes()
        writer = election.map { election in client.fenced { election.isLeader } } ?? client
        self.clock = clock
        self.logger = logger
        informer = Informer(
            client: client, type: Desired.resource, namespace: options.namespace, logger: logger,
            transform: { ObservedGraph($0) })
        queue = WorkQueue(
            firstRetry: options.firstRetry, longestRetry: options.longestRetry,
            places: WorkPlaces(quick: options.concurrency, all: options.mostAtOnce, patience: options.patience))
        (wakeups, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        start = SyncEngine.stopwatch(clock)
    }

    private static func stopwatch<C: Clock>(_ clock: C) -> @Sendable () -> Duration where C.Duration == Duration {
        let begin = clock.now
        return { begin.duration(to: clock.now) }
    }

    /// How everything stands.
    public nonisolated var report: SyncReport { shared.withLock(\.report) }
    /// The resources as the cluster has them.
    public nonisolated var observed: TreeDictionary<AppID, ObservedGraph> { shared.withLock(\.observed) }
    /// Grows whenever ``report`` or ``observed`` changes.
    public nonisolated var revision: UInt64 { shared.withLock(\.revision) }
    /// All three of one moment.
    public nonisolated var current:
        (report: SyncReport, observed: TreeDictionary<AppID, ObservedGraph>, revision: UInt64)
    { shared.withLock { ($0.report, $0.observed, $0.revision) } }

    /// Works until it is shut down: what is on its way is finished, nothing new is begun.
    public func run() async throws {
        let (store, informer, wake) = (store, informer, wake)
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await informer.run() }
                group.addTask { for await change in store.changes() { await self.changed(change) } }
                group.addTask { for await event in informer.events() { await self.seen(event) } }
                group.addTask { await self.followStatus() }
                group.addTask { await self.followElection() }
                group.addTask { await self.writeNotes() }
                group.addTask { await self.lookNowAndThen() }
                group.addTask { await self.work() }
                defer { wake.finish() }
                while try await group.next() != nil {}
            }
        }
    }

    /// Looks at everything again, now.
    public func look() { lookAtEverything() }

    /// Lets the deletions through that are held now.
    ///
    /// - Returns: the apps whose resources are deleted; empty where none were held.
    @discardableResult
    public func confirmPrune() -> [AppID] {
        let held = report.heldPrune
        confirmed.formUnion(held)
        enqueue(held, anew: true)
        return held
    }

    // MARK: - The queue

    /// Works on what is due, as much at once as there are places.
    private func work() async {
        await withDiscardingTaskGroup { group in
            var timer: Duration?
            for await _ in wakeups {
                while shared.withLock(\.report.hasSeenCluster), let id = queue.take(now: start()) {
                    noteQueue()
                    group.addTask { await self.process(id) }
                }
                let now = start()
                let next = [queue.nextDue, queue.nextRoom(after: now)].compactMap(\.self).min()
                if let due = next, timer.map({ due < $0 || $0 <= now }) ?? true {
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

    /// Whether more is to be done now than is done at once.
    var hasQueue: Bool { queue.depth.ready > 0 }

    func poke() { wake.yield() }

    private func process(_ id: AppID) async {
        let begin = ContinuousClock.now
        let outcome = await RequestID.$current.withValue(cause(of: id)) { await reconcile(id) }
        options.metrics.passSeconds.record(ContinuousClock.now - begin)
        options.metrics.passes.add(outcome.result)
        if !outcome.failed, report.unreachable == nil { options.metrics.noteSuccess() }
        queue.finish(
            id, failed: outcome.failed, now: start(), jitter: Double.random(in: 0..<1), notBefore: outcome.notBefore)
        noteQueue()
        wake.yield()
    }

    private func lookNowAndThen() async {
        while !Task.isCancelled {
            do { try await clock.sleep(for: options.fullLook) } catch { return }
            lookAtEverything()
        }
    }

    /// Passes on whether the cluster can be reached.
    private func followStatus() async {
        var last: String?
        while !Task.isCancelled {
            let message = informer.lastError.map { $0.withoutDefinition ?? $0.message }
            if message != last {
                last = message
                update { $0.report.unreachable = message }
                tell(message == nil ? .reachable : .unreachable, message)
            }
            if message == nil, report.hasSeenCluster, queue.isIdle { options.metrics.noteSuccess() }
            if let election { noteReplica(election) }
            do { try await clock.sleep(for: .milliseconds(200)) } catch { return }
        }
    }

    func update(_ change: (inout Shared) -> Void) {
        shared.withLock { shared in
            change(&shared)
            shared.revision += 1
        }
    }

    /// Has apps looked at.
    ///
    /// - Parameter anew: whether there is something about them that has not been tried yet.
    func enqueue(_ ids: some Sequence<AppID>, anew: Bool) {
        for id in ids { queue.add(id, anew: anew) }
        noteQueue()
        wake.yield()
    }

    private func noteQueue() {
        let (metrics, depth) = (options.metrics, queue.depth)
        metrics.queue.set(.ready, Double(depth.ready))
        metrics.queue.set(.running, Double(depth.running))
        metrics.queue.set(.retrying, Double(depth.retrying))
    }
}
