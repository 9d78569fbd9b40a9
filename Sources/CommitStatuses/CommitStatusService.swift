public import Apps
public import Forges
import Git
public import Logging
import Logs
public import ServiceLifecycle
public import Sync

/// Tells a forge how HEAD stands in the cluster, as the status `rampart/sync` of its commit; where replicas apply a part of
/// all apps each, as one status for each part (`rampart/sync (2/3)`), as no part knows of the others' failures.
///
/// A service of its own beside the sync loop: it reads the loop's report now and then, and whatever the forge does, the
/// loop does not wait for it. Of several replicas only the one that writes to the cluster speaks.
public struct CommitStatusService: Service {
    /// The name of the status.
    ///
    /// - Parameter shard: the part of all apps that it is about; nil for all.
    public static func name(of shard: Shard?) -> String { shard.map { "rampart/sync (\($0))" } ?? "rampart/sync" }

    private let read: @Sendable () -> Reading
    private let send: @Sendable (CommitStatus, String) async throws(ForgeError) -> Void
    /// The request that has brought a commit; nil where none of this process did.
    private let cause: @Sendable (ObjectID) -> RequestID?
    private let target: String?
    private let interval: Duration
    private let logger: Logger

    /// What the service looks at.
    struct Reading: Sendable {
        /// Changes whenever one of the others does.
        var mark: [UInt64]
        /// Whether this replica is to speak.
        var speaks: Bool
        /// The part of all apps that this replica is about; nil for all.
        var shard: Shard?
        var status: @Sendable () -> HeadStatus?
    }

    /// - Parameter target: where a click on the status leads; `{commit}` in it stands for the commit's id.
    public init(store: AppStore, engine: SyncEngine, forge: ForgeClient, target: String?, logger: Logger) {
        self.init(
            target: target, logger: logger,
            read: {
                let (report, _, revision) = engine.current
                let snapshot = store.snapshot
                return Reading(
                    mark: [revision, snapshot.sequence], speaks: report.replica?.leads ?? true,
                    shard: report.replica?.shard, status: { HeadStatus(snapshot, report) })
            },
            cause: { store.cause(of: $0) },
            send: { status, commit throws(ForgeError) in try await forge.setStatus(status, of: commit) })
    }

    init(
        target: String?, interval: Duration = .milliseconds(250), logger: Logger,
        read: @escaping @Sendable () -> Reading,
        cause: @escaping @Sendable (ObjectID) -> RequestID? = { _ in nil },
        send: @escaping @Sendable (CommitStatus, String) async throws(ForgeError) -> Void
    ) {
        self.target = target
        self.interval = interval
        self.logger = logger
        self.read = read
        self.cause = cause
        self.send = send
    }

    /// Looks and tells until it is shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await watch() }
    }

    private func watch() async {
        let clock = ContinuousClock()
        let start = clock.now
        var schedule = StatusSchedule()
        var mark: [UInt64]?
        var lastError: String?
        while !Task.isCancelled {
            let reading = read()
            if reading.speaks {
                if reading.mark != mark {
                    mark = reading.mark
                    if let status = reading.status() { schedule.see(status, now: clock.now - start) }
                }
                if case .send(let status) = schedule.next(now: clock.now - start) {
                    await RequestID.$current.withValue(cause(status.commit)) {
                        await tell(status, Self.name(of: reading.shard), &schedule, &lastError) { clock.now - start }
                    }
                }
            }
            try? await clock.sleep(for: interval)
        }
    }

    private func tell(
        _ status: HeadStatus, _ name: String, _ schedule: inout StatusSchedule, _ lastError: inout String?,
        now: () -> Duration
    ) async {
        let commit = status.commit.description
        let message = CommitStatus(
            state: status.state, name: name, description: status.description,
            target: target?.replacing("{commit}", with: commit))
        do throws(ForgeError) {
            try await send(message, commit)
            schedule.took(status, now: now())
            lastError = nil
            logger.debug("told the forge", metadata: ["commit": "\(status.commit.short)", "state": "\(status.state)"])
        } catch {
            if Task.isCancelled { return }
            schedule.failed(
                mayPass: error.mayPass, retryAfter: error.retryAfter, now: now(), random: Double.random(in: 0..<1))
            // Once, however often it is tried.
            if lastError != error.message {
                lastError = error.message
                logger.warning("the forge has not taken a commit's status", metadata: ["error": "\(error)"])
            }
        }
    }
}
