/// A bounded number of places, given out in the order in which they were asked for.
actor Places {
    private var free: Int
    private var waiting: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []
    private var lastID = 0

    init(_ count: Int) { free = count }

    /// Takes a place, or waits for one.
    ///
    /// - Returns: false where none came free in time, or the task was cancelled.
    func take(within patience: Duration) async -> Bool {
        if free > 0 {
            free -= 1
            return true
        }
        lastID += 1
        let id = lastID
        async let timer: Void = giveUp(id, after: patience)
        let isMine = await withCheckedContinuation { waiting.append((id, $0)) }
        _ = isMine ? () : await timer
        return isMine
    }

    /// Gives a place back.
    func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().continuation.resume(returning: true) }
    }

    private func giveUp(_ id: Int, after patience: Duration) async {
        try? await Task.sleep(for: patience)
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).continuation.resume(returning: false)
    }
}
