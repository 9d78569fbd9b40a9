import FoundationEssentials
public import Secrets

/// Finds out who a caller is, by any of several means at once.
public struct Authenticator: Sendable {
    private let tokens: ReloadedFiles<TokenTable>?
    private let oidc: OIDCAuthenticator?
    private let reviews: TokenReviews?
    /// Bad credentials by where they came from. Only what would cost a question to another server waits for it.
    private let failures: RateLimiter
    private let now: @Sendable () -> Date

    /// At least one means, or else nobody is let in.
    ///
    /// - Parameter failures: how many bad credentials one address may send.
    public init(
        tokens: ReloadedFiles<TokenTable>? = nil, oidc: OIDCAuthenticator? = nil, reviews: TokenReviews? = nil,
        failures: RateLimiter = RateLimiter(rate: 5, burst: 50)
    ) {
        self.init(tokens: tokens, oidc: oidc, reviews: reviews, failures: failures, now: { Date() })
    }

    init(
        tokens: ReloadedFiles<TokenTable>?, oidc: OIDCAuthenticator?, reviews: TokenReviews?, failures: RateLimiter,
        now: @escaping @Sendable () -> Date
    ) {
        self.tokens = tokens
        self.oidc = oidc
        self.reviews = reviews
        self.failures = failures
        self.now = now
    }

    /// Whose token it is.
    ///
    /// - Parameter address: where it came from.
    public func caller(_ token: Secret, from address: String) async throws(AccessError) -> Caller {
        if let caller = tokens?.value.caller(TokenDigest(of: token), at: now()) { return caller }
        do throws(AccessError) {
            if let oidc, let parsed = oidc.token(token) { return try await oidc.caller(parsed, token) }
            if let reviews {
                if reviews.known(token) == nil, let wait = failures.wait(address) {
                    throw .tooManyFailures(retryAfter: wait)
                }
                if let caller = try await reviews.caller(token) { return caller }
            }
            throw .badCredentials("nobody has this token")
        } catch {
            if case .badCredentials = error { _ = failures.take(address) }
            throw error
        }
    }
}
