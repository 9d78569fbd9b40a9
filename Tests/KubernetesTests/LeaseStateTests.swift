import Testing

@testable import Kubernetes

/// What a candidate does next, by what it has seen and when.
@Suite struct LeaseStateTests {
    private static let timing = LeaseTiming(
        duration: .seconds(10), renewWithin: .seconds(7), interval: .seconds(2))

    private static func record(_ holder: String, version: String = "1") -> LeaseRecord {
        LeaseRecord(
            holder: holder, duration: .seconds(10), acquired: "2026-01-02T03:04:05.000000Z", transitions: 0,
            resourceVersion: version)
    }

    private func candidate() -> LeaseState { LeaseState(identity: "a", timing: Self.timing) }

    @Test func looksBeforeItActs() {
        var state = candidate()
        #expect(state.move(at: .zero) == .read)
        state.saw(nil, at: .zero)
        #expect(state.move(at: .zero) == .create)
        #expect(!state.holds(at: .zero))
    }

    @Test func takesWhatWasGivenBack() {
        var state = candidate()
        state.saw(Self.record(""), at: .zero)
        #expect(state.move(at: .zero) == .take(Self.record("")))
        #expect(state.holder == nil)
    }

    /// The ten seconds begin when this candidate first sees it, whatever times its holder wrote.
    @Test func leavesAnotherAloneUntilItHasStoodStill() {
        var state = candidate()
        state.saw(Self.record("b"), at: .seconds(100))
        #expect(state.move(at: .seconds(100)) == .wait)
        for second in [102, 104, 106, 108] {
            state.waited()
            #expect(state.move(at: .seconds(second)) == .read)
            state.saw(Self.record("b"), at: .seconds(second))
            #expect(state.move(at: .seconds(second)) == .wait)
        }
        state.saw(Self.record("b"), at: .seconds(110))
        #expect(state.move(at: .seconds(110)) == .take(Self.record("b")))
    }

    @Test func aRenewalBeginsTheWaitAnew() {
        var state = candidate()
        state.saw(Self.record("b"), at: .zero)
        state.saw(Self.record("b", version: "2"), at: .seconds(9))
        state.saw(Self.record("b", version: "2"), at: .seconds(18))
        #expect(state.move(at: .seconds(18)) == .wait)
        state.saw(Self.record("b", version: "2"), at: .seconds(19))
        #expect(state.move(at: .seconds(19)) == .take(Self.record("b", version: "2")))
    }

    /// It acts for seven seconds from sending, so that it has stopped before another may take over at ten.
    @Test func actsForATimeAfterItsLastRenewal() {
        var state = candidate()
        state.wrote(Self.record("a"), sent: .seconds(50))
        #expect(state.holds(at: .seconds(50)))
        #expect(state.holds(at: .milliseconds(56_999)))
        #expect(!state.holds(at: .seconds(57)))
        state.waited()
        #expect(state.move(at: .seconds(52)) == .renew(Self.record("a")))
    }

    @Test func readsAgainWhenAWriteFailed() {
        var state = candidate()
        state.wrote(Self.record("a"), sent: .zero)
        state.failed()
        #expect(state.move(at: .seconds(2)) == .read)
        #expect(state.holds(at: .seconds(2)), "until it is known that somebody else has it")
        state.saw(Self.record("b", version: "3"), at: .seconds(2))
        #expect(!state.holds(at: .seconds(2)))
        #expect(state.move(at: .seconds(2)) == .wait)
    }

    @Test func renewWithinIsNeverLongerThanTheLease() {
        #expect(LeaseTiming(duration: .seconds(5), renewWithin: .seconds(9)).renewWithin == .seconds(5))
        #expect(LeaseTiming(duration: .milliseconds(300)).wholeSeconds == 1)
    }

    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000000Z"), (1_767_323_045.123456, "2026-01-02T03:04:05.123456Z"),
        (1_767_323_045.000001, "2026-01-02T03:04:05.000001Z"),
    ])
    func timesHaveSixDigits(_ seconds: Double, _ text: String) {
        #expect(MicroTime.text(seconds) == text)
    }
}
