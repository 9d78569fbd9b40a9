import FoundationEssentials
public import Secrets

/// Finds out who a caller is, by any of several means at once.
public struct Authenticator: Sendable {
    private let tokens: ReloadedFiles<TokenTable>?
    private let oidc: OIDCAuthenticator?
    private let reviews: TokenReviews?
    /// Bad credentials by where they came from. Only what would cost a question to another server, or the check of a
    /// signature, waits for it.
    private let failures: RateLimiter
    /// Digests of tokens that were good lately, which do not wait: where many share an address, as behind a proxy that is
    /// not trusted, one who guesses must not lock out the others.
    private let good = ExpiringCache<BlindKeys.Key, Bool>(keep: .seconds(3_600), limit: 10_000)
    private let blind = BlindKeys()
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
        let digest = TokenDigest(of: token)
        if let caller = tokens?.value.caller(digest, at: now()) { return caller }
        let key = blind.key(digest)
        do throws(AccessError) {
            let caller = try await found(token, key, address)
            good[key] = true
            return caller
        } catch {
            if case .badCredentials = error {
                good[key] = nil
                _ = failures.take(address)
            }
            throw error
        }
    }

    private func found(_ token: Secret, _ key: BlindKeys.Key, _ address: String) async throws(AccessError) -> Caller {
        if let oidc, let parsed = oidc.token(token) {
            try pass(key, address)
            return try await oidc.caller(parsed, token)
        }
        if let reviews {
            if reviews.known(token) == nil { try pass(key, address) }
            if let caller = try await reviews.caller(token) { return caller }
        }
        throw .badCredentials("nobody has this token")
    }

    /// Goes on where the address has not sent too many bad credentials, or the token was good lately.
    private func pass(_ key: BlindKeys.Key, _ address: String) throws(AccessError) {
        guard good[key] == nil, let wait = failures.wait(address) else { return }
        throw .tooManyFailures(retryAfter: wait)
    }
}
