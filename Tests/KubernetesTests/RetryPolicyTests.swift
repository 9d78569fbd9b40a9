import Testing

@testable import Kubernetes

@Suite struct RetryPolicyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var failure: RetryPolicy.Failure
        var repeatability: RetryPolicy.Repeatability
        var attempt = 1
        var isRetried: Bool
        var testDescription: String { "\(failure) \(repeatability) try \(attempt) -> \(isRetried)" }
    }

    @Test(arguments: [
        Case(failure: .notSent, repeatability: .always, isRetried: true),
        Case(failure: .notSent, repeatability: .whenNotPerformed, isRetried: true),
        Case(failure: .lost, repeatability: .always, isRetried: true),
        Case(failure: .lost, repeatability: .whenNotPerformed, isRetried: false),
        Case(failure: .final, repeatability: .always, isRetried: false),
        Case(failure: .status(429, retryAfter: nil), repeatability: .always, isRetried: true),
        Case(failure: .status(429, retryAfter: nil), repeatability: .whenNotPerformed, isRetried: true),
        Case(failure: .status(429, retryAfter: .seconds(10)), repeatability: .always, isRetried: true),
        Case(failure: .status(429, retryAfter: .seconds(11)), repeatability: .always, isRetried: false),
        Case(failure: .status(500, retryAfter: nil), repeatability: .always, isRetried: true),
        Case(failure: .status(500, retryAfter: nil), repeatability: .whenNotPerformed, isRetried: false),
        Case(failure: .status(503, retryAfter: .seconds(1)), repeatability: .whenNotPerformed, isRetried: false),
        Case(failure: .status(502, retryAfter: nil), repeatability: .always, isRetried: true),
        Case(failure: .status(504, retryAfter: nil), repeatability: .always, isRetried: true),
        Case(failure: .status(501, retryAfter: nil), repeatability: .always, isRetried: false),
        Case(failure: .status(404, retryAfter: nil), repeatability: .always, isRetried: false),
        Case(failure: .status(409, retryAfter: .seconds(1)), repeatability: .always, isRetried: false),
        Case(failure: .notSent, repeatability: .always, attempt: 4, isRetried: true),
        Case(failure: .notSent, repeatability: .always, attempt: 5, isRetried: false),
    ])
    func decides(_ test: Case) {
        let decision = RetryPolicy().decide(
            after: test.failure, attempt: test.attempt, repeatability: test.repeatability, random: 0.5)
        #expect((decision != .giveUp) == test.isRetried)
    }

    @Test(arguments: [(1, 0.1), (2, 0.2), (3, 0.4), (4, 0.8), (7, 5.0), (60, 5.0)])
    func doublesUpToTheLongest(attempt: Int, seconds: Double) {
        let policy = RetryPolicy()
        #expect(policy.delay(attempt: attempt, random: 0) == .seconds(seconds))
        // Half of it is random.
        #expect(policy.delay(attempt: attempt, random: 0.999_999) >= .seconds(seconds * 0.5))
        #expect(policy.delay(attempt: attempt, random: 0.999_999) < .seconds(seconds * 0.51))
    }

    @Test func waitsAtLeastAsLongAsAskedFor() {
        let policy = RetryPolicy()
        for random in [0, 0.3, 0.99] {
            let decision = policy.decide(
                after: .status(429, retryAfter: .seconds(3)), attempt: 1, repeatability: .always, random: random)
            guard case .retry(let delay) = decision else {
                Issue.record("gave up")
                continue
            }
            #expect(delay >= .seconds(3))
            #expect(delay <= .seconds(3.1))
        }
    }

    @Test func stopsWhereItWouldTakeTooLong() {
        func decide(_ elapsed: Duration) -> RetryPolicy.Decision {
            RetryPolicy().decide(
                after: .lost, attempt: 2, elapsed: elapsed, repeatability: .always, random: 0)
        }
        #expect(decide(.seconds(59)) == .retry(after: .milliseconds(200)))
        #expect(decide(.seconds(59.9)) == .giveUp)
    }

    @Test func neverMeansOnce() {
        #expect(
            RetryPolicy.never.decide(after: .notSent, attempt: 1, repeatability: .always, random: 0) == .giveUp)
    }
}
