public import Logging
public import ServiceLifecycle
import Synchronization

/// Elects one of several processes by a Lease, for as long as it renews it.
///
/// The one that holds the Lease acts; ``isLeader`` is false at the latest ``LeaseTiming/renewWithin`` after its last
/// renewal, whatever has become of the network, and before any other candidate takes the Lease over. On an orderly end the
/// Lease is given back, so that another takes it at its next look.
public final class LeaderElection: Service {
    private struct Shared {
        var isLeader = false
        var heldUntil: Duration?
        var holder: String?
        var listeners: [AsyncStream<Bool>.Continuation] = []
        var lost: [Int: CheckedContinuation<Void, Never>] = [:]
        var number = 0
    }

    /// By what name this candidate appears in the Lease.
    public let identity: String
    let client: KubernetesClient
    let namespace: String
    let name: String
    let timing: LeaseTiming
    let logger: Logger
    private let now: @Sendable () -> Duration
    private let sleep: @Sendable (Duration) async throws -> Void
    private let shared = Mutex(Shared())

    /// - Parameters:
    ///   - client: made with ``KubernetesClientOptions/candidate(_:)``, so that it gives a request up while there is time
    ///     for another.
    ///   - namespace: where the Lease lies.
    ///   - name: the Lease's name.
    ///   - identity: unique among the candidates and over restarts.
    ///   - clock: has to go on while the machine sleeps (`ContinuousClock`).
    public init(
        client: KubernetesClient, namespace: String, name: String, identity: String, timing: LeaseTiming = .init(),
        clock: some Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        self.client = client
        self.namespace = namespace
        self.name = name
        self.identity = identity
        self.timing = timing
        self.logger = logger
        let start = clock.now
        now = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(for: $0) }
    }

    /// Whether this process may act now.
    public var isLeader: Bool {
        shared.withLock { shared in shared.heldUntil.map { now() < $0 } ?? false }
    }

    /// Who acts, as far as this process knows; nil for nobody.
    public var leader: String? { shared.withLock(\.holder) }

    /// Whether this process may act, now and with every change from now on.
    public func changes() -> AsyncStream<Bool> {
        let (stream, continuation) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingNewest(1))
        shared.withLock { shared in
            continuation.yield(shared.isLeader)
            shared.listeners.append(continuation)
        }
        return stream
    }

    /// Does something that only the leader may do, and cancels it when the Lease is lost meanwhile.
    ///
    /// - Throws: `CancellationError` where this process does not lead, else what `body` throws.
    public func whileLeading<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        guard isLeader else { throw CancellationError() }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                await self.untilLost()
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else { throw CancellationError() }
            return result
        }
    }

    /// Stands for election until the task is cancelled or the service is shut down; then gives the Lease back.
    public func run() async throws {
        let state = await cancelWhenGracefulShutdown { await self.stand() }
        let record = state.record
        let held = state.holds(at: now())
        publish(until: nil, holder: nil)
        for listener in shared.withLock({ $0.listeners }) { listener.finish() }
        // A task of its own: what ends this one must not end that.
        if held, let record { await Task { await giveBack(record) }.value }
    }

    // MARK: - The rounds

    private func stand() async -> LeaseState {
        var state = LeaseState(identity: identity, timing: timing)
        var failures = 0
        while !Task.isCancelled {
            if let error = await roundInTime(&state) {
                failures += 1
                // Every few seconds while the API server is away: said once, and again when it works.
                logger.log(
                    level: failures == 1 ? .warning : .debug, "cannot look at the Lease",
                    metadata: ["lease": "\(namespace)/\(name)", "error": "\(error)"])
            } else {
                failures = 0
            }
            publish(until: state.heldUntil, holder: state.holder)
            do { try await sleep(state.pause(at: now(), jitter: client.options.random())) } catch { break }
            state.waited()
            publish(until: state.heldUntil, holder: state.holder)
        }
        return state
    }

    /// One look. Where the time to act runs out before its answer comes, that is said then, not with the answer.
    private func roundInTime(_ state: inout LeaseState) async -> KubernetesError? {
        let (until, holder) = (state.heldUntil, state.holder)
        return await withTaskGroup(of: Void.self) { group in
            if let until, until > now() {
                group.addTask {
                    do { try await self.sleep(until - self.now()) } catch { return }
                    self.publish(until: until, holder: holder)
                }
            }
            defer { group.cancelAll() }
            return await round(&state)
        }
    }

    /// One look, and what follows from it.
    /// - Returns: why it came to nothing; nil also where another candidate was faster.
    private func round(_ state: inout LeaseState) async -> KubernetesError? {
        do throws(KubernetesError) {
            if state.move(at: now()) == .read { state.saw(try await read(), at: now()) }
            let sent = now()
            switch state.move(at: sent) {
            case .read, .wait: break
            case .create:
                state.wrote(try await create(), sent: sent)
            case .renew(let record):
                state.wrote(try await write(record, acquiredNow: !state.holds(at: sent)), sent: sent)
            case .take(let record):
                var taken = record
                taken.transitions += 1
                state.wrote(try await write(taken, acquiredNow: true), sent: sent)
            }
            return nil
        } catch {
            state.failed()
            return error.isCancelled || error.isConflict || error.isAlreadyExists ? nil : error
        }
    }

    private func publish(until: Duration?, holder: String?) {
        let (isLeader, listeners, lost) = shared.withLock { shared in
            let time = now()
            let isLeader = until.map { time < $0 } ?? false
            // A renewal that comes late is news too: whoever asked in between has been told no.
            let hasLapsed = shared.isLeader && !(shared.heldUntil.map { time < $0 } ?? false)
            let hasChanged = isLeader != shared.isLeader || hasLapsed
            let lost = isLeader && !hasLapsed ? [] : Array(shared.lost.values)
            if !lost.isEmpty { shared.lost = [:] }
            shared.isLeader = isLeader
            shared.heldUntil = until
            shared.holder = holder
            return (isLeader, hasChanged ? shared.listeners : nil, lost)
        }
        for waiter in lost { waiter.resume() }
        guard let listeners else { return }
        if isLeader {
            logger.notice("leads from now on", metadata: ["lease": "\(namespace)/\(name)", "identity": "\(identity)"])
        } else {
            logger.notice("does not lead any more", metadata: ["lease": "\(namespace)/\(name)"])
        }
        for listener in listeners { listener.yield(isLeader) }
    }

    /// Returns when this process does not lead any more, or when the task is cancelled.
    private func untilLost() async {
        let number = shared.withLock { shared in
            shared.number += 1
            return shared.number
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = shared.withLock { shared in
                    if !shared.isLeader || Task.isCancelled { return true }
                    shared.lost[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            shared.withLock { $0.lost.removeValue(forKey: number) }?.resume()
        }
    }
}
