import Apps
import Foundation
import TestSupport
import Testing

/// Lock files that killed processes have left in the repository.
@Suite struct LeftLockTests {
    private let fixture: Fixture
    private let demo: AppID

    init() async throws {
        fixture = try Fixture()
        demo = try id("default_demo")
        let store = try await fixture.open()
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        // So that its removal needs `packed-refs`.
        _ = try await fixture.git("branch", "topic", "main")
        _ = try await fixture.git("pack-refs", "--all")
        try await shutDown(store)
    }

    /// A git that has locked all that it is about to change, says so, and is killed.
    private static let killed = """
        coproc git update-ref --stdin
        git=$COPROC_PID
        printf 'start\\nupdate refs/heads/main %s\\ndelete refs/heads/topic\\nprepare\\n' "$1" >&"${COPROC[1]}"
        read -r started <&"${COPROC[0]}" && read -r prepared <&"${COPROC[0]}"
        kill -KILL "$git"
        wait "$git" || echo "$started, $prepared"
        """

    private func locks() throws -> [String] {
        let files = FileManager.default.enumerator(atPath: fixture.repository)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".lock") }.sorted()
    }

    /// A service that starts on what is left writes by itself, and clears the way for everybody else.
    private func writesAgain() async throws {
        let store = try await fixture.open {
            $0.staleLockAge = .seconds(1)
            $0.pollInterval = .milliseconds(20)
        }
        let run = Task { try await store.run() }
        #expect(try await store.perform(.save(demo, manifest(demo, 2)), by: ada).version == 2)
        try await eventually("the locks are gone") { try locks().isEmpty }
        run.cancel()
        try await run.value
        _ = try await fixture.git("branch", "-D", "topic")
        _ = try await fixture.git("pack-refs", "--all")
        #expect(try await fixture.git("log", "-1", "--format=%s", "main") == "Save default_demo version 2")
        #expect(try await fixture.git("fsck", "--strict", "--no-dangling") == "")
    }

    @Test func thoseOfAKilledGitClearThemselves() async throws {
        let head = try await fixture.git("rev-parse", "main")
        let said = try await Command.output(
            "bash", ["-c", Self.killed, "bash", head], in: fixture.repository, environment: Command.gitEnvironment)
        #expect(said == "start: ok, prepare: ok")
        #expect(
            try locks() == ["HEAD.lock", "packed-refs.lock", "refs/heads/main.lock", "refs/heads/topic.lock"])
        await #expect(throws: CommandFailure.self, "git itself waits for somebody to remove them") {
            try await fixture.git("branch", "-D", "topic")
        }
        try await writesAgain()
    }

    /// Each alone, also where it stands in nobody's way: the next one who needs it is no service, and would not clear it.
    ///
    /// A bare repository has no index, and no write of the service needs one; whoever runs `git read-tree` in it makes one,
    /// and may leave its lock.
    @Test(arguments: ["packed-refs.lock", "HEAD.lock", "refs/heads/main.lock", "config.lock", "index.lock"])
    func oneAloneClearsItself(_ name: String) async throws {
        try Data().write(to: URL(fileURLWithPath: "\(fixture.repository)/\(name)"))
        try await writesAgain()
        _ = try await fixture.git("read-tree", "main")
        _ = try await fixture.git("config", "test.lock", "none")
        _ = try await fixture.git("symbolic-ref", "HEAD", "refs/heads/main")
    }
}
