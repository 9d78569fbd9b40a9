import Foundation
import JSONValues
import TestSupport
import Testing

/// Signed commits with real git and ssh-keygen: the service's own, and which of others' it applies.
@Suite struct SigningTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func key(_ name: String) async throws -> String {
        let path = folder.appending(name)
        try await Command.output("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path])
        return path
    }

    private func signer(_ key: String) throws -> String {
        let name = key.split(separator: "/").last ?? ""
        return "\(name)@example.com namespaces=\"git\" \(try String(contentsOfFile: key + ".pub", encoding: .utf8))"
    }

    private func allow(_ keys: String...) throws {
        try folder.write(try keys.map(signer).joined(), to: "allowed")
    }

    private func git(_ key: String?, _ arguments: [String]) async throws -> CommandResult {
        let signing = key.map { ["-c", "gpg.format=ssh", "-c", "user.signingKey=\($0)", "-c", "commit.gpgSign=true"] }
        return try await Command.run(
            "git", ["-c", "gpg.ssh.allowedSignersFile=\(folder.appending("allowed"))"] + (signing ?? []) + arguments,
            in: folder.appending("work"), environment: Command.gitEnvironment)
    }

    private func git(_ key: String?, _ arguments: String...) async throws -> String {
        let result = try await git(key, arguments)
        guard result.succeeded else { throw CommandFailure(command: "git \(arguments)", result: result) }
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func change(_ rate: String, _ key: String?) async throws -> String {
        try folder.write(graphYAML("default", "demo", rate: rate), to: "work/apps/default/demo/graph.yaml")
        _ = try await git(key, "add", "-A")
        _ = try await git(key, "commit", "-qm", "Rate \(rate)")
        return try await git(nil, "rev-parse", "HEAD")
    }

    private func stopped(_ running: RunningService, at commit: String) async throws -> JSON {
        try await eventually("the sync says where it stopped") {
            let body = try await running.request("GET", "/api/v1/sync").body
            return body.at("stopped", "commit")?.string == commit ? body : nil
        }
    }

    private func status(_ running: RunningService) async throws -> CommandResult {
        try await Command.run(RunningService.program, ["status", "--url", running.origin])
    }

    @Test func appliesWhatIsSignedAndSignsWhatItCommits() async throws {
        let (service, ada, eve) = (try await key("service"), try await key("ada"), try await key("eve"))
        try allow(service, ada)
        let data = folder.appending("data")
        let options = ["--signing-key", service, "--verify-signatures", folder.appending("allowed")]
        try await RunningService.with(data: data, options: options) { running in
            _ = try await running.clone(into: folder)
            _ = try await change("0.1", ada)
            _ = try await git(nil, "push", "-q", "origin", "HEAD:main")
            try await running.resource("default", "demo", "is applied") { rate($0) == 0.1 }
            // The service's own commits are good to git, whoever their author is.
            let answer = try await running.request(
                "POST", "/api/v1/apps/redeployment/default_demo/1",
                ["appId": "default_demo", "version": "1", "deployed": false])
            #expect(answer.status == 200, "\(answer.body)")
            _ = try await git(nil, "pull", "-q", "origin", "main")
            #expect(try await git(nil, "log", "-1", "--format=%G? %GS") == "G service@example.com")
            for commit in try await git(nil, "log", "--format=%H").split(separator: "\n") {
                let result = try await git(nil, ["verify-commit", String(commit)])
                #expect(result.succeeded, "\(result)")
            }

            // A push of what is not signed by who may is refused with the reason; nothing of it is taken.
            let head = try await git(nil, "rev-parse", "HEAD")
            for (key, words) in [(eve, "not allowed: SHA256:"), (nil, "it is not signed")] as [(String?, String)] {
                _ = try await change(key == nil ? "0.3" : "0.2", key)
                let pushed = try await git(nil, ["push", "origin", "HEAD:main"])
                #expect(!pushed.succeeded && pushed.errors.contains(words), "\(pushed)")
                _ = try await git(nil, "reset", "-q", "--hard", head)
            }

            // What comes in past the hook stops the service.
            let bad = try await change("0.2", eve)
            try await Command.git("fetch", "-q", folder.appending("work"), "HEAD:main", in: running.repository)
            let sync = try await stopped(running, at: bad)
            #expect(sync["state"] == "failed" && sync["head"]?.string == head)
            #expect(sync.at("stopped", "verified")?.string == head)
            #expect(sync.at("stopped", "author")?.string == "Ada <ada@example.com>")
            #expect(sync.at("stopped", "message")?.string?.contains("not allowed: SHA256:") == true)
            let ready = try await running.request("GET", "/readyz")
            #expect(ready.status == 200, "reads go on")
            #expect(ready.body.at("parts", "signatures", "message")?.string?.contains(bad) == true)
            let shown = try await status(running)
            #expect(shown.code == 1 && shown.output.contains("stopped: commit \(bad.prefix(7))"), "\(shown)")
            #expect(try await running.resource("default", "demo").flatMap(rate) == 0.1)
            let write = try await running.request("DELETE", "/api/v1/apps/default_demo")
            #expect(write.status == 503 && write.body["state"] == "branch_not_verified", "\(write)")

            // The list is read again: once Eve is on it, all goes on.
            try allow(service, ada, eve)
            try await running.resource("default", "demo", "goes on") { rate($0) == 0.2 }
            let unsigned = try await change("0.3", nil)
            try await Command.git("fetch", "-q", folder.appending("work"), "HEAD:main", in: running.repository)
            _ = try await stopped(running, at: unsigned)
            #expect(try await running.resource("default", "demo").flatMap(rate) == 0.2)
        }
        // A restart knows as much, and somebody lets the commit through.
        try await RunningService.with(data: data, options: options) { running in
            let unsigned = try await git(nil, "rev-parse", "HEAD")
            _ = try await stopped(running, at: unsigned)
            try await Command.git("update-ref", "refs/rampart/verified", unsigned, in: running.repository)
            try await running.resource("default", "demo", "is let through") { rate($0) == 0.3 }
            #expect(try await running.request("GET", "/api/v1/sync").body["stopped"] == nil)
        }
        // Offline commands sign too, or say that they have to.
        let undeploy = ["undeploy", "default_demo", "--data", data, "--author", "A <a@example.com>"]
        let plain = try await Command.run(RunningService.program, undeploy)
        #expect(plain.code == 1 && plain.errors.contains("--signing-key"), "\(plain)")
        let signed = try await Command.run(RunningService.program, undeploy + ["--signing-key", service])
        #expect(signed.code == 0, "\(signed)")
        try await RunningService.with(data: data, options: options) { running in
            let sync = try await running.request("GET", "/api/v1/sync").body
            #expect(sync["stopped"] == nil, "\(sync)")
        }
        // Nothing of the key is in what was logged.
        let secret = try String(contentsOfFile: service, encoding: .utf8).split(separator: "\n")[2]
        #expect(!(try String(contentsOfFile: data + ".log", encoding: .utf8).contains(secret)))
    }

    @Test func followsARemoteAsFarAsItIsSigned() async throws {
        let (service, ada) = (try await key("service"), try await key("ada"))
        try allow(service, ada)
        let remote = folder.appending("remote.git")
        try await Command.git("init", "-q", "--bare", "--initial-branch=main", remote, in: folder.path)
        let options = [
            "--remote", "file://\(remote)", "--remote-interval", "0.5", "--signing-key", service,
            "--verify-signatures", folder.appending("allowed"),
        ]
        try await RunningService.with(data: folder.appending("data"), options: options) { running in
            try await Command.git("clone", "-q", remote, "work", in: folder.path)
            _ = try await change("0.1", ada)
            _ = try await git(nil, "push", "-q", "origin", "HEAD:main")
            try await running.resource("default", "demo", "is applied") { rate($0) == 0.1 }
            let bad = try await change("0.2", nil)
            _ = try await git(nil, "push", "-q", "origin", "HEAD:main")
            _ = try await stopped(running, at: bad)
            let write = try await running.request("DELETE", "/api/v1/apps/default_demo")
            #expect(write.status == 503 && write.body["state"] == "branch_not_verified", "\(write)")
            #expect(try await running.resource("default", "demo").flatMap(rate) == 0.1)
            #expect(try await Command.git("rev-parse", "main", in: remote) == bad)
            // Its author signs it anew.
            _ = try await git(ada, "commit", "-q", "--amend", "--no-edit", "-S")
            _ = try await git(nil, "push", "-q", "--force", "origin", "HEAD:main")
            try await running.resource("default", "demo", "goes on") { rate($0) == 0.2 }
            #expect(try await running.request("DELETE", "/api/v1/apps/default_demo").status == 200)
            _ = try await git(nil, "pull", "-q", "origin", "main")
            #expect(try await git(nil, "log", "-1", "--format=%G? %s") == "G Delete default_demo")
        }
    }

    @Test func mistakesAreSaidBeforeAnythingStarts() async throws {
        let (service, other) = (try await key("service"), try await key("other"))
        try folder.write(try signer(other), to: "others")
        try folder.write("nonsense\n", to: "nonsense")
        let locked = folder.appending("locked")
        try await Command.output("ssh-keygen", ["-q", "-t", "ed25519", "-N", "secret", "-f", locked])
        let open = try await key("open")
        try await Command.output("chmod", ["644", open])
        let serve = ["serve", "--sandbox", "--listen", "127.0.0.1:0", "--data", folder.appending("data")]
        for (options, code, words) in [
            (["--signing-key", folder.appending("none")], 1, "cannot be read"),
            (["--signing-key", locked], 1, "passphrase"), (["--signing-key", open], 1, "chmod 600"),
            (["--verify-signatures", folder.appending("others")], 64, "--signing-key"),
            (["--signing-key", service, "--verify-since", "main"], 64, "--verify-signatures"),
            (
                ["--signing-key", service, "--verify-signatures", folder.appending("others")], 1,
                "does not allow the service's own commits"
            ),
            (["--signing-key", service, "--verify-signatures", folder.appending("nonsense")], 1, "line 1"),
        ] {
            let result = try await Command.run(RunningService.program, serve + options)
            #expect(result.code == code && result.errors.contains(words), "\(options): \(result)")
            #expect(!FileManager.default.fileExists(atPath: folder.appending("data/graphs.git")))
        }
    }

    /// A repository with a history is not verified from nowhere on.
    @Test func beginsWhereSomebodyVouchesForTheHistory() async throws {
        let service = try await key("service")
        try allow(service)
        let data = folder.appending("data")
        try await RunningService.with(data: data) { running in
            let made = try await running.request("POST", "/api/v1/graphs", graphJSON("default", "demo", rate: 0.1))
            #expect(made.status == 201)
        }
        let options = ["--signing-key", service, "--verify-signatures", folder.appending("allowed")]
        let serve = ["serve", "--sandbox", "--listen", "127.0.0.1:0", "--data", data] + options
        let refused = try await Command.run(RunningService.program, serve)
        let head = try await Command.git("rev-parse", "main", in: data + "/graphs.git")
        #expect(refused.code == 1 && refused.errors.contains("--verify-since \(head)"), "\(refused)")
        try await RunningService.with(data: data, options: options + ["--verify-since", head]) { running in
            let saved = try await running.request(
                "POST", "/api/v1/apps/default_demo/graph", graphJSON("default", "demo", rate: 0.2))
            #expect(saved.status == 200, "\(saved)")
            #expect(try await running.request("GET", "/api/v1/sync").body["stopped"] == nil)
        }
    }
}
