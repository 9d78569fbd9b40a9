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

    // MARK: - Waits

    private func pause(_ state: LeaseState, at time: Duration) -> Duration { state.pause(at: time, jitter: 0) }

    /// Two requests that take as long as they may still renew it in time.
    @Test func afterARenewalThatIsLostThereIsTimeForAnother() {
        var state = candidate()
        state.wrote(Self.record("a"), sent: .zero)
        var now = pause(state, at: .zero)
        #expect(now == .seconds(2))
        now += Self.timing.requestTimeout
        state.failed()
        now += pause(state, at: now)
        #expect(state.holds(at: now))
        #expect(now + Self.timing.requestTimeout <= .seconds(7))
    }

    @Test func looksWhenItsOwnTimeRunsOut() {
        var state = candidate()
        state.wrote(Self.record("a"), sent: .zero)
        #expect(pause(state, at: .seconds(6)) == .seconds(1))
        #expect(pause(state, at: .seconds(7)) == .seconds(2))
    }

    /// A Lease that runs out between two looks is looked at then, not two seconds later.
    @Test func looksWhenAnothersTimeRunsOut() {
        var state = candidate()
        state.saw(Self.record("b"), at: .seconds(100))
        #expect(pause(state, at: .seconds(100)) == .seconds(2))
        #expect(state.pause(at: .seconds(100), jitter: 0.5) == .seconds(1.8))
        state.waited()
        state.saw(Self.record("b"), at: .seconds(109.5))
        #expect(pause(state, at: .seconds(109.5)) == .seconds(0.5))
        #expect(state.pause(at: .seconds(109.5), jitter: 0.5) == .seconds(0.5))
        state.waited()
        state.saw(Self.record("b"), at: .seconds(110))
        #expect(state.move(at: .seconds(110)) == .take(Self.record("b")))
        state.failed()
        #expect(pause(state, at: .seconds(110)) == .seconds(2), "somebody else was faster, or nobody answers")
    }

    @Test(arguments: [(10, 2.375), (2, 0.475), (30, 7.125)])
    func aRequestTakesNoLongerThanIsLeftTwice(_ duration: Int, _ limit: Double) {
        let silence = Duration.seconds(duration)
        let timing = LeaseTiming(duration: silence, renewWithin: silence * 0.7, interval: silence * 0.2)
        let options = KubernetesClientOptions.candidate(timing)
        #expect(abs(options.requestTimeout / .seconds(1) - limit) < 0.001)
        #expect(options.connectTimeout <= options.requestTimeout && options.readTimeout <= options.requestTimeout)
        #expect(options.retry.maximumAttempts == 1)
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
