import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Housekeeping

@Suite struct GitToolTests {
    /// As one that the kernel ends for want of memory, or that finds its disk full.
    @Test func aGitThatEndsBeforeItHasReadAllIsAFailureAndNoMore() async throws {
        let folder = try TemporaryFolder()
        let tool = try Self.tool("echo 'fatal: no space' >&2\nexit 3", in: folder)
        for _ in 0..<20 {
            let error = await #expect(throws: HousekeepingFailure.self) {
                _ = try await tool.run(["pack-objects"], input: String(repeating: "x\n", count: 1 << 20))
            }
            #expect(error.map { "\($0)" }?.contains("fatal: no space") == true)
        }
    }

    @Test func eachGitIsBounded() async throws {
        let folder = try TemporaryFolder()
        let tool = try Self.tool("ulimit -S -d; cat /proc/self/oom_score_adj; echo \"$@\"", in: folder)
        #expect(try await tool.run(["pack-refs", "--all"]) == "\(96 << 10)\n1000\npack-refs --all\n")
    }

    /// A tool whose git is a script.
    private static func tool(_ script: String, in folder: TemporaryFolder) throws -> GitTool {
        let program = try folder.write("#!/bin/sh\n\(script)\n", to: "git")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        return GitTool(
            program: FilePath(program), repository: folder.path, patience: .seconds(600), memory: 96 << 20)
    }
}
