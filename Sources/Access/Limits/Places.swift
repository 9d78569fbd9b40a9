import Synchronization

/// A number of places, taken in the order in which they are asked for.
final class Places: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
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
        let isTaken = state.withLock { state -> Bool? in
            if state.free > 0 {
                state.free -= 1
                return true
            }
            return state.waiting.count >= limit ? false : nil
        }
        if let isTaken { return isTaken }
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free == 0 else {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        return true
    }

    func leave() {
        let next: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
