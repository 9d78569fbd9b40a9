import Apps
import Foundation
import Git
import HashTreeCollections
import TestSupport
import Testing

@Suite struct WatchTests {
    let fixture: Fixture
    let store: AppStore
    let demo: AppID

    init() async throws {
        fixture = try Fixture()
        store = try await fixture.open { $0.pollInterval = .seconds(3600) }
        demo = try id("default_demo")
    }

    /// Runs the store while something is done.
    private func whileRunning(_ store: AppStore, _ body: () async throws -> Void) async throws {
        let run = Task { try await store.run() }
        defer { run.cancel() }
        var changes = store.changes().makeAsyncIterator()
        _ = await changes.next()
        try await body()
        run.cancel()
        try await run.value
    }

    /// Without a notice it would be an hour.
    @Test func noticesAPush() async throws {
        let work = try await fixture.clone()
        try await whileRunning(store) {
            for content in 1...5 {
                try await work.write(graphText(demo, content), to: "apps/default/demo/graph.yaml")
                try await work.commit("\(content)")
                try await work.push()
                try await eventually("the push is noticed") { store.snapshot.apps[demo]?.activeVersion == content }
            }
        }
    }

    @Test func noticesPackedReferencesToo() async throws {
        let work = try await fixture.clone()
        try await whileRunning(store) {
            try await work.write(graphText(demo, 1), to: "apps/default/demo/graph.yaml")
            try await work.commit("1")
            try await work.push()
            _ = try await fixture.git("pack-refs", "--all")
            try await eventually { store.snapshot.apps[demo] != nil }
            _ = try await store.perform(.save(demo, manifest(demo, 2)), by: ada)
            try await work.git("pull", "-q")
            try await work.write(graphText(demo, 3), to: "apps/default/demo/graph.yaml")
            try await work.commit("3")
            try await work.push()
            try await eventually { store.snapshot.apps[demo]?.activeVersion == 3 }
        }
    }

    @Test func pollsWhereNoNoticeComes() async throws {
        let other = try await fixture.open {
            $0.indexFolder = fixture.folder.appending("other")
            $0.pollInterval = .milliseconds(20)
        }
        // The folder of the branch is exchanged, so that notices come from one that nobody writes to.
        try await whileRunning(other) {
            let heads = "\(fixture.repository)/refs/heads"
            try await Command.output("cp", ["-r", heads, "\(heads).new"])
            try await Command.output("mv", [heads, "\(fixture.folder.path)/old"])
            try await Command.output("mv", ["\(heads).new", heads])
            _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
            try await eventually { other.snapshot.apps[demo] != nil }
        }
    }

    @Test func everyListenerSeesTheNewestState() async throws {
        var changes = store.changes().makeAsyncIterator()
        #expect(await changes.next()?.changed == .everything)
        let other = try id("default_other")
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        _ = try await store.perform(.create(other, manifest(other, 1)), by: ada)
        let change = try #require(await changes.next())
        #expect(change.changed == .apps([demo, other]) && change.snapshot.apps.count == 2)
        let seen = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in store.changes() { seen.next() } }
            try await eventually("the state is told at once") { seen.value == 1 }
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(seen.value == 1)
    }
}
