/// When a request that failed is made again, and after what wait. A value without a clock or a network.
public struct RetryPolicy: Sendable, Hashable {
    /// Tries in all, the first included.
    public var maximumAttempts = 5
    /// The wait after the first failure; it doubles with each.
    public var firstDelay: Duration = .milliseconds(100)
    /// No wait is longer, but for what a server asks for.
    public var longestDelay: Duration = .seconds(5)
    /// A server that asks for a longer wait than this gets the error handed to the caller instead.
    public var longestRetryAfter: Duration = .seconds(10)
    /// From the start of the first try to that of the last.
    public var longestTotal: Duration = .seconds(60)
    /// Which part of a wait is random, from 0 to 1, so that many clients do not come back at once.
    public var jitter = 0.5

    /// The defaults above.
    public init() {}

    /// One try, no more.
    public static let never: RetryPolicy = {
        var policy = RetryPolicy()
        policy.maximumAttempts = 1
        return policy
    }()
}

extension RetryPolicy {
    /// Whether a request may reach the server twice.
    enum Repeatability: Sendable, Hashable {
        /// A second time does no harm: reads, server-side apply, what a uid or a resource version guards, dry runs.
        case always
        /// Only where the first time certainly did nothing: create, unguarded writes and deletes.
        case whenNotPerformed
    }

    /// How one try ended, as far as it matters for another.
    enum Failure: Sendable, Hashable {
        /// Nothing was sent.
        case notSent
        /// Something was sent; what became of it is not known.
        case lost
        /// The server answered with this status.
        case status(Int, retryAfter: Duration?)
        /// Another try would end the same way.
        case final
    }

    enum Decision: Sendable, Hashable {
        case retry(after: Duration)
        case giveUp
    }

    /// - Parameters:
    ///   - failure: how the newest try ended.
    ///   - attempt: the number of that try, from 1.
    ///   - elapsed: the time since the first try began.
    ///   - random: a number in `0..<1`.
    func decide(
        after failure: Failure, attempt: Int, elapsed: Duration = .zero, repeatability: Repeatability, random: Double
    ) -> Decision {
        guard attempt < maximumAttempts else { return .giveUp }
        let decision = decide(failure, attempt, repeatability, random)
        if case .retry(let delay) = decision, elapsed + delay > longestTotal { return .giveUp }
        return decision
    }

    private func decide(
        _ failure: Failure, _ attempt: Int, _ repeatability: Repeatability, _ random: Double
    ) -> Decision {
        switch failure {
        case .final: return .giveUp
        case .notSent: return .retry(after: delay(attempt: attempt, random: random))
        case .lost:
            return repeatability == .always ? .retry(after: delay(attempt: attempt, random: random)) : .giveUp
        case .status(let code, let retryAfter):
            guard Self.mayPass(code), repeatability == .always || Self.wasNotPerformed(code) else { return .giveUp }
            let delay = delay(attempt: attempt, random: random)
            guard let retryAfter else { return .retry(after: delay) }
            guard retryAfter <= longestRetryAfter else { return .giveUp }
            // The wait that the server asks for is the least; the usual jitter comes on top.
            return .retry(after: retryAfter + delay * jitter)
        }
    }

    /// The wait after a try: doubled with each, at most the longest, some of it random.
    func delay(attempt: Int, random: Double) -> Duration {
        var delay = firstDelay
        for _ in 1..<max(attempt, 1) where delay < longestDelay { delay *= 2 }
        return min(delay, longestDelay) * (1 - jitter * random)
    }

    /// Statuses that say nothing about the request itself: too many requests, and failures of the server.
    static func mayPass(_ code: Int) -> Bool {
        switch code {
        case 429, 500, 502, 503, 504: true
        default: false
        }
    }

    /// Too many requests: the server turns the request away before it looks at it.
    static func wasNotPerformed(_ code: Int) -> Bool { code == 429 }
}
