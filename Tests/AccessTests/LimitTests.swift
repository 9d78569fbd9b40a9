import Synchronization
import TestSupport
import Testing

@testable import Access

/// A clock that a test moves.
final class HandClock: Sendable {
    private let offset = Mutex(Duration.zero)
    private let start = ContinuousClock.now
    var now: ContinuousClock.Instant { start + offset.withLock { $0 } }
    func advance(_ time: Duration) { offset.withLock { $0 += time } }
}

@Suite struct LimitTests {
    @Test func aClientGetsItsBurstAndThenItsRate() {
        let clock = HandClock()
        let limiter = RateLimiter(rate: 2, burst: 3) { clock.now }
        for _ in 0..<3 { #expect(limiter.take("a") == nil) }
        #expect(limiter.take("a") == .milliseconds(500))
        #expect(limiter.take("b") == nil, "another client has a bucket of its own")
        clock.advance(.milliseconds(500))
        #expect(limiter.take("a") == nil)
        #expect(limiter.take("a") != nil)
        clock.advance(.seconds(3_600))
        for _ in 0..<3 { #expect(limiter.take("a") == nil) }
        #expect(limiter.take("a") != nil, "no more than the burst after a pause")
    }

    @Test func lookingTakesNothing() {
        let clock = HandClock()
        let limiter = RateLimiter(rate: 1, burst: 1) { clock.now }
        #expect(limiter.wait("a") == nil)
        #expect(limiter.wait("a") == nil)
        #expect(limiter.take("a") == nil)
        #expect(limiter.wait("a") != nil)
    }

    @Test func memoryFollowsTheClientsOfTheLastSeconds() {
        let clock = HandClock()
        let limiter = RateLimiter(rate: 10, burst: 10, limit: 100) { clock.now }
        for index in 0..<1_000 { _ = limiter.take("client \(index)") }
        #expect(limiter.count <= 101)
        clock.advance(.seconds(20))
        _ = limiter.take("another")
        #expect(limiter.count == 1)
    }

    @Test func valuesExpireAndAreBounded() {
        let clock = HandClock()
        let cache = ExpiringCache<Int, String>(keep: .seconds(10), limit: 100) { clock.now }
        cache[1] = "one"
        #expect(cache[1] == "one")
        cache.set("two", for: 2, within: .seconds(2))
        clock.advance(.seconds(3))
        #expect(cache[1] == "one")
        #expect(cache[2] == nil)
        clock.advance(.seconds(8))
        #expect(cache[1] == nil)
        for index in 0..<10_000 { cache[index] = "x" }
        #expect(cache.count <= 100)
        #expect(cache[9_999] == "x")
    }

    @Test func whatManyWantToKnowIsFoundOutOnce() async {
        let coalescer = Coalescer<String, Int>()
        let (asked, coming) = (Counter(), Counter())
        let results = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    coming.next()
                    return await coalescer.value(for: "key") {
                        // Until all others are about to ask; one that still comes late finds out anew, which is fine.
                        while coming.value < 50 { await Task.yield() }
                        return asked.next()
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.count == 50)
        #expect(asked.value < 5)
    }

    @Test func whoWaitsForOneThatIsCancelledTriesAnew() async {
        let coalescer = Coalescer<String, Int>()
        let (begun, coming) = (Counter(), Counter())
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withTaskGroup(of: Void.self) { inner in
                    inner.addTask {
                        _ = await coalescer.value(for: "key") {
                            begun.next()
                            try? await Task.sleep(for: .seconds(3_600))
                            return 1
                        }
                    }
                    while coming.value == 0 { await Task.yield() }
                    inner.cancelAll()
                }
            }
            group.addTask {
                while begun.value == 0 { await Task.yield() }
                coming.next()
                let value = await coalescer.value(for: "key") { 2 }
                #expect(value == 2)
            }
        }
    }

    @Test func placesAreTakenInOrderAndBounded() async {
        let places = Places(1, waiting: 1)
        #expect(await places.enter())
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await places.enter() }
            group.addTask { await places.enter() }
            // One of the two waits, the other is refused at once.
            #expect(await group.next() == false)
            places.leave()
            #expect(await group.next() == true)
        }
        places.leave()
        #expect(await places.enter())
    }
}
