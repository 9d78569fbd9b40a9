import Apps
import Graphs
import HashTreeCollections
import TestSupport
import Testing

@Suite struct DashboardFileTests {
    let fixture: Fixture

    init() throws { fixture = try Fixture() }

    @Test func areKnownByTheirContentAtHead() async throws {
        let store = try await fixture.open()
        let app = try id("default_demo")
        let work = try await fixture.clone()
        try await work.write("{}", to: "apps/default/demo/dashboards/b.json")
        try await work.write("{}", to: "apps/default/demo/dashboards/a.json")
        try await work.write("text", to: "apps/default/demo/dashboards/notes.md")
        try await work.write("{}", to: "apps/default/demo/dashboards/deeper/c.json")
        try await work.commit("Dashboards before there is a graph")
        try await work.push()
        try await store.look()
        #expect(store.snapshot.dashboards[app]?.map(\.name) == ["a.json", "b.json"])
        #expect(store.snapshot.apps[app] == nil)
        _ = try await store.perform(.create(app, manifest(app, 1)), by: ada)
        #expect(store.snapshot.dashboards[app]?.count == 2)
        let file = try #require(store.snapshot.dashboards[app]?.first)
        #expect(try await store.content(of: file) == Array("{}".utf8))
        try await shutDown(store)

        let again = try await fixture.open()
        #expect(again.snapshot.dashboards[app]?.count == 2, "from the cache")
        _ = try await again.perform(.delete(app), by: ada)
        #expect(again.snapshot.dashboards[app] == nil)
        try await shutDown(again)
    }

    @Test func settingsAreReadAndChecked() async throws {
        let store = try await fixture.open()
        #expect(store.snapshot.settings.dashboardEdits == .heal)
        let work = try await fixture.clone()
        for (text, edits, isProblem) in [
            ("format: 1\ngrafana: {edits: leave}\n", RepositorySettings.DashboardEdits.leave, false),
            ("format: 1\ngrafana: {edits: never}\n", .heal, true), ("format: 1\n", .heal, false),
        ] {
            try await work.write(text, to: "rampart.yaml")
            try await work.commit("Settings")
            try await work.push()
            try await store.look()
            #expect(store.snapshot.settings.dashboardEdits == edits)
            #expect(store.snapshot.problems.contains { $0.file == "rampart.yaml" } == isProblem)
        }
    }
}
