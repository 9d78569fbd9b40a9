import Synchronization

/// Token buckets, one for each client: so many requests a second, and so many at once after a pause.
///
/// Buckets that are full again say nothing and are dropped, so that memory follows the clients of the last seconds.
public final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var at: ContinuousClock.Instant
    }

    private struct State {
        var buckets: [String: Bucket] = [:]
        var swept: ContinuousClock.Instant
    }

    private let rate: Double
    private let burst: Double
    private let limit: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    /// - Parameters:
    ///   - rate: how many a second.
    ///   - burst: how many at once.
    ///   - limit: how many clients are told apart; beyond it all that are new share one bucket.
    public init(
        rate: Double, burst: Double, limit: Int = 10_000,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.rate = max(rate, 0.001)
        self.burst = max(burst, 1)
        self.limit = limit
        self.now = now
        state = Mutex(State(swept: now()))
    }

    /// Takes one from a client's bucket.
    /// - Returns: nil where there was one; else how long until there is.
    public func take(_ client: String) -> Duration? { take(client, 1) }

    /// Whether a client's bucket is empty, without taking from it.
    public func wait(_ client: String) -> Duration? { take(client, 0) }

    private func take(_ client: String, _ count: Double) -> Duration? {
        let now = now()
        return state.withLock { state in
            sweep(&state, now)
            let key = state.buckets[client] != nil || state.buckets.count < limit ? client : ""
            var bucket = state.buckets[key] ?? Bucket(tokens: burst, at: now)
            bucket.tokens = filled(bucket, now)
            bucket.at = now
            let missing = max(count, 1) - bucket.tokens
            if missing <= 0 { bucket.tokens -= count }
            if bucket.tokens < burst { state.buckets[key] = bucket }
            return missing <= 0 ? nil : .seconds(missing / rate)
        }
    }

    private func filled(_ bucket: Bucket, _ now: ContinuousClock.Instant) -> Double {
        min(burst, bucket.tokens + (now - bucket.at) / .seconds(1) * rate)
    }

    private func sweep(_ state: inout State, _ now: ContinuousClock.Instant) {
        guard now - state.swept > .seconds(10) || state.buckets.count > limit else { return }
        guard now - state.swept > .seconds(1) else { return }
        state.swept = now
        state.buckets = state.buckets.filter { filled($0.value, now) < burst }
    }

    /// How many clients it knows now.
    var count: Int { state.withLock { $0.buckets.count } }
}
