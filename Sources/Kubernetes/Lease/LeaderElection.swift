import JSONValues
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
    private let client: KubernetesClient
    private let namespace: String
    private let name: String
    private let timing: LeaseTiming
    private let logger: Logger
    private let now: @Sendable () -> Duration
    private let sleep: @Sendable (Duration) async throws -> Void
    private let shared = Mutex(Shared())

    /// - Parameters:
    ///   - client: should give a request up sooner than ``LeaseTiming/renewWithin`` less
    ///     ``LeaseTiming/interval``, and not try again by itself.
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
            if let error = await round(&state) {
                failures += 1
                // Every few seconds while the API server is away: said once, and again when it works.
                logger.log(
                    level: failures == 1 ? .warning : .debug, "cannot look at the Lease",
                    metadata: ["lease": "\(namespace)/\(name)", "error": "\(error)"])
            } else {
                failures = 0
            }
            publish(until: state.heldUntil, holder: state.holder)
            do { try await sleep(pause(state)) } catch { break }
            state.waited()
            publish(until: state.heldUntil, holder: state.holder)
        }
        return state
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

    /// The wait until the next look: shorter where the time to act runs out before.
    private func pause(_ state: LeaseState) -> Duration {
        // Candidates that look at the same time would only get in each other's way.
        let interval = timing.interval * (1 - client.options.random() * 0.2)
        guard let left = state.heldUntil.map({ $0 - now() }), left > .zero else { return interval }
        return min(interval, left)
    }

    private func publish(until: Duration?, holder: String?) {
        let (isLeader, listeners, lost) = shared.withLock { shared in
            let isLeader = until.map { now() < $0 } ?? false
            let hasChanged = isLeader != shared.isLeader
            shared.isLeader = isLeader
            shared.heldUntil = until
            shared.holder = holder
            defer { if !isLeader { shared.lost = [:] } }
            return (isLeader, hasChanged ? shared.listeners : nil, isLeader ? [] : Array(shared.lost.values))
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

// MARK: - The Lease at the API server

extension LeaderElection {
    private func read() async throws(KubernetesError) -> LeaseRecord? {
        do throws(KubernetesError) {
            return LeaseRecord(try await client.get(.leases, namespace: namespace, name: name))
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    private func create() async throws(KubernetesError) -> LeaseRecord {
        let time = MicroTime.now()
        let body: JSON = [
            "apiVersion": .string(ResourceType.leases.apiVersion), "kind": "Lease",
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
            "spec": [
                "holderIdentity": .string(identity), "leaseDurationSeconds": .int(timing.wholeSeconds),
                "acquireTime": .string(time), "renewTime": .string(time), "leaseTransitions": 0,
            ],
        ]
        return LeaseRecord(try await client.create(.leases, namespace: namespace, body: body))
    }

    /// Writes this candidate into the Lease, if it still is as it was seen.
    private func write(_ record: LeaseRecord, acquiredNow: Bool) async throws(KubernetesError) -> LeaseRecord {
        let time = MicroTime.now()
        let body: JSON = [
            "metadata": ["resourceVersion": .string(record.resourceVersion)],
            "spec": [
                "holderIdentity": .string(identity), "leaseDurationSeconds": .int(timing.wholeSeconds),
                "acquireTime": .string(acquiredNow || record.acquired.isEmpty ? time : record.acquired),
                "renewTime": .string(time), "leaseTransitions": .int(record.transitions),
            ],
        ]
        return LeaseRecord(try await client.mergePatch(.leases, namespace: namespace, name: name, body: body))
    }

    /// Empties the Lease, so that another candidate need not wait for it to run out.
    private func giveBack(_ record: LeaseRecord) async {
        do throws(KubernetesError) {
            if try await !empty(record) {
                // A renewal that was cut off has arrived after all.
                guard let newer = try await read(), newer.holder == identity else { return }
                guard try await empty(newer) else { return }
            }
            logger.info("gave the Lease back", metadata: ["lease": "\(namespace)/\(name)"])
        } catch {
            logger.info("could not give the Lease back; it runs out", metadata: ["error": "\(error)"])
        }
    }

    /// - Returns: whether the Lease was as it is here.
    private func empty(_ record: LeaseRecord) async throws(KubernetesError) -> Bool {
        let body: JSON = [
            "metadata": ["resourceVersion": .string(record.resourceVersion)],
            "spec": ["holderIdentity": "", "leaseDurationSeconds": 1, "renewTime": .string(MicroTime.now())],
        ]
        do throws(KubernetesError) {
            _ = try await client.mergePatch(.leases, namespace: namespace, name: name, body: body)
            return true
        } catch {
            if error.isConflict { return false }
            throw error
        }
    }
}
