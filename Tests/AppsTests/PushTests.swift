import Apps
import Git
import Graphs
import HashTreeCollections
import TestSupport
import Testing

/// What engineers push, and what history makes of it.
@Suite struct PushTests {
    let fixture: Fixture
    let store: AppStore
    let work: WorkTree
    let demo: AppID

    init() async throws {
        fixture = try Fixture()
        store = try await fixture.open()
        work = try await fixture.clone()
        demo = try id("default_demo")
    }

    private func push(_ files: [String: String], _ message: String = "push") async throws -> Snapshot {
        for (path, text) in files { try await work.write(text, to: path) }
        try await work.commit(message)
        try await work.push()
        try await store.look()
        return store.snapshot
    }

    /// Folding everything from the first commit gives the same apps.
    private func expectSameAnew(_ comment: Comment? = nil, location: SourceLocation = #_sourceLocation) async throws {
        let anew = try await fixture.open {
            $0.usesCache = false
            $0.indexFolder = fixture.folder.appending("anew")
        }
        #expect(describe(anew.snapshot) == describe(store.snapshot), comment, sourceLocation: location)
    }

    private let live = "apps/default/demo/graph.yaml"
    private let draft = "apps/default/demo/draft.yaml"

    @Test func aPushIsAVersion() async throws {
        let snapshot = try await push([live: graphText(demo, 1)], "First graph\n\nWith a text")
        let app = try #require(snapshot.apps[demo])
        #expect(app.activeVersion == 1 && app.versions.count == 1)
        #expect(app.versions[0].author.name == "Ada" && app.versions[0].message == "First graph")
        #expect(app.lastCommit == snapshot.head && app.live?.commit == snapshot.head)
    }

    @Test func otherCommitsLeaveTheLiveCommitAlone() async throws {
        let commit = try await push([live: graphText(demo, 1)]).head
        let snapshot = try await push([
            "README.md": "x", "apps/default/other/graph.yaml": graphText(id("default_other"), 1),
        ])
        #expect(snapshot.apps[demo]?.live?.commit == commit && snapshot.apps[demo]?.lastCommit == commit)
        let dashboard = try await push(["apps/default/demo/dashboards/a.json": "{}"])
        #expect(dashboard.apps[demo]?.live?.commit == commit && dashboard.apps[demo]?.lastCommit == dashboard.head)
        // A comment changes the file, and so what is applied; it makes no version.
        let comment = try await push([live: graphText(demo, 1, comment: "hello")])
        #expect(comment.apps[demo]?.live?.commit == comment.head && comment.apps[demo]?.versions.count == 1)
        try await expectSameAnew()
    }

    @Test func theLiveGraphIsNumberedBeforeTheDraft() async throws {
        let snapshot = try await push([live: graphText(demo, 7), draft: graphText(demo, 8)])
        let app = try #require(snapshot.apps[demo])
        #expect(app.live?.version == 1 && app.draft?.version == 2)
    }

    @Test func deployFalseIsNoNewVersion() async throws {
        _ = try await push([live: graphText(demo, 1)])
        let snapshot = try await push([live: graphText(demo, 1, deploys: false)])
        let app = try #require(snapshot.apps[demo])
        #expect(app.versions.count == 1 && app.activeVersion == 0 && app.live?.version == 1)
        let madeLive = app.versions[0].lastMadeLive
        let again = try await push([live: graphText(demo, 1, deploys: true)])
        #expect(again.apps[demo]?.activeVersion == 1)
        #expect(again.apps[demo]?.versions[0].lastMadeLive != nil && madeLive != nil)
    }

    @Test func aDraftIsPromotedByMovingIt() async throws {
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        _ = try await store.perform(.deploy(demo, version: 1), by: ada)
        _ = try await store.perform(.save(demo, manifest(demo, 2)), by: ada)
        try await work.git("pull", "-q")
        try await work.git("mv", "-f", draft, live)
        let snapshot = try await push([:], "Promote")
        let app = try #require(snapshot.apps[demo])
        #expect(app.activeVersion == 2 && app.draft == nil && app.versions.count == 2)
        try await expectSameAnew()
    }

    @Test func aRevertRollsBack() async throws {
        _ = try await push([live: graphText(demo, 1)])
        _ = try await push([live: graphText(demo, 2)])
        try await work.git("revert", "--no-edit", "HEAD")
        let snapshot = try await push([:])
        #expect(snapshot.apps[demo]?.activeVersion == 1 && snapshot.apps[demo]?.versions.count == 2)
    }

    @Test func aMergeIsOneStep() async throws {
        _ = try await push([live: graphText(demo, 1)])
        try await work.git("checkout", "-q", "-b", "feature")
        for content in 2...4 {
            try await work.write(graphText(demo, content), to: live)
            try await work.commit("step \(content)")
        }
        try await work.git("checkout", "-q", "main")
        try await work.git("merge", "-q", "--no-ff", "-m", "Merge feature", "feature")
        let snapshot = try await push([:])
        let app = try #require(snapshot.apps[demo])
        #expect(
            app.versions.count == 2 && app.versions[1].message == "push" || app.versions[1].message == "Merge feature")
        #expect(content(app.live?.graph) == 4)
        try await expectSameAnew()
    }

    @Test func anOctopusMergeIsOneStep() async throws {
        _ = try await push(["README.md": "x"])
        let ids = try ["default_a", "default_b", "default_c"].map { try id($0) }
        for app in ids {
            try await work.git("checkout", "-q", "-b", app.name, "main")
            try await work.write(graphText(app, 1), to: "\(app.folder)/graph.yaml")
            try await work.commit(app.name)
        }
        try await work.git("checkout", "-q", "main")
        try await work.git("merge", "-q", "--no-ff", "-m", "Octopus", "a", "b", "c")
        try await work.push()
        try await store.look()
        #expect(store.snapshot.sortedApps().map(\.id) == ids)
        #expect(Set(store.snapshot.sortedApps().map { $0.versions[0].message }) == ["Octopus"])
        try await expectSameAnew()
    }

    @Test func aBuriedLineIsRighted() async throws {
        _ = try await push([live: graphText(demo, 1)])
        // The UI saves; the engineer commits beside, pulls (a merge with the old head second), and pushes.
        _ = try await store.perform(.save(demo, manifest(demo, 2)), by: ada)
        _ = try await store.perform(.save(demo, manifest(demo, 3)), by: ada)
        let before = try #require(store.snapshot.apps[demo]).versions
        let head = try #require(store.snapshot.head)
        try await work.write(graphText(demo, 4), to: live)
        try await work.commit("mine")
        try await work.git("pull", "-q", "--no-rebase", "--no-edit")
        let pushed = try await work.git("rev-parse", "HEAD")
        let snapshot = try await push([:], "after the merge")
        let app = try #require(snapshot.apps[demo])
        #expect(Array(app.versions.prefix(3)) == Array(before))
        #expect(app.versions.count == 4 && app.live?.version == 4 && app.draft?.version == 3)
        let parents = try await fixture.git("log", "-1", "--format=%P", "main").split(separator: " ").map(String.init)
        #expect(parents.first == head.description)
        #expect(try await fixture.git("merge-base", "--is-ancestor", pushed, "main") == "")
        #expect(try await fixture.git("diff", "main^2", "main") == "")
        try await expectSameAnew()
        // The engineer goes on from there.
        try await work.git("pull", "-q", "--no-rebase")
        let next = try await push([live: graphText(demo, 5)])
        #expect(next.apps[demo]?.versions.count == 5)
    }

    @Test func aRewrittenBranchIsFoldedAnew() async throws {
        _ = try await push([live: graphText(demo, 1)])
        _ = try await push([live: graphText(demo, 2)])
        try await work.git("reset", "-q", "--hard", "HEAD~1")
        try await work.write(graphText(demo, 9), to: live)
        try await work.commit("instead")
        try await work.git("push", "-q", "-f", "origin", "HEAD:main")
        var changes = store.changes().makeAsyncIterator()
        _ = await changes.next()
        try await store.look()
        let change = try #require(await changes.next())
        #expect(change.changed == .everything)
        #expect(store.snapshot.apps[demo]?.versions.count == 2 && content(store.snapshot.apps[demo]?.live?.graph) == 9)
        try await expectSameAnew()
    }

    @Test func aMovedFolderIsAnotherApp() async throws {
        _ = try await push([live: graphText(demo, 1)])
        _ = try await push([live: graphText(demo, 2)])
        let moved = try id("team_renamed")
        try await work.git("rm", "-q", "-r", "apps/default")
        let snapshot = try await push(["apps/team/renamed/graph.yaml": graphText(moved, 2)])
        #expect(snapshot.sortedApps().map(\.id) == [moved] && snapshot.apps[moved]?.versions.count == 1)
        // Without a new name in the manifest, the app is not a good one.
        try await work.git("mv", "apps/team/renamed", "apps/team/again")
        let again = try await push([:])
        let app = try #require(again.apps[id("team_again")])
        #expect(app.live == nil && app.versions.isEmpty)
        #expect(app.problems.map(\.path) == ["metadata.name"])
        try await expectSameAnew()
    }

    @Test func filesAndFoldersChangePlaces() async throws {
        _ = try await push([live: graphText(demo, 1)])
        try await work.git("rm", "-q", "-r", "apps/default/demo")
        var snapshot = try await push(["apps/default/demo": "a file"])
        #expect(snapshot.apps[demo] == nil && snapshot.problems.map(\.file) == ["apps/default/demo"])
        await #expect(throws: ActError.self) { try await store.perform(.create(demo, manifest(demo, 1)), by: ada) }
        try await work.git("rm", "-q", "apps/default/demo")
        snapshot = try await push([live: graphText(demo, 2)])
        #expect(snapshot.apps[demo]?.versions.count == 1 && snapshot.problems.isEmpty)
        try await work.git("rm", "-q", live)
        snapshot = try await push(["\(live)/inside.yaml": "x"])
        #expect(snapshot.apps[demo] == nil && snapshot.problems.map(\.file) == [live])
        try await work.git("rm", "-q", "-r", live)
        snapshot = try await push([live: graphText(demo, 3)])
        #expect(snapshot.apps[demo]?.activeVersion == 1 && snapshot.problems.isEmpty)
        try await expectSameAnew()
    }

    @Test func aManifestThatDoesNotCheckLeavesTheLastGoodState() async throws {
        _ = try await push([live: graphText(demo, 1)])
        let bad = graphText(demo, 2).replacing("repo: charts, ", with: "")
        let snapshot = try await push([live: bad])
        let app = try #require(snapshot.apps[demo])
        #expect(app.versions.count == 1 && app.activeVersion == 1 && content(app.live?.graph) == 1)
        let problem = try #require(app.problems.first)
        #expect(problem.file == live && problem.line != nil && problem.column != nil)
        try await expectSameAnew()
        // Not even after a restart, from the cache.
        let commit = app.live?.commit
        let fixed = try await push([live: graphText(demo, 1)])
        #expect(fixed.apps[demo]?.problems == [] && fixed.apps[demo]?.live?.commit == commit)
    }

    @Test func anAppThatWasNeverGoodIsThereWithItsProblems() async throws {
        let snapshot = try await push([live: "nonsense: ["])
        let app = try #require(snapshot.apps[demo])
        #expect(app.versions.isEmpty && app.live == nil && app.graph == nil && !app.problems.isEmpty)
        let result = try await store.perform(.save(demo, manifest(demo, 1)), by: ada)
        #expect(result.version == 1 && result.app?.problems.isEmpty == false)
        let deployed = try await store.perform(.deploy(demo, version: 1), by: ada)
        #expect(deployed.app?.activeVersion == 1 && deployed.app?.problems == [])
        try await expectSameAnew()
    }

    @Test func twoManifestsAreOneTooMany() async throws {
        _ = try await push([live: graphText(demo, 1)])
        var snapshot = try await push(["apps/default/demo/graph.yml": graphText(demo, 2)])
        #expect(snapshot.apps[demo]?.problems.count == 1 && snapshot.apps[demo]?.versions.count == 1)
        try await work.git("rm", "-q", live)
        snapshot = try await push([:])
        #expect(snapshot.apps[demo]?.problems == [] && snapshot.apps[demo]?.activeVersion == 2)
        try await expectSameAnew()
    }

    @Test func linksAndSubmodulesAreNotFollowed() async throws {
        try await work.write(graphText(demo, 1), to: "elsewhere.yaml")
        try await work.write("x", to: "apps/default/demo/README.md")
        try await Command.output("ln", ["-s", "../../../elsewhere.yaml", "\(work.path)/\(live)"])
        try await Command.output("ln", ["-s", "../elsewhere", "\(work.path)/apps/linked"])
        try await work.git("add", "-A", "apps", "elsewhere.yaml")
        try await work.git(
            "update-index", "--add", "--cacheinfo", "160000,\(try await work.git("rev-parse", "HEAD")),apps/default/sub"
        )
        try await work.git("commit", "-q", "-m", "links")
        try await work.push()
        try await store.look()
        let snapshot = store.snapshot
        #expect(snapshot.apps[demo]?.live == nil && snapshot.apps[demo]?.problems.count == 1)
        #expect(snapshot.problems.compactMap(\.file) == ["apps/default/sub", "apps/linked"])
        try await expectSameAnew()
    }

    @Test func aNewerFormatIsSaid() async throws {
        let snapshot = try await push(["rampart.yaml": "format: 2 # soon\n"])
        #expect(snapshot.problems.map(\.file) == ["rampart.yaml"])
        await #expect { try await fixture.open() } throws: { "\($0)".contains("format 2") }
    }

    @Test func manyAppsLieInOneNamespace() async throws {
        for number in 0..<2_000 {
            let app = try id("default_app-\(number)")
            try await work.write(graphText(app, number), to: "\(app.folder)/graph.yaml")
        }
        try await work.commit("many")
        try await work.push()
        try await store.look()
        #expect(store.snapshot.apps.count == 2_000)
        let one = try id("default_app-77")
        let snapshot = try await push(["\(one.folder)/graph.yaml": graphText(one, -1)])
        #expect(snapshot.apps[one]?.versions.count == 2 && snapshot.versionCount == 2_001)
        try await expectSameAnew()
    }
}

/// Everything that a snapshot says, as text.
func describe(_ snapshot: Snapshot) -> String {
    var lines = ["head \(snapshot.head.map(\.description) ?? "none")"]
    lines += snapshot.problems.map { "problem \($0)" }
    for app in snapshot.sortedApps() {
        lines.append("\(app.id) last \(app.lastCommit) edit \(app.lastEdit) active \(app.activeVersion)")
        for version in app.versions {
            lines.append(
                "  \(version.number) \(version.hash) \(version.commit) \(version.blob) \(version.author.name)"
                    + " \(version.author.email) \(version.author.seconds) \(version.created) '\(version.message)'"
                    + " \(version.lastMadeLive.map(\.description) ?? "never")")
        }
        if let live = app.live {
            lines.append(
                "  live \(live.path) \(live.version) \(live.blob) \(live.commit) \(live.since) \(live.deploys)")
            lines.append("  " + String(decoding: live.graph.json, as: UTF8.self))
        }
        if let draft = app.draft {
            lines.append("  draft \(draft.path) \(draft.version) \(draft.blob) \(draft.commit) \(draft.since)")
            lines.append("  " + String(decoding: draft.graph.json, as: UTF8.self))
        }
        lines += app.problems.map { "  problem \($0)" }
    }
    return lines.joined(separator: "\n")
}
