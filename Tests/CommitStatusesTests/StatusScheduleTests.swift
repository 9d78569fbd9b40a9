import Forges
import Git
import Testing

@testable import CommitStatuses

@Suite struct StatusScheduleTests {
    private let a = ObjectID(String(repeating: "a", count: 40))!
    private let b = ObjectID(String(repeating: "b", count: 40))!

    private func pending(_ commit: ObjectID, _ text: String = "…") -> HeadStatus {
        HeadStatus(commit: commit, state: .pending, description: text)
    }

    private func success(_ commit: ObjectID) -> HeadStatus {
        HeadStatus(commit: commit, state: .success, description: "1 app")
    }

    private func failure(_ commit: ObjectID) -> HeadStatus {
        HeadStatus(commit: commit, state: .failure, description: "no")
    }

    @Test func whatPassesQuicklyIsToldOnce() {
        var schedule = StatusSchedule()
        #expect(schedule.next(now: .zero) == .rest)
        schedule.see(pending(a), now: .zero)
        #expect(schedule.next(now: .zero) == .wait(until: .seconds(2)))
        schedule.see(success(a), now: .seconds(1))
        #expect(schedule.next(now: .seconds(1)) == .send(success(a)))
        schedule.took(success(a), now: .seconds(1))
        #expect(schedule.next(now: .seconds(1)) == .rest)
        schedule.see(success(a), now: .seconds(100))
        #expect(schedule.next(now: .seconds(100)) == .rest)
    }

    @Test func whatTakesLongIsToldTwice() {
        var schedule = StatusSchedule()
        schedule.see(pending(a, "3 wait"), now: .zero)
        schedule.see(pending(a, "2 wait"), now: .seconds(1))  // the text alone does not begin anew
        #expect(schedule.next(now: .seconds(2)) == .send(pending(a, "2 wait")))
        schedule.took(pending(a, "2 wait"), now: .seconds(2))
        schedule.see(failure(a), now: .seconds(3))
        #expect(schedule.next(now: .seconds(3)) == .wait(until: .seconds(12)))
        #expect(schedule.next(now: .seconds(12)) == .send(failure(a)))
    }

    @Test func onlyTheNewestHeadMatters() {
        var schedule = StatusSchedule()
        schedule.see(pending(a), now: .zero)
        schedule.see(pending(b), now: .seconds(5))
        #expect(schedule.next(now: .seconds(6)) == .wait(until: .seconds(7)))
        schedule.see(success(b), now: .seconds(6))
        #expect(schedule.next(now: .seconds(6)) == .send(success(b)))
        schedule.took(success(b), now: .seconds(6))
        #expect(schedule.next(now: .seconds(6)) == .rest, "nobody was told of a")
    }

    /// A commit that the forge shows as pending, and that another has overtaken, does not stay so.
    @Test func theOvertakenIsSettledToo() {
        var schedule = StatusSchedule()
        schedule.see(pending(a), now: .zero)
        schedule.took(pending(a), now: .seconds(2))
        schedule.see(success(b), now: .seconds(3))
        #expect(schedule.next(now: .seconds(3)) == .send(success(b)))
        schedule.took(success(b), now: .seconds(3))
        let last = HeadStatus(commit: a, state: .success, description: "with bbbbbbb: 1 app")
        #expect(schedule.next(now: .seconds(3)) == .send(last))
        schedule.took(last, now: .seconds(3))
        #expect(schedule.next(now: .seconds(3)) == .rest)
    }

    @Test func failuresAreWaitedOut() {
        var schedule = StatusSchedule()
        schedule.see(success(a), now: .zero)
        var now = Duration.zero
        var waits: [Duration] = []
        for _ in 0..<12 {
            schedule.failed(mayPass: true, retryAfter: nil, now: now, random: 0)
            guard case .wait(let until) = schedule.next(now: now) else {
                Issue.record("no wait")
                return
            }
            waits.append(until - now)
            now = until
            #expect(schedule.next(now: now) == .send(success(a)))
        }
        #expect(waits.prefix(4) == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
        #expect(waits.last == .seconds(300))
        schedule.failed(mayPass: true, retryAfter: .seconds(900), now: now, random: 0)
        #expect(schedule.next(now: now) == .wait(until: now + .seconds(900)))
        schedule.failed(mayPass: false, retryAfter: nil, now: now, random: 0)
        #expect(schedule.next(now: now) == .wait(until: now + .seconds(300)))
        // A newer commit is not held up by what was refused of this one.
        schedule.see(success(b), now: now)
        #expect(schedule.next(now: now) == .send(success(b)))
    }
}
