import Foundation
import Hummingbird
import Listening
import Logging
import TestSupport

@testable import GitHTTP

/// A bare repository served on a free port.
struct GitServer: Sendable {
    let folder: TemporaryFolder
    let repository: String
    let url: String
    let git: GitHTTP

    private struct Responder: HTTPResponder {
        typealias Context = BasicRequestContext
        let git: GitHTTP
        let largestPack: Int?
        let answer: (@Sendable (String) async -> String)?

        func respond(to request: Request, context: Context) async throws -> Response {
            try await git.respond(
                to: request, path: request.uri.path.dropFirst("/git/".count),
                pusher: Pusher(user: "ada", name: "Ada", email: "ada@example.com", largestPack: largestPack),
                answer: answer)
        }
    }

    static func run(
        _ change: (inout GitHTTPOptions) -> Void = { _ in }, largestPack: Int? = nil,
        answer: (@Sendable (String) async -> String)? = nil, _ body: @Sendable (GitServer) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        try await Command.git("init", "-q", "--bare", "-b", "main", "graphs.git", in: folder.path)
        var options = GitHTTPOptions(repository: folder.appending("graphs.git"))
        change(&options)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let git = GitHTTP(options: options, logger: logger)
        let listener = HTTPListener(
            Responder(git: git, largestPack: largestPack, answer: answer), host: "127.0.0.1", port: 0,
            idleTimeout: .seconds(60), logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await git.run() }
            group.addTask { try await listener.run() }
            let address = try await listener.started()
            let url = "http://127.0.0.1:\(address.port)/git/graphs.git"
            try await body(GitServer(folder: folder, repository: options.repository, url: url, git: git))
        }
    }

    /// A clone with one commit in it that is not pushed.
    func work(_ name: String = "work", bytes: Int = 10) async throws -> String {
        try await Command.git("clone", "-q", url, name, in: folder.path)
        try await Command.output(
            "sh", ["-c", "head -c \(bytes) /dev/urandom >data.bin"], in: folder.appending(name))
        try await Command.git("add", ".", in: folder.appending(name))
        try await Command.git("commit", "-q", "-m", "Data", in: folder.appending(name))
        return folder.appending(name)
    }

    /// A program that stands in for git.
    static func program(_ script: String, in folder: TemporaryFolder) throws -> String {
        let path = try folder.write("#!/bin/sh\n" + script, to: "git-\(UUID().uuidString)")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }
}
