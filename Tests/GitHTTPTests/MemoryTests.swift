import Foundation
import TestSupport
import Testing

@testable import GitHTTP

/// Packs that are small and hold what is not.
@Suite struct MemoryTests {
    /// A commit with a file of zeros, and its client's clone.
    private static func zeros(_ server: GitServer, megabytes: Int) async throws -> String {
        let work = try await server.work()
        let count = "head -c \(megabytes << 20) /dev/zero | git hash-object -w --stdin"
        let blob = try await Command.output(
            "sh", ["-c", count], in: work, environment: Command.gitEnvironment
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        try await Command.git("update-index", "--add", "--cacheinfo", "100644,\(blob),zeros.bin", in: work)
        try await Command.git("commit", "-q", "-m", "Zeros", in: work)
        return work
    }

    /// 300 MB of zeros are 300 kB of a pack; git takes them in with a quarter of a gigabyte of address space.
    @Test func aFileThatInflatesIsTakenInBoundedMemory() async throws {
        let folder = try TemporaryFolder()
        let program = try GitServer.program("ulimit -v \(256 << 10)\nexec git \"$@\"", in: folder)
        try await GitServer.run {
            $0.program = program
        } _: { server in
            let work = try await Self.zeros(server, megabytes: 300)
            try await Command.git("push", "-q", "origin", "HEAD:main", in: work)
            let size = try await Command.git("cat-file", "-s", "main:zeros.bin", in: server.repository)
            #expect(size == "314572800")
        }
    }

    /// What git holds in memory whole, as it does messages and what deltas make, is refused where it is too much.
    @Test func anObjectThatIsHeldInMemoryIsRefused() async throws {
        try await GitServer.run(largestPack: 64 << 20) { server in
            let work = try await server.work()
            let message = "(git cat-file commit HEAD; head -c \(300 << 20) /dev/zero | tr '\\0' ' ')"
            let commit = try await Command.output(
                "sh", ["-c", "\(message) | git hash-object -w -t commit --literally --stdin"], in: work,
                environment: Command.gitEnvironment
            ).trimmingCharacters(in: .whitespacesAndNewlines)
            let result = try await Command.run(
                "git", ["push", "origin", "\(commit):refs/heads/main"], in: work, environment: Command.gitEnvironment)
            #expect(!result.succeeded && result.errors.contains("Out of memory"), "\(result.errors)")
            try await Command.git("push", "-q", "origin", "HEAD:main", in: work)
        }
    }

    @Test func whoSendsAByteNowAndThenIsCutOff() async throws {
        try await GitServer.run {
            $0.idleTimeout = .seconds(2)
        } _: { server in
            let answer = try await Trickle.send(to: server.url + "/git-receive-pack", every: .milliseconds(100))
            #expect(answer != nil, "the process has ended, and the connection with it")
        }
    }
}
