import Foundation
import Git
import Remotes
import TestSupport
import Testing

/// What a remote sends may be made to take memory: the git that talks to it has so much and no more.
@Suite struct MemoryTests {
    private static let memory = 64 << 20

    /// Git holds messages in memory whole; 100 MB of spaces are 100 kB of a pack.
    @Test func whatDoesNotFitIsRefusedAndWhatFollowsIsTaken() async throws {
        let pair = try await Pair()
        let first = try await pair.commit("first", in: pair.remote)
        let message = "(git cat-file commit \(first); head -c \(100 << 20) /dev/zero | tr '\\0' ' ')"
        let bomb = try await Command.output(
            "sh", ["-c", "\(message) | git hash-object -w -t commit --literally --stdin"], in: pair.remote,
            environment: Command.gitEnvironment
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        try await Command.git("update-ref", "refs/heads/main", bomb, in: pair.remote)
        try await GitHTTPSServer.with(pair.folder.appending("repositories")) { server in
            let remote = try Self.remote(server)
            let said = await expect(.failed) {
                try await remote.fetch(pair.main, into: pair.fetched, of: pair.here, patience: .test)
            }
            #expect(said.lowercased().contains("out of memory") && said.contains("64 MiB"), "\(said)")
            #expect(said.contains("--git-memory"))
            #expect(try await pair.reference(pair.fetched.rawValue, in: pair.here) == nil)

            try await Command.git("update-ref", "refs/heads/main", first.description, in: pair.remote)
            try await remote.fetch(pair.main, into: pair.fetched, of: pair.here, patience: .test)
            #expect(try await pair.reference(pair.fetched.rawValue, in: pair.here) == first)
        }
    }

    /// Files need not be held in memory.
    @Test func aLargeFilePasses() async throws {
        let pair = try await Pair()
        let count = "head -c \(100 << 20) /dev/zero | git hash-object -w --stdin"
        let blob = try await Command.output(
            "sh", ["-c", count], in: pair.remote, environment: Command.gitEnvironment
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        let tree = try await Command.git("mktree", in: pair.remote, input: "100644 blob \(blob)\tfile\n")
        let head = try await Command.git("commit-tree", "-m", "Zeros", tree, in: pair.remote)
        try await Command.git("update-ref", "refs/heads/main", head, in: pair.remote)
        try await GitHTTPSServer.with(pair.folder.appending("repositories")) { server in
            let remote = try Self.remote(server)
            try await remote.fetch(pair.main, into: pair.fetched, of: pair.here, patience: .test)
            #expect(try await Command.git("cat-file", "-s", "\(pair.fetched):file", in: pair.here) == "104857600")
            // And on its way out.
            let branch = try ReferenceName.branch("copy")
            let commit = try #require(ObjectID(head))
            try await remote.push(commit, of: pair.here, to: branch, expecting: nil, patience: .test)
        }
    }

    private static func remote(_ server: GitHTTPSServer) throws -> GitRemote {
        var access = RemoteAccess()
        access.authorityFile = server.certificates.path("ca.crt")
        return GitRemote(try RemoteURL(server.url("remote.git")), access: access, memory: memory)
    }
}
