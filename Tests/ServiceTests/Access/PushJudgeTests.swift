import Access
import Apps
import Git
import HTTPTypes
import JSONValues
import Kubernetes
import Logging
import Logs
import Sandbox
import Secrets
import TestSupport
import Testing

@testable import Service

/// Whether a push may be, by who pushes and what it changes.
@Suite struct PushJudgeTests {
    private static func needs(_ list: [String]) throws -> PushNeeds {
        let rows = list.map { text -> JSON in
            let parts = text.split(separator: " ").map(String.init)
            var need: JSON = ["right": .string(parts[0]), "subjects": [.string(parts[2])]]
            if parts[1] != "*" { need["namespace"] = .string(parts[1]) }
            return need
        }
        return try #require(
            PushNeeds(["needs": .array(rows), "apps": [], "readOnly": [], "references": ["refs/heads/x"]]))
    }

    /// What is pushed, and who of ``Guarded/users`` may.
    static let rows: [([String], [String])] = [
        (["save team-a team-a_x"], ["editor", "deployer", "admin", "boss"]),
        (["create team-a team-a_x"], ["editor", "deployer", "admin", "boss"]),
        (["deploy team-a team-a_x"], ["deployer", "admin", "boss"]),
        (["delete team-a team-a_x"], ["deployer", "admin", "boss"]),
        (["save team-b team-b_x"], ["boss"]), (["deploy team-b team-b_x"], ["boss"]),
        (["deploy team-a team-a_x", "save team-b team-b_x"], ["boss"]), (["save * configs/a"], ["boss"]),
        (["deploy * README.md"], ["boss"]), (["administer * rampart.yaml"], ["boss"]),
        ([], ["editor", "deployer", "admin", "boss"]),
    ]

    @Test(arguments: rows) func whoMayPushWhat(_ list: [String], _ allowed: [String]) async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options()) { stack in
            let judge = stack.judge()
            let body = Graph.body("team-a_x", Graph.small())
            #expect(try await stack.post("/api/v1/graphs", body, headers: Guarded.bearer("boss")).status == 201)
            for user in Guarded.users {
                let refusals = try await judge.refusals(of: Self.needs(list), guarded.rights(user))
                #expect(refusals.isEmpty == allowed.contains(user), "\(user): \(refusals)")
                for refusal in refusals { #expect(refusal.contains(": \(user) may not "), "\(refusal)") }
            }
            #expect(try await judge.refusals(of: Self.needs(list), nil) == [], "where nobody is asked")
        }
    }

    @Test func eachNamespaceIsNamedWithItsApps() async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options()) { stack in
            let refusals = try await stack.judge().refusals(
                of: Self.needs([
                    "deploy team-b team-b_x", "deploy team-b team-b_y", "deploy team-a team-a_x",
                    "save team-c team-c_z",
                ]), guarded.rights("deployer"))
            #expect(
                refusals == [
                    "team-b_x, team-b_y: deployer may not deploy or undeploy in the namespace team-b; "
                        + "whoever keeps the policy can allow it",
                    "team-c_z: deployer may not save in the namespace team-c; whoever keeps the policy can allow it",
                ])
        }
    }

    /// By the tree of before, by the branch as the service sees it, or by the resource's own label.
    @Test func readOnlyAppsAreForAdministrators() async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options()) { stack in
            var body = Graph.body("team-a_locked", Graph.small())
            var metadata = body["metadata"] ?? [:]
            metadata["labels"] = ["rampart-graph-readonly": "true"]
            body["metadata"] = metadata
            #expect(try await stack.post("/api/v1/graphs", body, headers: Guarded.bearer("boss")).status == 201)
            let known: JSON = ["needs": [], "apps": ["team-a_locked", "team-a_free"], "readOnly": []]
            let told: JSON = ["needs": [], "apps": ["team-a_other"], "readOnly": ["team-a_other"]]
            for (json, name) in [(known, "team-a_locked"), (told, "team-a_other")] {
                let needs = try #require(PushNeeds(json))
                for user in Guarded.users {
                    let refusals = try await stack.judge().refusals(of: needs, guarded.rights(user))
                    #expect(refusals.isEmpty == ["admin", "boss"].contains(user), "\(user): \(refusals)")
                    #expect(refusals.isEmpty || refusals.contains { $0.hasPrefix("\(name): read-only") })
                }
                #expect(
                    try await stack.judge().refusals(of: needs, nil).count == 1, "without authentication nobody is one")
            }
        }
    }

    /// The API server says the same as for REST, and where it does not answer nothing is let in.
    @Test func theClusterMayDecide() async throws {
        var options = Stack.Options()
        options.sandbox.users = [SandboxUser(token: "service", name: "service", groups: ["system:masters"])]
        options.sandbox.grants = [
            SandboxGrant(role: "editor", user: "ada", namespace: "team-a", verbs: ["get", "create", "update"])
        ]
        try await Stack.run(options) { stack in
            let port = try await stack.sandbox.started().port
            var configuration = ClusterConfiguration(server: "http://127.0.0.1:\(port)")
            configuration.credentials = .token(Secret("service"))
            let client = try KubernetesClient(configuration, options: KubernetesClientOptions(), logger: .quiet)
            let rights = CallerRights(
                Caller(user: "ada", means: .kubernetes), authorizer: KubernetesAuthorizer(client, logger: .quiet)
            ) { [] }
            let judge = stack.judge()
            let mine = ["create team-a team-a_x", "deploy team-a team-a_x"]
            let others = mine + ["delete team-a team-a_y", "deploy team-b team-b_x", "save * configs/a"]
            let results: Result<([String], [String]), any Error>
            do {
                results = .success(
                    (
                        try await judge.refusals(of: Self.needs(mine), rights),
                        try await judge.refusals(of: Self.needs(others), rights)
                    ))
            } catch {
                results = .failure(error)
            }
            await client.shutdown()
            let (own, foreign) = try results.get()
            #expect(own == [])
            #expect(foreign.map { String($0.prefix { $0 != ":" }) } == ["configs/a", "team-a_y", "team-b_x"])
        }
        var away = Stack.Options()
        away.hasCluster = false
        let book = LogBook(metadataProvider: RequestID.metadataProvider)
        try await Stack.run(away) { stack in
            let rights = CallerRights(
                Caller(user: "ada", means: .kubernetes), authorizer: KubernetesAuthorizer(stack.client, logger: .quiet)
            ) { [] }
            let exchange = Exchange(client: "127.0.0.1")
            exchange.rights = rights
            exchange.caller = rights.caller
            let question = PushQuestion(needs: try Self.needs(["save team-a team-a_x"]), commit: nil, problems: 0)
            let line = await stack.judge(logger: book.logger)
                .answer(question.line, exchange, .post, "/git/graphs.git/git-receive-pack")
            guard case .failed(let why) = PushAnswer(line: line) else {
                Issue.record("\(line)")
                return
            }
            #expect(why.contains("cannot be asked"))
        }
        let line = try #require(book.lines.first)
        #expect(line.message == "audit: denied" && book.lines.count == 1)
        #expect(line.metadata["user"] == "ada" && line.metadata["subject"] == "team-a_x")
        #expect(line.metadata["why"]?.contains("cannot be asked") == true)
    }

    @Test func everyPushIsAudited() async throws {
        let guarded = try await Guarded()
        let book = LogBook(metadataProvider: RequestID.metadataProvider)
        try await Stack.run(guarded.options()) { stack in
            let judge = stack.judge(logger: book.logger)
            let exchange = Exchange(client: "192.0.2.7")
            exchange.rights = try guarded.rights("editor")
            exchange.caller = exchange.rights?.caller
            func ask(_ list: [String], problems: Int) async throws {
                let question = PushQuestion(needs: try Self.needs(list), commit: .zero, problems: problems)
                _ = await judge.answer(question.line, exchange, .post, "/git/graphs.git/git-receive-pack")
            }
            try await ask(["save team-a team-a_x"], problems: 0)
            try await ask(["deploy team-a team-a_x"], problems: 0)
            try await ask(["save team-a team-a_x"], problems: 3)
            #expect(await judge.answer("nonsense", exchange, .post, "/").contains("failed"))
        }
        #expect(book.lines.map(\.message) == ["audit: write", "audit: denied", "audit: denied"])
        let first = try #require(book.lines.first?.metadata)
        #expect(first["user"] == "editor" && first["client"] == "192.0.2.7" && first["subject"] == "team-a_x")
        #expect(first["commit"] == String(repeating: "0", count: 40))
        #expect(book.lines.dropFirst().first?.metadata["why"]?.contains("may not deploy") == true)
        #expect(book.lines.last?.metadata["why"] == "3 problems in its files")
    }
}

extension Stack {
    func judge(logger: Logger = .quiet) -> PushJudge {
        PushJudge(apps: store, cluster: engine, audit: Audit(logger: logger))
    }
}

extension Guarded {
    /// What a user may do.
    func rights(_ user: String) throws -> CallerRights {
        CallerRights(Caller(user: user, means: .token), authorizer: PolicyAuthorizer(policy)) { [] }
    }
}

extension Logger {
    static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }
}
