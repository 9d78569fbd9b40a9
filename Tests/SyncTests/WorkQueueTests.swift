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

    // MARK: - Places

    private func crowd(_ name: String, _ count: Int) -> [AppID] {
        (1...count).map { AppID("default_\(name)-\($0)") ?? AppID.placeholder }
    }

    /// A queue with four places, and twelve for those that take long.
    private final class Narrow {
        var queue = WorkQueue(
            firstRetry: .seconds(1), longestRetry: .seconds(1),
            places: WorkPlaces(quick: 4, all: 12, patience: .seconds(2)))

        /// Takes all that there is room for.
        func take(at second: Double) -> [AppID] {
            var taken: [AppID] = []
            while let id = queue.take(now: .seconds(second)) { taken.append(id) }
            return taken
        }

        func finish(_ id: AppID, failed: Bool, at second: Double) {
            queue.finish(id, failed: failed, now: .seconds(second), jitter: 0.5)
        }
    }

    @Test func whoTakesLongGivesItsPlaceToAnother() {
        let narrow = Narrow()
        let slow = crowd("slow", 20)
        for id in slow { narrow.queue.add(id) }
        #expect(narrow.queue.nextRoom(after: .zero) == nil)
        #expect(narrow.take(at: 0) == Array(slow[0..<4]))
        #expect(narrow.queue.nextRoom(after: .zero) == .seconds(2))
        #expect(narrow.take(at: 1.9) == [])
        narrow.finish(slow[0], failed: false, at: 1.9)
        #expect(narrow.take(at: 1.9) == [slow[4]])
        #expect(narrow.take(at: 2) == Array(slow[5..<8]))
        #expect(narrow.queue.nextRoom(after: .seconds(2)) == .seconds(3.9))
        #expect(narrow.take(at: 10) == Array(slow[8..<12]))
        #expect(narrow.take(at: 20) == [slow[12]], "twelve in all")
        #expect(narrow.queue.depth.ready == 7 && narrow.queue.depth.running == 12)
        narrow.finish(slow[1], failed: false, at: 20)
        #expect(narrow.take(at: 20) == [slow[13]])
    }

    @Test func whatHasFailedHasHalfOfThePlaces() {
        let narrow = Narrow()
        let bad = crowd("bad", 10)
        for id in bad { narrow.queue.add(id) }
        var now = 0.0
        while narrow.queue.depth.retrying < 10 {
            for id in narrow.take(at: now) { narrow.finish(id, failed: true, at: now) }
        }
        now = 5
        #expect(narrow.take(at: now).count == 2, "two of four")
        narrow.queue.add(one)
        narrow.queue.add(two)
        #expect(narrow.take(at: now) == [one, two], "all others find room at once")
        for id in [one, two] { narrow.finish(id, failed: false, at: now) }
        for second in [10.0, 15, 20] { _ = narrow.take(at: second) }
        #expect(narrow.queue.depth.running == 6, "six of twelve")
        narrow.queue.add(one)
        #expect(narrow.take(at: 25) == [one])
    }

    @Test func aCommitTakesAnAppOutOfThoseThatHaveFailed() {
        let narrow = Narrow()
        let bad = crowd("bad", 4)
        for id in bad { narrow.queue.add(id) }
        for id in narrow.take(at: 0) { narrow.finish(id, failed: true, at: 0) }
        // A look at everything ends the waits, but says nothing new.
        for id in bad { narrow.queue.add(id, anew: false) }
        #expect(narrow.take(at: 0) == Array(bad[0..<2]))
        narrow.queue.add(bad[3])
        #expect(narrow.queue.depth.ready == 2 && narrow.queue.depth.running == 2)
        #expect(narrow.take(at: 0) == [bad[3]])
        // One that comes while it is worked on, too, whatever comes of the work.
        narrow.queue.add(bad[0])
        narrow.queue.add(bad[0], anew: false)
        narrow.finish(bad[0], failed: true, at: 0)
        narrow.queue.add(bad[1], anew: false)
        narrow.finish(bad[1], failed: true, at: 0)
        #expect(Set(narrow.take(at: 0)) == [bad[0], bad[2], bad[1]])
        for id in bad { narrow.finish(id, failed: false, at: 0) }
        #expect(narrow.queue.isIdle && narrow.queue.count == 0 && narrow.queue.depth.retrying == 0)
    }

    @Test func neitherLineHoldsTheOtherUp() {
        let narrow = Narrow()
        let (bad, good) = (crowd("bad", 3), crowd("good", 3))
        for id in bad { narrow.queue.add(id) }
        for id in narrow.take(at: 0) { narrow.finish(id, failed: true, at: 0) }
        for id in good { narrow.queue.add(id) }
        let names = narrow.take(at: 1).map { $0.name.prefix(1) }.joined()
        #expect(names == "bgbg" || names == "gbgb")
    }
}

extension AppID {
    /// Stands in where a literal is known to be an app's id.
    static var placeholder: AppID {
        guard let id = AppID("a_b") else { preconditionFailure("a_b is an app's id") }
        return id
    }
}
