import Foundation
import JSONValues
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// SIGKILL in the middle of housekeeping.
///
/// In flight: a pack that is written, packs and loose objects that are removed for it, references that are gathered. Kept:
/// every commit. `RAMPART_TEST_KILLS` says how often, as in ``KillStormTests``.
@Suite struct HousekeepingKillTests {
    private let folder: TemporaryFolder
    private let repository: String

    init() throws {
        folder = try TemporaryFolder()
        repository = folder.appending("data/graphs.git")
    }

    @Test func aBrokenOffPassLosesNothing() async throws {
        try FileManager.default.createDirectory(atPath: folder.appending("data"), withIntermediateDirectories: false)
        try await Command.git("init", "--quiet", "--bare", "--initial-branch=main", repository, in: folder.path)
        var written = 0
        for round in 0..<KillStormTests.kills {
            let first = written
            written += 60
            try await eventually("locks of killed processes are gone") {
                do {
                    try await commit(from: first, 60)
                    try await Command.git("branch", "topic-\(round)", "main", in: repository)
                    return true
                } catch {
                    _ = try await Command.run(
                        RunningService.program, ["maintain", "--data", folder.appending("data")])
                    return false
                }
            }
            // From the first start of a program to the last removal takes about as long.
            try await maintain(killedAfter: .milliseconds(5 + (round * 37) % 180))
            #expect(try await Command.git("rev-list", "--count", "main", in: repository) == String(written))
            try await Command.git("fsck", "--strict", "--no-dangling", in: repository)
        }
        // What git was killed at, or went on with alone, holds up nothing.
        try await eventually("nobody is at it any more, and all is in one pack") {
            let done = try await Command.run(
                RunningService.program, ["maintain", "--data", folder.appending("data"), "--full", "--format", "json"])
            guard done.succeeded else { return false }
            let report = try JSON(parsing: done.output)
            return report.at("packs", "after") == 1 && report.at("looseObjects", "after") == 0
        }
        #expect(try await Command.git("rev-list", "--count", "main", in: repository) == String(written))
        try await Command.git("fsck", "--strict", "--no-dangling", in: repository)
    }

    /// Kills the program and, half of the time as a crash of the machine would, the `git` that it has started.
    private func maintain(killedAfter moment: Duration) async throws {
        let arguments: Arguments = ["maintain", "--data", folder.appending("data"), "--full"]
        _ = try await Subprocess.run(
            .path(FilePath(RunningService.program)), arguments: arguments, input: .none, output: .discarded,
            error: .discarded
        ) { execution in
            try? await Task.sleep(for: moment)
            let own = execution.processIdentifier.value
            let children = children(of: own)
            kill(own, SIGKILL)
            for child in children where child % 2 == 0 { kill(child, SIGKILL) }
        }
    }

    private func children(of process: pid_t) -> [pid_t] {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
        return tasks.flatMap { task in
            let text = (try? String(contentsOfFile: "/proc/\(process)/task/\(task)/children", encoding: .utf8)) ?? ""
            return text.split(separator: " ").compactMap { pid_t($0) }
        }
    }

    private func commit(from first: Int, _ count: Int) async throws {
        var script = ""
        for number in first..<first + count {
            script +=
                "commit refs/heads/main\ncommitter Ada <ada@example.com> \(1_700_000_000 + number) +0000\ndata 5\nSave\n"
            if number == first, number > 0 { script += "from refs/heads/main^0\n" }
            let text = "content \(number)\n"
            script += "M 100644 inline apps/default/app-\(number % 5)/graph.yaml\ndata \(text.utf8.count)\n\(text)\n"
        }
        try await Command.git(
            "-c", "fastimport.unpackLimit=1000000", "fast-import", "--quiet", in: repository, input: script)
    }
}
