import JSONValues
public import Kubernetes
public import Logging

/// The API server decides, as it would if the caller asked it about RampartGraphs itself.
public final class KubernetesAuthorizer: Authorizer {
    private struct Question: Sendable, Hashable {
        var caller: Caller
        var permission: Permission
        var scope: Scope
        var isList: Bool
    }

    private let client: KubernetesClient
    private let answers: ExpiringCache<Question, Bool>
    private let asking = Coalescer<Question, Result<Bool, AccessError>>()
    private let places: Places
    private let timeout: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - keep: how long an answer counts.
    ///   - atOnce: how many questions are on their way at a time.
    public init(
        _ client: KubernetesClient, keep: Duration = .seconds(10), atOnce: Int = 16, timeout: Duration = .seconds(10),
        logger: Logger
    ) {
        self.client = client
        answers = ExpiringCache(keep: keep, limit: 20_000)
        places = Places(atOnce, waiting: 4_096)
        self.timeout = timeout
        self.logger = logger
    }

    public func allows(_ caller: Caller, _ permission: Permission, in scope: Scope) async throws(AccessError) -> Bool {
        try await answer(Question(caller: caller, permission: permission, scope: scope, isList: false))
    }

    /// Asks once whether all may be listed; only where not, once for each namespace.
    public func visibility(
        of caller: Caller, among namespaces: @Sendable () -> Set<String>
    ) async throws(AccessError) -> Visibility {
        func question(_ scope: Scope) -> Question {
            Question(caller: caller, permission: .read, scope: scope, isList: true)
        }
        if try await answer(question(.everywhere)) { return .all }
        let names = namespaces()
        let results = await withTaskGroup(of: (String, Result<Bool, AccessError>).self) { group in
            for name in names {
                group.addTask {
                    do throws(AccessError) {
                        return (name, .success(try await self.answer(question(.namespace(name)))))
                    } catch {
                        return (name, .failure(error))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var visible: Set<String> = []
        for (name, result) in results where try result.get() { visible.insert(name) }
        return .namespaces(visible)
    }

    private func answer(_ question: Question) async throws(AccessError) -> Bool {
        if let known = answers[question] { return known }
        let result = await asking.value(for: question) { await self.ask(question) }
        return try result.get()
    }

    private func ask(_ question: Question) async -> Result<Bool, AccessError> {
        guard await places.enter() else { return .failure(.unavailable("too many questions to the API server wait")) }
        defer { places.leave() }
        let review = SubjectAccess.review(
            of: question.caller, question.permission, in: question.scope, verb: question.isList ? "list" : nil)
        do {
            let answer = try await client.review(.subjectAccessReviews, review, within: timeout)
            let isAllowed = SubjectAccess.isAllowed(answer)
            answers[question] = isAllowed
            return .success(isAllowed)
        } catch {
            logger.warning("the API server does not say what a caller may do", metadata: ["error": "\(error)"])
            return .failure(.unavailable("the API server cannot be asked what you may do"))
        }
    }
}

extension ResourceType {
    static let subjectAccessReviews = ResourceType(
        group: "authorization.k8s.io", version: "v1", plural: "subjectaccessreviews", kind: "SubjectAccessReview",
        isNamespaced: false)
    static let tokenReviews = ResourceType(
        group: "authentication.k8s.io", version: "v1", plural: "tokenreviews", kind: "TokenReview",
        isNamespaced: false)
}

extension KubernetesClient {
    /// Asks for a review, which is created but kept nowhere.
    func review(_ type: ResourceType, _ review: JSON, within timeout: Duration) async throws -> JSON {
        try await withThrowingTaskGroup(of: JSON.self) { group in
            group.addTask { try await self.create(type, body: review).json }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw NoReview(timeout: timeout)
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }
}

private struct NoReview: Error, CustomStringConvertible {
    let timeout: Duration
    var description: String { "no answer within \(timeout)" }
}
