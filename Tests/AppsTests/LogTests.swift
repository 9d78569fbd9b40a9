import Git
import Graphs
import TestSupport
import Testing

@testable import Apps

/// What an app's history says, page by page, and that it is told out of the fold.
@Suite struct LogTests {
    let fixture: Fixture
    let demo: AppID

    init() throws {
        fixture = try Fixture()
        demo = try id("default_demo")
    }

    /// A life of an app: nine commits of the service, and an engineer's.
    private func fill(_ store: AppStore) async throws {
        let other = try id("default_other")
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        _ = try await store.perform(.create(other, manifest(other, 1)), by: ada)
        _ = try await store.perform(.save(demo, manifest(demo, 2)), by: ada)
        _ = try await store.perform(.deploy(demo, version: 2), by: ada)
        _ = try await store.perform(.deploy(demo, version: 1), by: ada)
        _ = try await store.perform(.undeploy(demo), by: ada)
        let work = try await fixture.clone()
        try await work.write("bad: [", to: "apps/default/demo/graph.yaml")
        try await work.commit("Break it")
        try await work.write(graphText(demo, 3), to: "apps/default/demo/graph.yaml")
        try await work.write("{}", to: "apps/default/demo/dashboards/a.json")
        try await work.commit("Mend it")
        try await work.write("{ }", to: "apps/default/demo/dashboards/a.json")
        try await work.commit("Nicer dashboard")
        try await work.push()
        try await store.look()
        _ = try await store.perform(.delete(demo), by: ada)
        _ = try await store.perform(.create(demo, manifest(demo, 7)), by: ada)
    }

    @Test func tellsWhatEachCommitDid() async throws {
        let store = try await fixture.open()
        try await fill(store)
        let log = try await store.log(demo)
        #expect(
            log.reversed().map { "\($0.message): \($0.events.map(\.rawValue)) \($0.newVersions) \($0.activeVersion)" }
                == [
                    "Create default_demo: [\"created\"] [1] 0",
                    "Save default_demo version 2: [\"saved\"] [2] 0",
                    "Deploy default_demo version 2: [\"deployed\"] [] 2",
                    "Deploy default_demo version 1: [\"deployed\"] [] 1",
                    "Undeploy default_demo: [\"undeployed\"] [] 0",
                    "Break it: [\"broken\"] [] 0",
                    "Mend it: [\"saved\", \"deployed\", \"mended\"] [3] 3",
                    "Nicer dashboard: [\"changed\"] [] 3",
                    "Delete default_demo: [\"deleted\"] [] 0",
                    "Create default_demo: [\"created\"] [1] 0",
                ])
        let broken = try #require(log.first { $0.message == "Break it" })
        #expect(broken.problems.first?.file == "apps/default/demo/graph.yaml" && broken.problems.first?.line != nil)
        let commits = try await fixture.git("log", "--first-parent", "--format=%H", "--", "apps/default/demo")
        #expect(log.map(\.commit.description) == commits.split(separator: "\n").map(String.init))
    }

    @Test(arguments: [1, 3, 4, 10, 11]) func pagesJoinToTheWhole(_ limit: Int) async throws {
        let store = try await fixture.open()
        try await fill(store)
        var entries: [LogEntry] = []
        var before: ObjectID?
        repeat {
            let page = try #require(try await store.log(demo, limit: limit, before: before))
            #expect(page.entries.count == limit || page.next == nil)
            entries += page.entries
            before = page.next
        } while before != nil
        #expect(try await entries == store.log(demo))
        let foreign = try #require(try await store.log(id("default_other")).first?.commit)
        #expect(try await store.log(demo, limit: 1, before: foreign) == nil)
    }

    @Test func isTheSameAfterARestartAndWithoutACache() async throws {
        let store = try await fixture.open()
        try await fill(store)
        let log = try await store.log(demo)
        try await shutDown(store)
        let cached = try await fixture.open()
        #expect(try await cached.log(demo) == log)
        let anew = try await fixture.open {
            $0.usesCache = false
            $0.indexFolder = fixture.folder.appending("anew")
        }
        #expect(try await anew.log(demo) == log)
        #expect(anew.snapshot.lastCommit(of: demo) == anew.snapshot[demo]?.lastCommit)
    }

    /// A merge is one step of the branch, whatever the merged branch had.
    @Test func mergesAreOneStep() async throws {
        let store = try await fixture.open()
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        let work = try await fixture.clone()
        try await work.git("checkout", "-q", "-b", "topic")
        for content in 2...4 {
            try await work.write(graphText(demo, content), to: "apps/default/demo/graph.yaml")
            try await work.commit("Step \(content)")
        }
        try await work.git("checkout", "-q", "main")
        try await work.git("merge", "-q", "--no-ff", "-m", "Merge topic", "topic")
        try await work.push()
        try await store.look()
        let log = try await store.log(demo)
        #expect(log.map(\.message) == ["Merge topic", "Create default_demo"])
        #expect(log[0].newVersions == [2] && log[0].activeVersion == 2)
    }

    @Test(arguments: [0, 1, 63, 64, 65, 200]) func piecesAreOneList(_ count: Int) throws {
        var log = TouchLog()
        let commits = (0..<count).map { ObjectID(rawBytes: [UInt8](repeating: UInt8($0), count: 20)) ?? .zero }
        for commit in commits { log.append(Touch(commit, leaving: nil)) }
        #expect(log.count == count && log.last?.commit == commits.last)
        for (index, commit) in commits.enumerated() {
            #expect(log[index].commit == commit && log.index(of: commit) == index)
        }
        #expect(log.index(of: try #require(ObjectID(String(repeating: "f", count: 40)))) == nil)
    }
}
