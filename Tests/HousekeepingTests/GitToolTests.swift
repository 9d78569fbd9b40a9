import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Housekeeping

@Suite struct GitToolTests {
    /// As one that the kernel ends for want of memory, or that finds its disk full.
    @Test func aGitThatEndsBeforeItHasReadAllIsAFailureAndNoMore() async throws {
        let folder = try TemporaryFolder()
        let program = try folder.write("#!/bin/sh\necho 'fatal: no space' >&2\nexit 3\n", to: "git")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let tool = GitTool(program: FilePath(program), repository: folder.path, patience: .seconds(600))
        for _ in 0..<20 {
            let error = await #expect(throws: HousekeepingFailure.self) {
                _ = try await tool.run(["pack-objects"], input: String(repeating: "x\n", count: 1 << 20))
            }
            #expect(error.map { "\($0)" }?.contains("fatal: no space") == true)
        }
    }
}
