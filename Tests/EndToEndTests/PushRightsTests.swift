import Foundation
import TestSupport
import Testing

/// Who may push what, with real git over HTTP, and by the file system.
@Suite struct PushRightsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let users = ["viewer", "editor", "deployer", "admin", "boss", "stranger"]

    /// All but the stranger may read everything, as a clone needs; three have a role in `team-a` besides.
    private static let policy = """
        rules:
          - {users: [viewer, editor, deployer, admin], namespaces: ["*"], role: viewer}
          - {users: [editor], namespaces: [team-a], role: editor}
          - {users: [deployer], namespaces: [team-a], role: deployer}
          - {users: [admin], namespaces: [team-a], role: admin}
          - {users: [boss], namespaces: ["*"], role: admin}
          - {users: [stranger], namespaces: [team-a], role: deployer}
        """

    private static let locked = "\n  labels: {rampart-graph-readonly: \"true\"}"

    /// A service that asks everybody, with some apps in it; a clone of each user that they push from.
    private func withService(
        _ body: @Sendable @escaping (RunningService, Work) async throws -> Void
    ) async throws {
        var entries = "tokens:\n"
        for user in Self.users {
            let digest = try await Command.output("sha256sum", [], input: "\(user)-token").prefix(64)
            entries += "  - {sha256: \(digest), user: \(user), email: \(user)@example.com}\n"
        }
        let tokens = try folder.write(entries, to: "tokens.yaml")
        let policy = try folder.write(Self.policy, to: "policy.yaml")
        let folder = folder
        try await RunningService.with(
            data: folder.appending("data"), options: ["--tokens", tokens, "--authorization", "policy=\(policy)"]
        ) { service in
            let work = Work(folder: folder, service: service)
            try await work.git("boss", "clone", "-q", "\(service.origin)/git/graphs.git", "work", in: folder.path)
            let first = try await work.push(
                "boss",
                [
                    "apps/team-a/live/graph.yaml": graphYAML("team-a", "live", rate: "0.1"),
                    "apps/team-a/saved/draft.yaml": graphYAML("team-a", "saved", rate: "0.1"),
                    "apps/team-a/locked/graph.yaml": graphYAML("team-a", "locked", rate: "0.1", labels: Self.locked),
                    "apps/team-b/live/graph.yaml": graphYAML("team-b", "live", rate: "0.1"),
                    "rampart.yaml": "format: 1\n",
                ])
            #expect(first.succeeded, "\(first)")
            try await body(service, work)
        }
    }

    /// A work tree that anybody pushes from.
    struct Work: Sendable {
        let folder: TemporaryFolder
        let service: RunningService
        var path: String { folder.appending("work") }

        @discardableResult
        func git(_ user: String, _ arguments: String..., in path: String? = nil) async throws -> String {
            try await Command.output(
                "git", ["-c", "http.extraHeader=\(Self.header(user))"] + arguments, in: path ?? self.path,
                environment: Command.gitEnvironment)
        }

        /// What git itself sends, where it is asked for a password.
        static func header(_ user: String) -> String {
            "Authorization: Basic \(Data("x:\(user)-token".utf8).base64EncodedString())"
        }

        /// Commits files on the newest head and pushes; nil removes a file or a folder.
        func push(
            _ user: String, _ files: [String: String?], to reference: String = "main", to url: String = "origin",
            environment: [String: String] = [:]
        ) async throws -> CommandResult {
            if let head = try? await Command.git("rev-parse", "--verify", "main^{commit}", in: service.repository) {
                try await git("boss", "fetch", "-q", "origin")
                try await git("boss", "reset", "-q", "--hard", head)
            }
            for (name, text) in files {
                if let text {
                    try folder.write(text, to: "work/\(name)")
                } else {
                    try await git(user, "rm", "-q", "-r", name)
                }
            }
            try await git(user, "add", "--all")
            try await git(user, "commit", "-q", "--allow-empty", "-m", "By \(user)")
            return try await Command.run(
                "git", ["-c", "http.extraHeader=\(Self.header(user))", "push", url, "HEAD:refs/heads/\(reference)"],
                in: path, environment: Command.gitEnvironment.merging(environment) { $1 })
        }
    }

    @Test func aPushIsJudgedByWhatItChanges() async throws {
        let live = { (rate: String) in ["apps/team-a/live/graph.yaml": graphYAML("team-a", "live", rate: rate)] }
        let saved = { (rate: String) in ["apps/team-a/saved/draft.yaml": graphYAML("team-a", "saved", rate: rate)] }
        let other = ["apps/team-b/live/graph.yaml": graphYAML("team-b", "live", rate: "0.9")]
        let unlocked = ["apps/team-a/locked/graph.yaml": graphYAML("team-a", "locked", rate: "0.1")]
        let lockedMore = [
            "apps/team-a/locked/graph.yaml": graphYAML("team-a", "locked", rate: "0.2", labels: Self.locked)
        ]
        // Who pushes what, and what they are told where it is refused.
        let rows: [(String, [String: String?], String?)] = [
            ("viewer", saved("0.2"), "team-a_saved: viewer may not save in the namespace team-a"),
            ("editor", saved("0.3"), nil),
            ("editor", live("0.2"), "team-a_live: editor may not deploy or undeploy in the namespace team-a"),
            ("deployer", live("0.3"), nil),
            ("deployer", other, "team-b_live: deployer may not deploy or undeploy in the namespace team-b"),
            (
                "deployer", live("0.4").merging(other) { $1 },
                "team-b_live: deployer may not deploy or undeploy in the namespace team-b"
            ),
            (
                "editor", ["apps/team-a/new/graph.yaml": graphYAML("team-a", "new", rate: "1")],
                "team-a_new: editor may not deploy or undeploy"
            ),
            ("editor", ["apps/team-a/new/draft.yaml": graphYAML("team-a", "new", rate: "1")], nil),
            ("editor", ["apps/team-a/new": nil], nil),
            ("editor", ["apps/team-a/live": nil], "team-a_live: editor may not delete what is or was live"),
            ("deployer", lockedMore, "team-a_locked: read-only, by the label"),
            (
                "deployer", unlocked,
                "only an administrator of the namespace team-a may change it, or take the label off"
            ),
            ("deployer", ["apps/team-a/locked": nil], "team-a_locked: read-only"),
            ("admin", lockedMore, nil),
            (
                "admin", ["configs/a.yaml": "title: x\ntype: flow\nnodeType: y\nconfig: {}\n"],
                "configs/a: admin may not save"
            ),
            ("admin", ["README.md": "x"], "README.md: admin may not deploy or undeploy in all namespaces"),
            (
                "admin", ["rampart.yaml": "format: 1\nprotected: true\n"],
                "rampart.yaml: admin may not change what is read-only"
            ),
            ("boss", other.merging(["README.md": "x", "rampart.yaml": "format: 1\n# x\n"]) { $1 }, nil),
            ("admin", unlocked, nil),
            ("deployer", ["apps/team-a/locked": nil], nil),
        ]
        try await withService { service, work in
            for (user, files, refusal) in rows {
                let head = try await Command.git("rev-parse", "main", in: service.repository)
                let result = try await work.push(user, files)
                #expect(result.succeeded == (refusal == nil), "\(user) \(files.keys): \(result)")
                if let refusal { #expect(result.errors.contains(refusal), "\(user) \(files.keys): \(result.errors)") }
                let now = try await Command.git("rev-parse", "main", in: service.repository)
                #expect((now == head) == (refusal != nil), "refused as a whole")
            }
            let strange = try await Command.run(
                "git", ["-c", "http.extraHeader=\(Work.header("stranger"))", "ls-remote", "origin"], in: work.path,
                environment: Command.gitEnvironment)
            #expect(!strange.succeeded && strange.errors.contains("403"), "a clone holds all namespaces: \(strange)")
            let blind = try await work.push(
                "stranger", ["apps/team-a/live/graph.yaml": graphYAML("team-a", "live", rate: "7")])
            #expect(!blind.succeeded && blind.errors.contains("403"), "\(blind)")
            let log = try String(contentsOfFile: folder.appending("data.log"), encoding: .utf8)
            let audited = log.split(separator: "\n").filter { $0.contains("audit: ") && $0.contains("receive-pack") }
            let denied = audited.filter { $0.contains("audit: denied") && $0.contains("user=editor") }
            #expect(
                denied.contains { $0.contains("subject=team-a_live") && $0.contains("may not deploy") }, "\(audited)")
            #expect(
                audited.contains {
                    $0.contains("audit: write") && $0.contains("user=deployer") && $0.contains("commit=")
                })
            #expect(!log.contains("-token"))
        }
    }

    /// A topic branch is for whoever may save all that is on it.
    @Test func branchesArePushedByThoseWhoMaySaveWhatIsOnThem() async throws {
        try await withService { service, work in
            let live = ["apps/team-a/live/graph.yaml": graphYAML("team-a", "live", rate: "5")]
            #expect(try await work.push("editor", live, to: "topic").succeeded)
            let viewer = try await work.push("viewer", ["apps/team-a/live/x.md": "x"], to: "topic2")
            #expect(viewer.errors.contains("team-a_live: viewer may not save"), "\(viewer)")
            let other = try await work.push("editor", ["apps/team-b/live/x.md": "x"], to: "topic3")
            #expect(other.errors.contains("team-b_live: editor may not save in the namespace team-b"), "\(other)")
            func push(_ user: String, _ arguments: String...) async throws -> CommandResult {
                try await Command.run(
                    "git", ["-c", "http.extraHeader=\(Work.header(user))", "push"] + arguments, in: work.path,
                    environment: Command.gitEnvironment)
            }
            #expect(try await !push("viewer", "origin", ":topic").succeeded)
            #expect(try await push("editor", "origin", ":topic").succeeded)
            let tag = try await push("editor", "origin", "origin/main:refs/tags/v1")
            #expect(tag.errors.contains("refs/tags/v1: editor may not deploy or undeploy in all namespaces"), "\(tag)")
            #expect(try await push("boss", "origin", "origin/main:refs/tags/v1").succeeded)
            #expect(
                try await Command.git("for-each-ref", "--format=%(refname)", in: service.repository)
                    .split(separator: "\n").map(String.init).contains("refs/tags/v1"))
        }
    }

    /// Nobody but the service speaks of the pusher: headers, push options and the pusher's own environment do not count.
    @Test func nobodyMakesThemselvesAnAdministrator() async throws {
        try await withService { service, work in
            try await Command.git("config", "receive.advertisePushOptions", "true", in: service.repository)
            let change = ["apps/team-a/locked/graph.yaml": graphYAML("team-a", "locked", rate: "9")]
            let forged = try await work.push(
                "deployer", change,
                environment: [
                    "RAMPART_ADMIN": "true", "RAMPART_HOOK_KEY": "x",
                    "GIT_CONFIG_COUNT": "3", "GIT_CONFIG_KEY_0": "push.pushOption",
                    "GIT_CONFIG_VALUE_0": "RAMPART_ADMIN=true",
                    "GIT_CONFIG_KEY_1": "http.extraHeader", "GIT_CONFIG_VALUE_1": "RAMPART_ADMIN: true",
                    "GIT_CONFIG_KEY_2": "http.extraHeader", "GIT_CONFIG_VALUE_2": "X-Forwarded-User: boss",
                ])
            #expect(!forged.succeeded && forged.errors.contains("team-a_locked: read-only"), "\(forged)")
        }
    }

    /// By the file system and ssh the rights of files decide; what is read-only stays so, but for whom the operator says.
    @Test func readOnlyAppsAreReadOnlyByTheFileSystemToo() async throws {
        try await withService { service, work in
            let change = ["apps/team-a/locked/graph.yaml": graphYAML("team-a", "locked", rate: "9")]
            let other = ["apps/team-b/live/graph.yaml": graphYAML("team-b", "live", rate: "9")]
            let refused = try await work.push("viewer", change, to: "main", to: service.repository)
            #expect(!refused.succeeded && refused.errors.contains("team-a_locked: read-only"), "\(refused)")
            #expect(try await work.push("viewer", other, to: "main", to: service.repository).succeeded)
            let admin = try await work.push(
                "viewer", change, to: "main", to: service.repository, environment: ["RAMPART_ADMIN": "true"])
            #expect(admin.succeeded, "\(admin)")
        }
    }

    /// What a client says of itself through ssh does not count, only what the operator's sshd says.
    @Test func readOnlyAppsAreReadOnlyOverSSH() async throws {
        try await withService { service, work in
            try await SSHServer.with { server in
                let url = server.url(service.repository)
                let shell = [
                    "ssh", "-i", server.key, "-o", "IdentitiesOnly=yes", "-o",
                    "UserKnownHostsFile=\(server.knownHosts)", "-o", "SendEnv=RAMPART_ADMIN",
                ].joined(separator: " ")
                let environment = ["GIT_SSH_COMMAND": shell, "RAMPART_ADMIN": "true"]
                let change = ["apps/team-a/locked/graph.yaml": graphYAML("team-a", "locked", rate: "9")]
                let refused = try await work.push(
                    "viewer", change, to: "main", to: url, environment: environment)
                #expect(!refused.succeeded && refused.errors.contains("team-a_locked: read-only"), "\(refused)")
                let other = ["apps/team-b/live/graph.yaml": graphYAML("team-b", "live", rate: "9")]
                let allowed = try await work.push(
                    "viewer", other, to: "main", to: url, environment: environment)
                #expect(allowed.succeeded, "\(allowed)")
            }
        }
    }

    /// Without authentication nobody is an administrator, as over REST.
    @Test func withoutAuthenticationReadOnlyAppsStaySo() async throws {
        let folder = folder
        try await RunningService.with(data: folder.appending("data")) { service in
            let work = Work(folder: folder, service: service)
            try await work.git("x", "clone", "-q", "\(service.origin)/git/graphs.git", "work", in: folder.path)
            let path = "apps/team-a/locked/graph.yaml"
            let first = try await work.push("x", [path: graphYAML("team-a", "locked", rate: "1", labels: Self.locked)])
            #expect(first.succeeded, "\(first)")
            let second = try await work.push("x", [path: graphYAML("team-a", "locked", rate: "1")])
            #expect(!second.succeeded && second.errors.contains("team-a_locked: read-only"), "\(second)")
        }
    }
}
