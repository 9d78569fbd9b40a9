import Git
import Logs
import Synchronization

/// Which request made which commit, for as long as somebody may ask: the log of what follows names it.
///
/// Kept in memory alone; after a restart nobody waits for an answer to those requests any more.
final class Causes: Sendable {
    private struct State {
        var known: [ObjectID: RequestID] = [:]
        /// The commits in the order in which they came, as a ring.
        var order: [ObjectID] = []
        var oldest = 0
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int = 4_096) { self.capacity = capacity }

    /// Notes that a request made a commit, or has brought it here. The first one counts.
    func note(_ request: RequestID, made commit: ObjectID) {
        state.withLock { state in
            guard state.known[commit] == nil else { return }
            state.known[commit] = request
            if state.order.count < capacity {
                state.order.append(commit)
            } else {
                state.known[state.order[state.oldest]] = nil
                state.order[state.oldest] = commit
                state.oldest = (state.oldest + 1) % capacity
            }
        }
    }

    subscript(commit: ObjectID) -> RequestID? { state.withLock { $0.known[commit] } }
}
