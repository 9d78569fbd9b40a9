import Foundation
import JSONValues
import Synchronization
import TestSupport
import Testing

/// The saves that were answered, by what they saved, with their versions.
private final class Acknowledged: Sendable {
    private let state = Mutex<[Double: Int64]>([:])

    var versions: [Double: Int64] { state.withLock { $0 } }

    func note(_ rate: Double, _ version: Int64) { state.withLock { $0[rate] = version } }
}

/// Real services on a real remote, over each transport.
@Suite struct RemoteTests {
    private let folder: TemporaryFolder
    private let namespace = "e2e-\(String(UInt32.random(in: 0 ... .max), radix: 36))"

    init() async throws {
        folder = try TemporaryFolder()
        try await Command.output("mkdir", ["-p", folder.appending("repositories")])
        try await Command.git("init", "-q", "--bare", "--initial-branch=main", remote, in: folder.path)
    }

    private var remote: String { folder.appending("repositories/remote.git") }

    private func save(_ service: RunningService, _ name: String, rate: Double) async throws -> Answer {
        try await service.request(
            "POST", "/api/v1/apps/\(namespace)_\(name)/graph", graphJSON(namespace, name, rate: rate))
    }

    private func create(_ service: RunningService, _ name: String, rate: Double) async throws {
        let made = try await service.request("POST", "/api/v1/graphs", graphJSON(namespace, name, rate: rate))
        guard made.status == 201 else { throw EndToEndFailure("create: \(made)") }
    }

    private func remoteState(_ service: RunningService) async throws -> JSON {
        try await service.request("GET", "/api/v1/sync").body["remote"] ?? .null
    }

    /// `--data data`, as in the examples: git is run in another folder, and finds the repository all the same. It is the one
    /// on the PATH, with as much memory as it is told.
    @Test func aRelativeFolderOfDataIsFollowed() async throws {
        let (folder, remote) = (folder, remote)
        let git = try folder.write(
            "#!/bin/sh\necho \"$(ulimit -S -d) $1\" >>\"$(dirname \"$0\")/calls\"\n"
                + "PATH=\"${PATH#*:}\" exec git \"$@\"\n", to: "bin/git")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: git)
        let path = "\(folder.appending("bin")):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
        try await RunningService.with(
            data: folder.appending("data"),
            options: [
                "--data", "data", "--remote", "file://\(remote)", "--remote-interval", "0.5", "--git-memory", "200",
            ], environment: ["PATH": path], through: ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder.path]
        ) { service in
            try await Command.git("clone", "-q", remote, "work", in: folder.path)
            try folder.write("one\n", to: "work/notes/one")
            try await Command.git("add", "--all", in: folder.appending("work"))
            try await Command.git("commit", "-q", "-m", "One", in: folder.appending("work"))
            try await Command.git("push", "-q", "origin", "HEAD:main", in: folder.appending("work"))
            let pushed = try await Command.git("rev-parse", "main", in: remote)
            try await eventually("what is pushed to the remote is here") {
                try await Command.git("rev-parse", "main", in: service.repository) == pushed
            }
        }
        let calls = try String(contentsOfFile: folder.appending("bin/calls"), encoding: .utf8)
        #expect(calls.contains("\(200 << 10) fetch\n"), "\(calls)")
    }

    /// Two services and an engineer, who pulls and pushes as people do, so that merges bury the line again and again.
    @Test func twoServicesOnOneRemoteUnderAStormOfWrites() async throws {
        let (folder, namespace, remote) = (folder, namespace, remote)
        let options = ["--remote", "file://\(remote)", "--remote-interval", "0.5"]
        let id = "\(namespace)_demo"
        try await RunningService.with(data: folder.appending("one"), options: options) { [self] one in
            try await RunningService.with(data: folder.appending("two"), options: options) { [self] two in
                try await create(one, "demo", rate: 0.5)
                #expect(try await two.request("POST", "/api/v1/sync").status == 202)
                let acknowledged = Acknowledged()
                try await withThrowingDiscardingTaskGroup { group in
                    for (offset, service) in [(1_000, one), (2_000, two)] {
                        for client in 0..<3 {
                            group.addTask {
                                for number in 0..<10 {
                                    let rate = Double(offset + client * 100 + number) + 0.5
                                    let saved = try await self.save(service, "demo", rate: rate)
                                    guard saved.status == 200, let version = saved.body["versionId"]?.int else {
                                        throw EndToEndFailure("save: \(saved)")
                                    }
                                    acknowledged.note(rate, version)
                                }
                            }
                        }
                    }
                    group.addTask {
                        try await Command.git("clone", "-q", remote, "work", in: folder.path)
                        let work = folder.appending("work")
                        for round in 0..<4 {
                            try folder.write("round \(round)\n", to: "work/notes-\(round).md")
                            try await Command.git("add", "--all", in: work)
                            try await Command.git("commit", "-q", "-m", "Note \(round)", in: work)
                            for _ in 0..<100 {
                                try await Command.git("pull", "-q", "--no-rebase", "--no-edit", in: work)
                                let pushed = try await Command.run(
                                    "git", ["push", "-q", "origin", "HEAD:main"], in: work,
                                    environment: Command.gitEnvironment)
                                if pushed.succeeded { break }
                            }
                        }
                    }
                }
                for service in [one, two, one] { _ = try await service.request("POST", "/api/v1/sync") }
                try await eventually("both are at the remote's head") {
                    let head = try await Command.git("rev-parse", "main", in: remote)
                    for service in [one, two] {
                        _ = try await service.request("POST", "/api/v1/sync")
                        let sync = try await service.request("GET", "/api/v1/sync")
                        guard sync.body["head"]?.string == head else { return false }
                    }
                    return true
                }
                let versions = acknowledged.versions
                #expect(versions.count == 60 && Set(versions.values).count == 60)
                for (rate, version) in versions {
                    for service in [one, two] {
                        let graph = try await service.request("GET", "/api/v1/apps/\(id)/versions/\(version)/graph")
                        #expect(EndToEndTests.rate(graph.body["graph"] ?? .null) == rate)
                    }
                }
                let log = try await Command.git(
                    "log", "--first-parent", "--format=%s", "--grep=^Save ", "main", in: remote)
                let lines = log.split(separator: "\n")
                #expect(lines.count == 60 && Set(lines).count == 60, "each save is on the line once")
                let rows = try await one.request("GET", "/api/v1/apps/\(id)").body["versions"]?.array?.count
                #expect(rows == 61)
                let notes = try await Command.git("ls-tree", "--name-only", "main", in: remote)
                #expect(notes.split(separator: "\n").filter { $0.hasPrefix("notes-") }.count == 4)
                try await Command.git("fsck", "--strict", "--no-dangling", in: remote)
            }
        }
    }

    @Test func overHTTPSWithATokenThroughEverythingThatCanHappen() async throws {
        let (folder, remote) = (folder, remote)
        let token = folder.appending("token")
        try folder.write("first-token\n", to: "token")
        try await GitHTTPSServer.with(
            folder.appending("repositories"), passwords: ["x-access-token:first-token"]
        ) { [self] server in
            let options = [
                "--remote", server.url("remote.git"), "--remote-token-file", token, "--remote-ca",
                server.certificates.path("ca.crt"), "--remote-interval", "0.3", "--remote-timeout", "12",
                "--log-level", "debug",
            ]
            try await RunningService.with(data: folder.appending("one"), options: options) { [self] service in
                try await create(service, "demo", rate: 0.5)
                #expect(
                    try await Command.git("log", "-1", "--format=%s", "main", in: remote) == "Create \(namespace)_demo")
                for (mode, words) in [
                    ("500", ["unreachable", "unknown_outcome"]), ("stall", ["timed_out", "unreachable"]),
                ] {
                    try server.fail(mode)
                    try await eventually("\(mode) is seen") {
                        words.contains(try await remoteState(service)["state"]?.string ?? "")
                    }
                    let refused = try await save(service, "demo", rate: 7.5)
                    #expect(refused.status == 503, "\(mode): \(refused)")
                    let app = try await service.request("GET", "/api/v1/apps/\(namespace)_demo")
                    #expect(app.body["versions"]?.array?.count == 1)
                    let ready = try await service.request("GET", "/readyz")
                    #expect(ready.body.at("parts", "remote", "ready") == false && ready.status == 200)
                    try server.fail("ok")
                    try await eventually("it is back") { try await remoteState(service)["state"] == "ok" }
                }
                // Another token, in the same file.
                try server.letIn("x-access-token:second-token")
                try await eventually("the old token is refused") {
                    try await remoteState(service)["state"] == "refused"
                }
                try folder.write("second-token\n", to: "token")
                try await eventually("the new token counts") { try await remoteState(service)["state"] == "ok" }
                #expect(try await save(service, "demo", rate: 8.5).body["versionId"]?.int == 2)
                try server.fail("eat-answer")
                #expect(try await save(service, "demo", rate: 9.5).body["versionId"]?.int == 3)
                #expect(try await Command.git("rev-list", "--count", "main", in: remote) == "4")
            }
            let log = try String(contentsOfFile: folder.appending("one.log"), encoding: .utf8)
            let configuration = try String(contentsOfFile: folder.appending("one/graphs.git/config"), encoding: .utf8)
            for secret in ["first-token", "second-token"] {
                #expect(!log.contains(secret) && !configuration.contains(secret))
            }
        }
    }

    @Test func overSSHAndRewrittenInTheMiddle() async throws {
        let (folder, remote, namespace) = (folder, remote, namespace)
        try await SSHServer.with { [self] server in
            let options = [
                "--remote", server.url(remote), "--ssh-key", server.key, "--ssh-known-hosts", server.knownHosts,
                "--remote-interval", "0.5",
            ]
            try await RunningService.with(data: folder.appending("one"), options: options) { [self] service in
                try await service.makeNamespace(namespace)
                for name in ["keep-a", "keep-b", "keep-c", "lost"] {
                    try await create(service, name, rate: 0.5)
                    let order: JSON = ["appId": .string("\(namespace)_\(name)"), "version": "1", "deployed": true]
                    let path = "/api/v1/apps/redeployment/\(namespace)_\(name)/1"
                    #expect(try await service.request("POST", path, order).status == 200)
                    try await service.resource(namespace, name, "is applied") { rate($0) == 0.5 }
                }
                let former = try await Command.git("rev-parse", "main", in: remote)
                try await Command.git("update-ref", "refs/heads/main", "main~2", in: remote)
                let sync = try await eventually("the rewrite is followed, and its deletion is held") { () -> JSON? in
                    let sync = try await service.request("GET", "/api/v1/sync").body
                    let isHeld = sync["heldPrune"]?.array == [.string("\(namespace)_lost")]
                    return isHeld && sync.at("remote", "state") == "rewritten" ? sync : nil
                }
                #expect(sync.at("remote", "rewrittenFrom")?.string == former)
                #expect(try await service.resource(namespace, "lost") != nil, "one of four is no half, but it is held")
                let confirmed = try await service.request("POST", "/api/v1/sync/confirm")
                #expect(confirmed.status == 202, "\(confirmed)")
                try await service.gone(namespace, "lost")
                #expect(try await remoteState(service)["state"] == "ok")
                #expect(try await service.resource(namespace, "keep-a") != nil)
            }
        }
    }

    @Test(arguments: [
        (["--remote", "https://ada:secret@forge.example.com/x.git"], "--remote-token-file"),
        (["--remote", "ext::sh -c id"], "no remote repository"),
        (["--remote", "git@forge:x.git"], "--ssh-known-hosts"),
        (["--remote-token-file", "/x"], "--remote URL"),
        (["--remote", "https://forge/x.git", "--remote-cert", "/x"], "--remote-key"),
        (["--remote", "/nowhere.git"], "/nowhere.git"),
    ])
    func whatCannotWorkIsSaidAtTheStart(_ options: [String], _ words: String) async throws {
        let result = try await Command.run(
            RunningService.program, ["serve", "--sandbox", "--data", folder.appending("data")] + options)
        #expect(!result.succeeded && result.errors.contains(words), "\(result)")
        #expect(!result.errors.contains("secret"))
    }
}
