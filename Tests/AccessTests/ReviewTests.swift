import JSONValues
import Kubernetes
import Logging
import Sandbox
import Secrets
import TestSupport
import Testing

@testable import Access

/// Who asks and what they may do, as an API server says.
@Suite struct ReviewTests {
    static let quiet: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    /// A sandbox that knows two users, and a client that may ask about both.
    static func withServer(
        _ body: @Sendable @escaping (SandboxServer, KubernetesClient) async throws -> Void
    ) async throws {
        var options = SandboxOptions()
        options.playsController = false
        options.users = [
            SandboxUser(token: "service", name: "service", groups: ["system:masters"]),
            SandboxUser(token: "ada-token", name: "ada", groups: ["engineers"], audiences: ["rampart", "other"]),
            SandboxUser(token: "bob-token", name: "bob"),
        ]
        options.grants = [
            SandboxGrant(role: "editor", user: "ada", namespace: "team-a", verbs: ["get", "list", "update"]),
            SandboxGrant(role: "reader", user: "ada", namespace: "team-b", verbs: ["get", "list"]),
            SandboxGrant(role: "all", user: "bob", namespace: nil, verbs: ["*"]),
        ]
        let sandbox = SandboxServer(options: options, logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await sandbox.run() }
            let port = try await sandbox.started().port
            var configuration = ClusterConfiguration(server: "http://127.0.0.1:\(port)")
            configuration.credentials = .token(Secret("service"))
            var settings = KubernetesClientOptions()
            settings.retry.maximumAttempts = 1
            let client = try KubernetesClient(configuration, options: settings, logger: quiet)
            let result: Result<Void, any Error>
            do { result = .success(try await body(sandbox, client)) } catch { result = .failure(error) }
            await client.shutdown()
            try result.get()
        }
    }

    static func asked(_ sandbox: SandboxServer, _ what: String) -> Int {
        sandbox.requests.count { $0.path.hasSuffix(what) }
    }

    @Test func theServerSaysWhoseTokenItIs() async throws {
        try await Self.withServer { sandbox, client in
            let reviews = TokenReviews(client, logger: Self.quiet)
            let bob = try #require(try await reviews.caller(Secret("bob-token")))
            #expect(bob.user == "bob")
            #expect(bob.groups == ["system:authenticated"])
            #expect(bob.means == .kubernetes)
            #expect(bob.kubernetes?.uid == "bob-uid")
            #expect(bob.authorEmail(domain: "localhost") == "bob@localhost")
            #expect(try await reviews.caller(Secret("nobody's")) == nil)
            #expect(try await reviews.caller(Secret("ada-token")) == nil, "for other audiences")
            for _ in 0..<10 {
                _ = try await reviews.caller(Secret("bob-token"))
                _ = try await reviews.caller(Secret("nobody's"))
            }
            #expect(Self.asked(sandbox, "tokenreviews") == 3, "answers are kept for a while")
        }
    }

    @Test func audiencesMustFit() async throws {
        try await Self.withServer { _, client in
            let reviews = TokenReviews(client, audiences: ["rampart"], logger: Self.quiet)
            let ada = try await reviews.caller(Secret("ada-token"))
            #expect(ada?.user == "ada")
            #expect(try await reviews.caller(Secret("bob-token")) == nil)
        }
        let unaware: JSON = ["status": ["authenticated": true, "user": ["username": "ada"]]]
        #expect(TokenReviews.caller(unaware, ["rampart"]) == nil, "a server that does not check audiences")
        #expect(TokenReviews.caller(unaware, [])?.user == "ada")
    }

    @Test func manyWhoAskAtOnceAskOnce() async throws {
        try await Self.withServer { sandbox, client in
            sandbox.setFaults([SandboxFault(.latency(.milliseconds(300)), path: "tokenreviews")])
            let reviews = TokenReviews(client, logger: Self.quiet)
            let users = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<50 { group.addTask { try await reviews.caller(Secret("bob-token"))?.user } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(users.allSatisfy { $0 == "bob" })
            #expect(Self.asked(sandbox, "tokenreviews") < 5)
        }
    }

    @Test func aServerThatIsAwayLetsNobodyIn() async throws {
        try await Self.withServer { sandbox, client in
            sandbox.setFaults([SandboxFault(.failure(code: 500, message: "etcd is away"))])
            let reviews = TokenReviews(client, logger: Self.quiet)
            let authorizer = KubernetesAuthorizer(client, logger: Self.quiet)
            let bob = Caller(user: "bob", means: .kubernetes)
            let who = await #expect(throws: AccessError.self) { _ = try await reviews.caller(Secret("bob-token")) }
            let what = await #expect(throws: AccessError.self) {
                _ = try await authorizer.allows(bob, .read, in: .everywhere)
            }
            for error in [who, what] {
                guard case .unavailable(let why)? = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(!why.contains("bob-token"))
            }
            sandbox.setFaults([])
            let caller = try await reviews.caller(Secret("bob-token"))
            #expect(caller?.user == "bob", "a failure is not kept")
        }
    }

    @Test(
        arguments: [
            ("ada", .read, .namespace("team-a"), true), ("ada", .save, .namespace("team-a"), true),
            ("ada", .deploy, .namespace("team-a"), true), ("ada", .create, .namespace("team-a"), false),
            ("ada", .delete, .namespace("team-a"), false), ("ada", .administer, .namespace("team-a"), false),
            ("ada", .read, .namespace("team-b"), true), ("ada", .save, .namespace("team-b"), false),
            ("ada", .read, .namespace("team-c"), false), ("ada", .read, .everywhere, false),
            ("bob", .administer, .everywhere, true), ("bob", .delete, .namespace("any"), true),
            ("eve", .read, .namespace("team-a"), false),
        ] as [(String, Permission, Scope, Bool)])
    func theServerSaysWhatTheyMayDo(
        _ user: String, _ permission: Permission, _ scope: Scope, _ isAllowed: Bool
    ) async throws {
        try await Self.withServer { _, client in
            let authorizer = KubernetesAuthorizer(client, logger: Self.quiet)
            let caller = Caller(user: user, groups: ["engineers"], means: .oidc)
            let answer = try await authorizer.allows(caller, permission, in: scope)
            #expect(answer == isAllowed)
        }
    }

    @Test func aListIsAskedAboutByNamespaceAndNotByApp() async throws {
        try await Self.withServer { sandbox, client in
            let authorizer = KubernetesAuthorizer(client, logger: Self.quiet)
            let names: @Sendable () -> Set<String> = { ["team-a", "team-b", "team-c", "team-d"] }
            let ada = Caller(user: "ada", means: .oidc)
            for _ in 0..<5 {
                let visible = try await authorizer.visibility(of: ada, among: names)
                #expect(visible == .namespaces(["team-a", "team-b"]))
            }
            #expect(Self.asked(sandbox, "subjectaccessreviews") == 5, "all at once, then each namespace, then kept")
            sandbox.clearRequests()
            let all = try await authorizer.visibility(of: Caller(user: "bob", means: .oidc), among: names)
            #expect(all == .all)
            #expect(Self.asked(sandbox, "subjectaccessreviews") == 1)
        }
    }

    /// Behind a proxy that is not trusted all share an address, and one who guesses must not lock out the others.
    @Test func whoWasGoodLatelyIsAskedAboutWhoeverGuessesBesideThem() async throws {
        try await Self.withServer { sandbox, client in
            let clock = HandClock()
            let authenticator = Authenticator(
                reviews: TokenReviews(client, keep: .zero, logger: Self.quiet),
                failures: RateLimiter(rate: 1, burst: 1) { clock.now })
            func attempt(_ token: String) async -> String {
                do throws(AccessError) {
                    return try await authenticator.caller(Secret(token), from: "10.0.0.1").user
                } catch {
                    if case .tooManyFailures = error { return "has to wait" }
                    return "is refused"
                }
            }
            #expect(await attempt("bob-token") == "bob")
            #expect(await attempt("a guess") == "is refused")
            #expect(await attempt("another guess") == "has to wait")
            sandbox.clearRequests()
            #expect(await attempt("bob-token") == "bob")
            #expect(Self.asked(sandbox, "tokenreviews") == 1, "but the server is asked anew")
        }
    }

    @Test func guessingTokensIsSlowedDown() async throws {
        try await Self.withServer { sandbox, client in
            let clock = HandClock()
            let authenticator = Authenticator(
                reviews: TokenReviews(client, logger: Self.quiet),
                failures: RateLimiter(rate: 1, burst: 3) { clock.now })
            func attempt(_ token: String, _ address: String) async -> AccessError? {
                do throws(AccessError) {
                    _ = try await authenticator.caller(Secret(token), from: address)
                    return nil
                } catch {
                    return error
                }
            }
            #expect(await attempt("bob-token", "192.0.2.1") == nil)
            for index in 0..<3 {
                #expect(await attempt("guess \(index)", "192.0.2.1") == .badCredentials("nobody has this token"))
            }
            sandbox.clearRequests()
            guard case .tooManyFailures? = await attempt("guess 4", "192.0.2.1") else {
                Issue.record("a guess too many was looked at")
                return
            }
            #expect(sandbox.requests.isEmpty, "nobody is asked about it")
            #expect(await attempt("bob-token", "192.0.2.1") == nil, "who is known gets in from there")
            #expect(await attempt("guess 5", "192.0.2.2") == .badCredentials("nobody has this token"))
            clock.advance(.seconds(2))
            #expect(await attempt("guess 6", "192.0.2.1") == .badCredentials("nobody has this token"))
        }
    }
}
