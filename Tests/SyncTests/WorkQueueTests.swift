import Apps
import Testing

@testable import Sync

/// The queue's promises, without a clock.
@Suite struct WorkQueueTests {
    private let one = AppID("default_one") ?? AppID.placeholder
    private let two = AppID("default_two") ?? AppID.placeholder

    private func queue() -> WorkQueue { WorkQueue(firstRetry: .seconds(1), longestRetry: .seconds(60)) }

    @Test func anAppIsWorkedOnOnceAtATimeAndNoLookIsLost() {
        var queue = queue()
        queue.add(one)
        queue.add(one)
        #expect(queue.take(now: .zero) == one)
        #expect(queue.take(now: .zero) == nil)
        queue.add(one)  // asked for while it is worked on
        #expect(queue.take(now: .zero) == nil)
        queue.finish(one, failed: false, now: .zero, jitter: 0.5)
        #expect(queue.take(now: .zero) == one)
        queue.finish(one, failed: false, now: .zero, jitter: 0.5)
        #expect(queue.take(now: .zero) == nil && queue.count == 0)
    }

    @Test func itKnowsWhereAppsStand() {
        var queue = queue()
        /// Ready, running, retrying.
        func depth() -> [Int] { [queue.depth.ready, queue.depth.running, queue.depth.retrying] }
        #expect(queue.isIdle)
        #expect(depth() == [0, 0, 0])
        queue.add(one)
        queue.add(two)
        #expect(!queue.isIdle)
        #expect(depth() == [2, 0, 0])
        #expect(queue.take(now: .zero) == one)
        queue.add(one)
        #expect(depth() == [1, 1, 0])
        #expect(queue.take(now: .zero) == two)
        queue.finish(two, failed: true, now: .zero, jitter: 0.5)
        #expect(depth() == [0, 1, 1])
        queue.finish(one, failed: false, now: .zero, jitter: 0.5)
        #expect(depth() == [1, 0, 1], "it was asked for again meanwhile")
        #expect(queue.take(now: .zero) == one)
        queue.finish(one, failed: false, now: .zero, jitter: 0.5)
        #expect(queue.isIdle)
        #expect(depth() == [0, 0, 1], "waiting for the next try is nothing to do")
    }

    @Test func aFailureWaitsLongerEachTimeAndHoldsUpNobody() {
        var queue = queue()
        queue.add(one)
        var now = Duration.zero
        for wait in [1, 2, 4, 8, 16, 32, 60, 60] {
            #expect(queue.take(now: now) == one)
            queue.finish(one, failed: true, now: now, jitter: 0.5)
            #expect(queue.nextDue == now + .seconds(wait))
            queue.add(two)
            #expect(queue.take(now: now) == two)
            queue.finish(two, failed: false, now: now, jitter: 0.5)
            #expect(queue.take(now: now + .milliseconds(500)) == nil)
            now += .seconds(wait)
        }
    }

    @Test func somethingNewEndsTheWait() {
        var queue = queue()
        queue.add(one)
        _ = queue.take(now: .zero)
        queue.finish(one, failed: true, now: .zero, jitter: 0.5, notBefore: .seconds(30))
        #expect(queue.nextDue == .seconds(30))
        queue.add(one)
        #expect(queue.take(now: .zero) == one)
    }
}

extension AppID {
    /// Stands in where a literal is known to be an app's id.
    static var placeholder: AppID {
        guard let id = AppID("a_b") else { preconditionFailure("a_b is an app's id") }
        return id
    }
}
