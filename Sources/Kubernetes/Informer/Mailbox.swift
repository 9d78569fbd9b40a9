import DequeModule
import Synchronization

/// What one listener has not seen yet: at most one entry a key, so that a slow listener costs no more than the keys
/// that changed meanwhile, and past a limit not even those.
final class Mailbox<Kept: Sendable>: Sendable {
    private enum Entry {
        case changed(Kept)
        case deleted(Kept)
    }

    private struct State {
        var isSynced = false
        var isRelisted = false
        var entries: [ObjectKey: Entry] = [:]
        /// The keys of `entries` in the order of their first change.
        var order: Deque<ObjectKey> = []
        var waiting: CheckedContinuation<InformerEvent<Kept>?, Never>?
        var isFinished = false
    }

    private let state: Mutex<State>
    private let limit: Int

    /// - Parameters:
    ///   - isSynced: whether the first list was there before the listener.
    ///   - limit: keys kept apart before the listener is told to look at everything.
    init(isSynced: Bool, limit: Int) {
        state = Mutex(State(isSynced: isSynced))
        self.limit = limit
    }

    func synced() {
        deliver { state in state.isSynced = true }
    }

    func post(_ changes: [WatchState<Kept>.Change]) {
        guard !changes.isEmpty else { return }
        deliver { state in add(changes, to: &state) }
    }

    func finish() {
        deliver { $0.isFinished = true }
    }

    /// Waits for the next event. One task at a time.
    func next() async -> InformerEvent<Kept>? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now: InformerEvent<Kept>?? = state.withLock { state in
                    if let event = Self.take(&state) { return .some(.some(event)) }
                    if state.isFinished || Task.isCancelled { return .some(nil) }
                    state.waiting = continuation
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            finish()
        }
    }

    private func add(_ changes: [WatchState<Kept>.Change], to state: inout State) {
        // Until everything is looked at, single keys say nothing new.
        guard !state.isRelisted else { return }
        for change in changes {
            let key: ObjectKey
            let entry: Entry
            switch change {
            case .changed(let changed, let kept): (key, entry) = (changed, .changed(kept))
            case .deleted(let deleted, let last): (key, entry) = (deleted, .deleted(last))
            }
            if state.entries.updateValue(entry, forKey: key) == nil { state.order.append(key) }
        }
        if state.entries.count > limit {
            state.entries = [:]
            state.order = []
            state.isRelisted = true
        }
    }

    private func deliver(_ change: (inout State) -> Void) {
        let delivery: (CheckedContinuation<InformerEvent<Kept>?, Never>, InformerEvent<Kept>?)? = state.withLock {
            state in
            change(&state)
            guard let waiting = state.waiting else { return nil }
            if let event = Self.take(&state) {
                state.waiting = nil
                return (waiting, event)
            }
            guard state.isFinished else { return nil }
            state.waiting = nil
            return (waiting, nil)
        }
        if let (waiting, event) = delivery { waiting.resume(returning: event) }
    }

    private static func take(_ state: inout State) -> InformerEvent<Kept>? {
        if state.isFinished { return nil }
        if state.isSynced {
            state.isSynced = false
            return .synced
        }
        if state.isRelisted {
            state.isRelisted = false
            return .relisted
        }
        while let key = state.order.popFirst() {
            switch state.entries.removeValue(forKey: key) {
            case .changed(let kept): return .changed(key, kept)
            case .deleted(let last): return .deleted(key, last: last)
            case nil: continue
            }
        }
        return nil
    }
}
