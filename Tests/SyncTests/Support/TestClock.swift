import Synchronization

/// A clock that notes how long is slept by it, and that can be put forward, as it is for a process that was stopped.
final class TestClock: Clock {
    typealias Instant = ContinuousClock.Instant

    private let state = Mutex((jumped: Duration.zero, waits: [Duration]()))

    var waits: [Duration] { state.withLock(\.waits) }
    var now: Instant { ContinuousClock.now + state.withLock(\.jumped) }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let wait = deadline - now
        state.withLock { $0.waits.append(wait) }
        try await ContinuousClock().sleep(for: wait, tolerance: tolerance)
    }

    func jump(_ duration: Duration) { state.withLock { $0.jumped += duration } }
}
