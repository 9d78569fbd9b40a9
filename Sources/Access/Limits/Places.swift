import Synchronization

/// A number of places, taken in the order in which they are asked for.
final class Places: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Bool, Never>] = []
    }

    private let limit: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - count: how many places there are.
    ///   - waiting: how many may wait for one.
    init(_ count: Int, waiting: Int) {
        limit = waiting
        state = Mutex(State(free: count))
    }

    /// Waits for a place.
    /// - Returns: false where too many wait already.
    func enter() async -> Bool {
        await withCheckedContinuation { continuation in
            let answer = state.withLock { state -> Bool? in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                if state.waiting.count >= limit { return false }
                state.waiting.append(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    func leave() {
        let next: CheckedContinuation<Bool, Never>? = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume(returning: true)
    }
}
