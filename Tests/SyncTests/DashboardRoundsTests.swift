import Testing

@testable import Sync

@Suite struct DashboardRoundsTests {
    private static let minute: Duration = .seconds(60)

    private func rounds() -> DashboardRounds {
        DashboardRounds(firstRetry: .seconds(1), longestRetry: Self.minute, interval: .seconds(300))
    }

    /// The wait after a failure; the jitter is in the middle.
    private func fail(_ rounds: inout DashboardRounds, at now: Duration) -> Duration? {
        #expect(rounds.isDue(at: now))
        rounds.begin()
        rounds.failed(now: now, jitter: 0.5)
        rounds.end()
        return rounds.due.map { $0 - now }
    }

    @Test func isDueAtTheStartAndThenNowAndThen() {
        var rounds = rounds()
        #expect(rounds.isDue(at: .zero))
        rounds.begin()
        #expect(rounds.due == nil && !rounds.isDue(at: .zero), "one at a time")
        rounds.wentWell(now: .seconds(2))
        rounds.end()
        #expect(rounds.due == .seconds(302))
        #expect(!rounds.isDue(at: .seconds(301)))
        #expect(rounds.isDue(at: .seconds(302)))
    }

    @Test func whoAsksWhileOneRunsGetsAnother() {
        var rounds = rounds()
        rounds.begin()
        rounds.ask()
        rounds.wentWell(now: .seconds(1))
        rounds.end()
        #expect(rounds.isDue(at: .seconds(1)))
        rounds.begin()
        rounds.wentWell(now: .seconds(1))
        rounds.end()
        #expect(!rounds.isDue(at: .seconds(2)), "and no third")
    }

    @Test func waitsGrow() {
        var rounds = rounds()
        var now = Duration.zero
        var waits: [Duration] = []
        for _ in 0..<8 {
            let wait = fail(&rounds, at: now) ?? .zero
            waits.append(wait)
            now += wait
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
    }

    /// It turns out afterwards that a round was in vain, again and again.
    @Test func whatGoesWellForAMomentOnlyIsNoNewStart() {
        var rounds = rounds()
        var now = Duration.zero
        var waits: [Duration?] = []
        for _ in 0..<4 {
            #expect(rounds.isDue(at: now))
            rounds.begin()
            rounds.wentWell(now: now)
            rounds.end()
            now += .milliseconds(10)
            rounds.failed(now: now, jitter: 0.5)
            waits.append(rounds.due.map { $0 - now })
            now = rounds.due ?? now
        }
        #expect(waits == [1, 2, 4, 8].map { .seconds($0) })
        rounds.begin()
        rounds.wentWell(now: now)
        rounds.end()
        now += Self.minute
        rounds.failed(now: now, jitter: 0.5)
        #expect(rounds.due == now + .seconds(1), "it went well for long")
    }

    @Test func aServerThatWantsToBeLeftAloneIs() {
        var rounds = rounds()
        rounds.begin()
        rounds.failed(now: .zero, jitter: 0.5, notBefore: .seconds(30))
        rounds.end()
        rounds.ask()
        #expect(rounds.due == .seconds(30))
    }

    /// A loss while a round runs, before and after that has gone well: the newer counts.
    @Test(arguments: [false, true]) func aLossWhileARoundRunsIsNotForgotten(_ lostLast: Bool) {
        var rounds = rounds()
        rounds.begin()
        if !lostLast { rounds.failed(now: .zero, jitter: 0.5) }
        rounds.wentWell(now: .zero)
        if lostLast { rounds.failed(now: .zero, jitter: 0.5) }
        rounds.end()
        #expect(rounds.due == .seconds(lostLast ? 1 : 300))
    }
}
