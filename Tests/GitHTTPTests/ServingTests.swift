import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import GitHTTP

/// Real git clients against a real `git http-backend`.
@Suite struct ServingTests {
    @Test func clonesAndPushes() async throws {
        try await GitServer.run { server in
            let work = try await server.work()
            try await Command.git("push", "-q", "origin", "HEAD:main", in: work)
            let head = try await Command.git("rev-parse", "HEAD", in: work)
            #expect(try await Command.git("rev-parse", "main", in: server.repository) == head)
            try await Command.git("clone", "-q", server.url, "again", in: server.folder.path)
            #expect(try await Command.git("rev-parse", "HEAD", in: server.folder.appending("again")) == head)
            // The second fetch negotiates, in a body that git compresses.
            for number in 0..<40 {
                try await Command.git("commit", "-q", "--allow-empty", "-m", "\(number)", in: work)
            }
            try await Command.git("push", "-q", "origin", "HEAD:main", in: work)
            try await Command.git("pull", "-q", in: server.folder.appending("again"))
            try await Command.git(
                "-c", "protocol.version=0", "clone", "-q", server.url, "old", in: server.folder.path)
        }
    }

    /// More than git sends in one piece (`http.postBuffer`), so in chunks and without a length.
    @Test func largePushesAndClonesStream() async throws {
        try await GitServer.run { server in
            let work = try await server.work(bytes: 24 << 20)
            try await Command.git("push", "-q", "origin", "HEAD:main", in: work)
            try await Command.git("clone", "-q", server.url, "again", in: server.folder.path)
            let (one, two) = (try server.folder.read("work/data.bin"), try server.folder.read("again/data.bin"))
            #expect(one == two)
        }
    }

    @Test func theBranchSaysWhoPushed() async throws {
        try await GitServer.run { server in
            try await Command.git("config", "core.logAllRefUpdates", "true", in: server.repository)
            try await Command.git("push", "-q", "origin", "HEAD:main", in: try await server.work())
            let log = try await Command.git("reflog", "--format=%gn <%ge>", "main", in: server.repository)
            #expect(log == "Ada <ada@example.com>")
        }
    }

    @Test func aHookRefusesAndSaysWhy() async throws {
        try await GitServer.run { server in
            let hook = server.repository + "/hooks/pre-receive"
            try "#!/bin/sh\necho 'graph.yaml:3:1: not like this' >&2\nexit 1\n"
                .write(toFile: hook, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
            let result = try await Command.run(
                "git", ["push", "origin", "HEAD:main"], in: try await server.work(),
                environment: Command.gitEnvironment)
            #expect(!result.succeeded && result.errors.contains("remote: graph.yaml:3:1: not like this"), "\(result)")
        }
    }

    @Test func filesOfTheRepositoryAreNotServed() async throws {
        try await GitServer.run { server in
            for path in ["HEAD", "config", "objects/info/packs", "info/refs", "../graphs.git/config", ""] {
                let answer = try await HTTPClient.shared.execute(
                    HTTPClientRequest(url: "\(server.url)/\(path)"), timeout: .seconds(120))
                #expect(answer.status == .notFound, "\(path)")
            }
            let result = try await Command.run(
                "git", ["ls-remote", server.url + "x"], environment: Command.gitEnvironment)
            #expect(result.errors.contains("not found"), "\(result)")
        }
    }

    @Test func gitsOwnRefusalsComeThrough() async throws {
        try await GitServer.run { server in
            var request = HTTPClientRequest(url: server.url + "/git-upload-pack")
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: "{}"))
            let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
            #expect(answer.status == .unsupportedMediaType)
        }
    }

    @Test func aProgramThatFailsIsAnError() async throws {
        let folder = try TemporaryFolder()
        for script in ["exit 3", "echo nonsense", "printf 'Status: 200 OK\\n'"] {
            let program = try GitServer.program(script, in: folder)
            try await GitServer.run {
                $0.program = program
            } _: { server in
                let answer = try await HTTPClient.shared.execute(
                    HTTPClientRequest(url: "\(server.url)/info/refs?service=git-upload-pack"), timeout: .seconds(120))
                #expect(answer.status == .internalServerError, "\(script)")
            }
        }
    }

    /// A process that says nothing more, or whose client went away, ends with all that it has started.
    @Test(arguments: [true, false])
    func aProcessDoesNotOutliveItsRequest(_ leaves: Bool) async throws {
        let folder = try TemporaryFolder()
        let pids = folder.appending("pids")
        let program = try GitServer.program(
            "sleep 1000 & echo $$ $! >\(pids)\nprintf 'Content-Type: a/b\\n\\nx'\n"
                + (leaves ? "while sleep 0.05; do echo x; done\n" : "sleep 1000"), in: folder)
        try await GitServer.run {
            $0.program = program
            // Long enough for a busy machine to start the script.
            $0.idleTimeout = leaves ? .seconds(600) : .seconds(4)
        } _: { server in
            let answer = try await HTTPClient.shared.execute(
                HTTPClientRequest(url: "\(server.url)/info/refs?service=git-upload-pack"), timeout: .seconds(120))
            #expect(answer.status == .ok)
            if leaves {
                for try await _ in answer.body { break }
            } else {
                await #expect(throws: (any Error).self) { for try await _ in answer.body {} }
            }
            let started = try String(contentsOfFile: pids, encoding: .utf8)
                .split(whereSeparator: \.isWhitespace).compactMap { pid_t($0) }
            #expect(started.count == 2)
            try await eventually("both have ended") { started.allSatisfy { hasEnded($0) } }
        }
    }

    /// What a killed service leaves behind ends too, though the body of its request breaks off in the middle.
    @Test(.timeLimit(.minutes(2)), arguments: ["/git-receive-pack", "/git-upload-pack"], [false, true])
    func aProcessDoesNotOutliveAKilledService(_ path: String, _ isPacked: Bool) async throws {
        let folder = try TemporaryFolder()
        let repository = folder.appending("graphs.git")
        try await Command.git("init", "--quiet", "--bare", repository, in: folder.path)
        var headers: HTTPFields = [.contentLength: "1000", .contentType: "application/x\(path.dropFirst())-request"]
        headers[.contentEncoding] = isPacked ? "gzip" : nil
        let variables = BackendEnvironment.variables(
            try GitRequest(.post, path: path[...], query: nil), headers: headers,
            GitHTTPOptions(repository: repository), Pusher(user: "ada", name: "Ada", email: "ada@example.com"))
        let result = try await Command.run(
            "git", ["http-backend"], in: repository, environment: variables, input: "00a0")
        #expect(!result.succeeded || result.output.contains("Status: "), "\(result)")
    }

    private func hasEnded(_ process: pid_t) -> Bool {
        guard kill(process, 0) == 0 else { return true }
        // A zombie that init has not yet taken.
        let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        return status.contains(") Z ")
    }

    @Test func atMostSoManyRunAtOnce() async throws {
        let folder = try TemporaryFolder()
        let program = try GitServer.program("printf 'Content-Type: a/b\\n\\nx'\nexec sleep 1000", in: folder)
        try await GitServer.run {
            $0.program = program
            $0.processes = 2
            $0.processesOfOne = 2
            $0.patience = .milliseconds(50)
        } _: { server in
            let url = "\(server.url)/info/refs?service=git-upload-pack"
            let first = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(120))
            let second = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(120))
            let third = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(120))
            #expect(first.status == .ok && second.status == .ok && third.status == .serviceUnavailable)
            #expect(third.headers.first(name: "Retry-After") == "5")
        }
    }
}
