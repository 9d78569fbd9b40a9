import Git
import TestSupport
import Testing

@testable import Apps

/// Who has moved the branch, where that is somebody else than who has made the commits.
@Suite struct MovementTests {
    private let push = Command.gitEnvironment.merging([
        "GIT_COMMITTER_NAME": "Grace B. Hopper", "GIT_COMMITTER_EMAIL": "grace@example.com",
    ]) { $1 }

    @Test func whoPushesByTheFileSystemIsLogged() async throws {
        let fixture = try Fixture()
        let book = LogBook()
        let store = try await fixture.open(logger: book.logger)
        let work = try await fixture.clone()
        let demo = try id("default_demo")
        for content in 1...2 {
            try await work.write(graphText(demo, content), to: "apps/default/demo/graph.yaml")
            try await work.commit("Graph \(content)")
        }
        try await Command.output("git", ["push", "-q", "origin", "HEAD:main"], in: work.path, environment: push)
        try await store.look()
        let line = try #require(book.lines("took commits from the branch").last?.metadata)
        #expect(line["commits"] == "2" && line["subject"] == "default_demo")
        #expect(line["author"]?.hasPrefix("Ada ") == true && line["committer"]?.hasPrefix("Ada ") == true)
        #expect(line["movedBy"] == "Grace B. Hopper <grace@example.com>" && line["movement"] == "push")
    }

    /// The branch's log may be switched off, or cleared.
    @Test func aBranchWithoutALogIsFollowedToo() async throws {
        let fixture = try Fixture()
        let book = LogBook()
        let store = try await fixture.open(logger: book.logger)
        let work = try await fixture.clone()
        _ = try await fixture.git("config", "core.logAllRefUpdates", "false")
        try await Command.output("rm", ["-rf", fixture.repository + "/logs"])
        try await work.write(graphText(try id("default_demo"), 1), to: "apps/default/demo/graph.yaml")
        try await work.commit("Graph")
        try await work.push()
        try await store.look()
        #expect(book.lines("took commits from the branch").last?.metadata["movedBy"] == "unknown")
    }
}
