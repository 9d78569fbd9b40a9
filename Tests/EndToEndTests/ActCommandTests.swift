import Foundation
import JSONValues
import TestSupport
import Testing

/// The commands that read and change apps, against a service and on a graph repository alone.
@Suite struct ActCommandTests {
    private func rampart(_ arguments: [String], environment: [String: String] = [:]) async throws -> CommandResult {
        try await Command.run(RunningService.program, arguments, environment: environment)
    }

    /// Runs a command with `--format json` that has to succeed.
    private func done(_ arguments: [String], environment: [String: String] = [:]) async throws -> JSON {
        let result = try await rampart(arguments + ["--format", "json"], environment: environment)
        guard result.code == 0 else { throw CommandFailure(command: arguments.joined(separator: " "), result: result) }
        return try JSON(parsing: result.output)
    }

    /// The same life of an app wherever it is.
    private func live(_ place: [String], writing: [String]) async throws {
        let app = "default_demo"
        #expect(try await done(["deploy", app, "2"] + place + writing)["state"]?.string != nil)
        #expect(try await done(["diff", app, "1", "live"] + place).at("fields")?[0]?["new"] == 0.2)
        #expect(try await done(["undeploy", app] + place + writing)["commit"]?.string?.count == 40)
        let back = try await done(["rollback", "default/demo"] + place + writing)
        #expect(back["version"] == 2, "the one that was live last")
        let first = try await done(["rollback", app] + place + writing)
        #expect(first["version"] == 1, "the one that was live before")
        let log = try await done(["log", app, "--limit", "2"] + place)
        #expect(log.array?.compactMap { $0["activeVersion"]?.int } == [1, 2])
        let commit = try #require(log[0]?["commit"]?.string)
        let reverted = try await done(["revert", String(commit.prefix(9)), "--app", app] + place + writing)
        #expect(reverted["reverted"]?.string == commit && reverted["apps"] == [.string(app)])
        let versions = try await done(["log", app, "--versions"] + place)
        #expect(versions.array?.compactMap { $0["state"]?.string } == ["past", "live"])
        let again = try await rampart(["revert", commit] + place + writing)
        #expect(again.code == 1 && again.errors.contains("no longer there"), "\(again)")
        #expect(try await done(["deploy", app, "2"] + place + writing)["commit"]?.isNull == true, "it is so already")
        for (arguments, text) in [
            (["deploy", app, "9"], "no version 9"), (["deploy", "default_none", "1"], "no app default_none"),
            (["rollback", "default_none"], "no app default_none"), (["diff", app, "9", "1"], "no version 9"),
            (["revert", "abcdef0123"], "no commit abcdef0123"), (["log", "default_none"], "no app default_none"),
        ] {
            let result = try await rampart(arguments + place + (arguments[0] == "deploy" ? writing : []))
            #expect(result.code == 1 && result.errors.contains(text), "\(arguments): \(result)")
        }
        let text = try await rampart(["log", app] + place)
        #expect(text.code == 0 && text.output.contains("Undeploy default_demo  (undeployed)"), "\(text)")
        #expect(!text.output.contains("\u{1B}"), "no colours into a pipe")
    }

    private func push(_ repository: String, in folder: TemporaryFolder) async throws {
        try await Command.git("clone", "-q", repository, "work", in: folder.path)
        for rate in ["0.1", "0.2"] {
            try folder.write(
                graphYAML("default", "demo", rate: rate),
                to: "work/apps/default/demo/\(rate == "0.1" ? "graph" : "draft").yaml")
        }
        try await Command.git("add", ".", in: folder.appending("work"))
        try await Command.git("commit", "-qm", "Two versions", in: folder.appending("work"))
        try await Command.git("push", "-q", "origin", "HEAD:main", in: folder.appending("work"))
    }

    @Test func workAgainstAService() async throws {
        let folder = try TemporaryFolder()
        try await RunningService.with(data: folder.appending("data")) { service in
            try await push(service.repository, in: folder)
            try await eventually("the service knows the app") {
                try await rampart(["log", "default_demo", "--url", service.origin]).code == 0
            }
            try await live(["--url", service.origin], writing: [])
            // The address may come from the environment.
            let log = try await done(["log", "default_demo"], environment: ["RAMPART_URL": service.origin])
            #expect(log.array?.isEmpty == false)
            // Offline beside it: the service sees the commit like a push.
            let data = folder.appending("data")
            let beside = try await done([
                "undeploy", "default_demo", "--data", data, "--author", "Eve <eve@example.com>",
            ])
            try await eventually("the service has the commit") {
                try await done(["log", "default_demo", "--url", service.origin])[0]?["commit"] == beside["commit"]
            }
            let answer = try await service.request("GET", "/api/v1/apps/default_demo/history?limit=1")
            #expect(answer.body.at("commits")?[0]?.at("author", "name") == "Eve")
        }
    }

    @Test func workOnARepositoryAlone() async throws {
        let folder = try TemporaryFolder()
        let data = folder.appending("data")
        try await Command.output("mkdir", ["-p", data])
        try await Command.git("init", "-q", "--bare", "-b", "main", "graphs.git", in: data)
        try await push("data/graphs.git", in: folder)
        try await live(["--data", data], writing: ["--author", "Ada <ada@example.com>"])
        let authors = try await Command.git("log", "-3", "--format=%an", in: data + "/graphs.git")
        #expect(Set(authors.split(separator: "\n")) == ["Ada"])
        // The author is whom git takes the caller for.
        let identity = [
            "GIT_AUTHOR_NAME": "Grace", "GIT_AUTHOR_EMAIL": "grace@example.com", "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
        ]
        _ = try await done(["undeploy", "default_demo", "--data", data], environment: identity)
        #expect(
            try await Command.git("log", "-1", "--format=%an <%ae>", in: data + "/graphs.git")
                == "Grace <grace@example.com>")
        let nobody = [
            "GIT_CONFIG_GLOBAL": folder.appending("config"), "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "",
            "EMAIL": "",
        ]
        try folder.write("[user]\n useConfigOnly = true\n", to: "config")
        let refused = try await rampart(["deploy", "default_demo", "1", "--data", data], environment: nobody)
        #expect(refused.code == 1 && refused.errors.contains("--author"), "\(refused)")
        let cluster = try await rampart(["diff", "default_demo", "live", "cluster", "--data", data])
        #expect(cluster.code == 1 && cluster.errors.contains("--url"))
    }

    @Test(arguments: [
        (["log", "default_demo", "--data", "/no/such/folder"], 2, "/no/such/folder"),
        (["deploy", "default_demo", "1", "--url", "http://127.0.0.1:1"], 2, "127.0.0.1:1"),
        (["log", "default_demo", "--url", "ftp://x"], 1, "no address"),
        (["log", "default_demo", "--url", "http://example.com", "--token-file", "t"], 1, "plain text"),
        (["log", "default_demo", "--url", "http://x", "--data", "/x"], 64, "not both"),
        (["deploy", "Bad_Name", "1"], 64, "Bad_Name"), (["log", "default_demo", "--limit", "0"], 64, "--limit"),
    ])
    func mistakesAreNamed(_ arguments: [String], _ code: Int, _ text: String) async throws {
        let result = try await rampart(arguments)
        #expect(result.code == code && result.errors.contains(text), "\(result)")
    }
}
