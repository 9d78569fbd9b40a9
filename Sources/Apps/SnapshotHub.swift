import Synchronization

/// Holds the newest snapshot and tells everyone who listens of each change.
final class SnapshotHub: Sendable {
    private struct State {
        var snapshot = Snapshot()
        var subscribers: [WeakSubscriber] = []
    }

    private struct WeakSubscriber {
        weak var subscriber: Subscriber?
    }

    private let state = Mutex(State())

    var snapshot: Snapshot { state.withLock { $0.snapshot } }

    func publish(_ snapshot: Snapshot, changed: ChangedApps, since: ContinuousClock.Instant) {
        let subscribers = state.withLock { state in
            state.snapshot = snapshot
            state.subscribers.removeAll { $0.subscriber == nil }
            return state.subscribers.compactMap(\.subscriber)
        }
        let change = SnapshotChange(snapshot: snapshot, changed: changed, since: since)
        for subscriber in subscribers { subscriber.offer(change) }
    }

    func changes() -> AsyncStream<SnapshotChange> {
        let subscriber = Subscriber()
        let snapshot = state.withLock { state in
            state.subscribers.append(WeakSubscriber(subscriber: subscriber))
            return state.snapshot
        }
        subscriber.offer(SnapshotChange(snapshot: snapshot, changed: .everything, since: .now))
        return AsyncStream(
            unfolding: { await subscriber.next() },
            onCancel: { subscriber.close() })
    }
}

/// One listener: what it has not yet taken is kept as one change, however much happens meanwhile.
private final class Subscriber: Sendable {
    private struct State {
        var pending: SnapshotChange?
        var waiting: CheckedContinuation<SnapshotChange?, Never>?
        var isClosed = false
    }

    private let state = Mutex(State())

    func offer(_ change: SnapshotChange) {
        let waiting = state.withLock { state -> CheckedContinuation<SnapshotChange?, Never>? in
            if let waiting = state.waiting {
                state.waiting = nil
                return waiting
            }
            state.pending = state.pending.map { $0.followed(by: change) } ?? change
            return nil
        }
        waiting?.resume(returning: change)
    }

    func next() async -> SnapshotChange? {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> SnapshotChange?? in
                if state.isClosed || Task.isCancelled { return .some(nil) }
                if let pending = state.pending {
                    state.pending = nil
                    return pending
                }
                state.waiting = continuation
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }

    func close() {
        let waiting = state.withLock { state in
            defer { state.waiting = nil }
            state.isClosed = true
            return state.waiting
        }
        waiting?.resume(returning: nil)
    }
}

extension SnapshotChange {
    /// This change and a later one as one.
    fileprivate func followed(by later: SnapshotChange) -> SnapshotChange {
        let newest = later.snapshot.sequence >= snapshot.sequence ? later.snapshot : snapshot
        return SnapshotChange(
            snapshot: newest, changed: changed.union(later.changed), since: min(since, later.since))
    }
}
