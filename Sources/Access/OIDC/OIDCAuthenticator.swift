import FoundationEssentials
import JSONValues
public import Logging
import Secrets
public import ServiceLifecycle

/// Takes the tokens of an OpenID Connect issuer.
public final class OIDCAuthenticator: Service {
    private struct Known: Sendable {
        var caller: Caller
        var expires: Double
        var generation: Int
    }

    private let settings: OIDCSettings
    private let keys: KeySource
    private let known = ExpiringCache<BlindKeys.Key, Known>(keep: .seconds(60), limit: 10_000)
    private let blind = BlindKeys()
    private let now: @Sendable () -> Double

    init(
        _ settings: OIDCSettings, keys: KeySource,
        now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
    ) {
        self.settings = settings
        self.keys = keys
        self.now = now
    }

    /// - Parameter fetcher: asks the issuer.
    public convenience init(_ settings: OIDCSettings, fetcher: OIDCFetcher, logger: Logger) {
        self.init(settings, keys: KeySource(settings, logger: logger) { try await fetcher.fetch($0) })
    }

    /// Keeps the issuer's keys fresh.
    public func run() async throws {
        try? await cancelWhenGracefulShutdown { try await self.keys.keepFresh() }
    }

    /// Why the issuer's keys are not there or old; nil where all is well.
    public var problem: String? { get async { await keys.problem?.description } }

    /// Whether a token says that it is of this issuer.
    ///
    /// - Returns: nil where it is for somebody else to judge.
    func token(_ secret: Secret) -> JWT? {
        guard let token = try? JWT(secret.exposed), token.claims["iss"]?.string == settings.issuer else { return nil }
        return token
    }

    /// Whose token it is.
    /// - Throws: ``AccessError``.
    func caller(_ token: JWT, _ secret: Secret) async throws(AccessError) -> Caller {
        let key = blind.key(TokenDigest(of: secret))
        if let known = known[key], known.expires > now(), await known.generation == keys.generation {
            return known.caller
        }
        guard settings.algorithms.contains(token.algorithm), KeySet.algorithms.contains(token.algorithm) else {
            throw .badCredentials("the algorithm of the token's signature is not taken")
        }
        // Looked at first, as it costs least: an expired token leads to no fetch.
        let (caller, expires) = try claimed(token.claims)
        let set: KeySet
        do throws(KeyProblem) { set = try await keys.keys(with: token.keyID) } catch {
            throw .unavailable(
                await keys.hasAny
                    ? "the keys of the issuer are too old and cannot be fetched anew"
                    : "the keys of the issuer cannot be fetched")
        }
        var isGood = false
        for key in set.candidates(for: token) where !isGood { isGood = await key.verifies(token) }
        guard isGood else { throw .badCredentials("no key of the issuer has made the token's signature") }
        let entry = Known(caller: caller, expires: expires, generation: await keys.generation)
        known.set(entry, for: key, within: .seconds(max(0, expires - now())))
        return caller
    }

    /// What the claims say, if they are for here and now.
    private func claimed(_ claims: JSONObject) throws(AccessError) -> (caller: Caller, expires: Double) {
        guard claims["iss"]?.string == settings.issuer else { throw .badCredentials("the token is of another issuer") }
        let audiences = claims["aud"]?.string.map { [$0] } ?? claims["aud"]?.array?.compactMap(\.string) ?? []
        guard audiences.contains(settings.audience) else { throw .badCredentials("the token is for another audience") }
        let (now, leeway) = (now(), settings.leeway / .seconds(1))
        guard let expires = claims["exp"]?.double, expires.isFinite else {
            throw .badCredentials("the token does not say when it expires")
        }
        guard expires + leeway > now else { throw .badCredentials("the token has expired") }
        for name in ["nbf", "iat"] {
            guard let claim = claims[name] else { continue }
            guard let time = claim.double, time.isFinite, time - leeway <= now else {
                throw .badCredentials("the token is not good yet (\(name))")
            }
        }
        return (try caller(claims), expires + leeway)
    }

    private func caller(_ claims: JSONObject) throws(AccessError) -> Caller {
        let isVerified = claims["email_verified"].map { $0.bool == true || $0.string == "true" } ?? true
        guard let user = claims[settings.userClaim]?.string, !user.isEmpty else {
            throw .badCredentials("the token has no claim '\(settings.userClaim)'")
        }
        if settings.userClaim == settings.emailClaim, !isVerified {
            throw .badCredentials("the token's address is not verified")
        }
        // Names of the cluster's own: an issuer that gives them away would hand out the cluster.
        guard !user.hasPrefix("system:") else { throw .badCredentials("the token's user begins with system:") }
        let groups = claims[settings.groupsClaim]
        let names = groups?.string.map { [$0] } ?? groups?.array?.compactMap(\.string) ?? []
        return Caller(
            user: user, groups: names.filter { !$0.isEmpty && !$0.hasPrefix("system:") },
            name: claims[settings.nameClaim]?.string ?? "",
            email: isVerified ? claims[settings.emailClaim]?.string ?? "" : "", means: .oidc)
    }
}

extension KeySet {
    /// What any key may be used for. No symmetric algorithm: with one, a public key would be the secret.
    static let algorithms: Set<String> = [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    ]
}
