import JSONValues
public import Kubernetes
public import Logging
import Secrets

/// Asks the API server whose token it is (TokenReview, `authentication.k8s.io/v1`).
public final class TokenReviews: Sendable {
    private let client: KubernetesClient
    private let audiences: [String]
    /// nil: the API server does not know the token.
    private let answers: ExpiringCache<BlindKeys.Key, Caller?>
    private let asking = Coalescer<BlindKeys.Key, Result<Caller?, AccessError>>()
    private let blind = BlindKeys()
    private let places: Places
    private let timeout: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - audiences: of which a token must be for one; empty means those of the API server.
    ///   - keep: how long an answer counts. What is kept is a digest of the token, never the token.
    ///   - atOnce: how many questions are on their way at a time.
    public init(
        _ client: KubernetesClient, audiences: [String] = [], keep: Duration = .seconds(10), atOnce: Int = 8,
        timeout: Duration = .seconds(10), logger: Logger
    ) {
        self.client = client
        self.audiences = audiences
        answers = ExpiringCache(keep: keep, limit: 10_000)
        places = Places(atOnce, waiting: 1_024)
        self.timeout = timeout
        self.logger = logger
    }

    /// Whose token it is, where that is known without asking.
    func known(_ token: Secret) -> Caller?? { answers[blind.key(TokenDigest(of: token))] }

    /// Whose token it is; nil where the API server does not know it.
    /// - Throws: ``AccessError/unavailable(_:)``.
    func caller(_ token: Secret) async throws(AccessError) -> Caller? {
        let key = blind.key(TokenDigest(of: token))
        if let known = answers[key] { return known }
        return try await asking.value(for: key) { await self.ask(token, key) }.get()
    }

    private func ask(_ token: Secret, _ key: BlindKeys.Key) async -> Result<Caller?, AccessError> {
        guard await places.enter() else { return .failure(.unavailable("too many questions to the API server wait")) }
        defer { places.leave() }
        do {
            let answer = try await client.review(.tokenReviews, Self.review(token, audiences), within: timeout)
            let caller = Self.caller(answer, audiences)
            answers[key] = .some(caller)
            return .success(caller)
        } catch {
            logger.warning("the API server does not say whose token it is", metadata: ["error": "\(error)"])
            return .failure(.unavailable("the API server cannot be asked whose token it is"))
        }
    }

    static func review(_ token: Secret, _ audiences: [String]) -> JSON {
        var spec: JSON = ["token": .string(token.exposed)]
        if !audiences.isEmpty { spec["audiences"] = .array(audiences.map { .string($0) }) }
        return ["apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": spec]
    }

    /// - Parameter audiences: those that were asked for. A server that does not know audiences answers without any,
    ///   and then has not checked them.
    static func caller(_ answer: JSON, _ audiences: [String]) -> Caller? {
        guard let status = answer["status"], status["authenticated"]?.bool == true,
            let user = status.at("user", "username")?.string, !user.isEmpty
        else { return nil }
        if !audiences.isEmpty {
            let said = status["audiences"]?.array?.compactMap(\.string) ?? []
            guard said.contains(where: audiences.contains) else { return nil }
        }
        var extra: [String: [String]] = [:]
        for (name, values) in status.at("user", "extra")?.object ?? [:] {
            extra[name] = values.array?.compactMap(\.string) ?? []
        }
        return Caller(
            user: user, groups: status.at("user", "groups")?.array?.compactMap(\.string) ?? [], means: .kubernetes,
            kubernetes: .init(uid: status.at("user", "uid")?.string ?? "", extra: extra))
    }
}
