/// A bounded number of places, given out in the order in which they were asked for, but to nobody more than a share of them.
actor Places {
    private struct Waiting {
        let id: Int
        let holder: String
        let continuation: CheckedContinuation<Bool, Never>
    }

    private var free: Int
    private let share: Int
    private var held: [String: Int] = [:]
    private var waiting: [Waiting] = []
    private var lastID = 0

    /// - Parameter share: how many one holder may have.
    init(_ count: Int, ofOne share: Int) {
        free = count
        self.share = share
    }

    /// Takes a place, or waits for one.
    ///
    /// - Parameter holder: for whom.
    /// - Returns: false where none came free in time, or the task was cancelled.
    func take(_ holder: String, within patience: Duration) async -> Bool {
        if mayHold(holder) {
            hold(holder)
            return true
        }
        lastID += 1
        let id = lastID
        async let timer: Void = giveUp(id, after: patience)
        let isMine = await withCheckedContinuation {
            waiting.append(Waiting(id: id, holder: holder, continuation: $0))
        }
        _ = isMine ? () : await timer
        return isMine
    }

    /// Gives a place back.
    func give(_ holder: String) {
        free += 1
        let count = (held[holder] ?? 1) - 1
        held[holder] = count == 0 ? nil : count
        guard let index = waiting.firstIndex(where: { mayHold($0.holder) }) else { return }
        let next = waiting.remove(at: index)
        hold(next.holder)
        next.continuation.resume(returning: true)
    }

    private func mayHold(_ holder: String) -> Bool { free > 0 && held[holder, default: 0] < share }

    private func hold(_ holder: String) {
        free -= 1
        held[holder, default: 0] += 1
    }

    private func giveUp(_ id: Int, after patience: Duration) async {
        try? await Task.sleep(for: patience)
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).continuation.resume(returning: false)
    }
}
