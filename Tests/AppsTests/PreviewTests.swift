import Git
import Graphs
import JSONValues
import TestSupport
import Testing

@testable import Apps

/// What merging would do, on real merges, and how it is written.
@Suite struct PreviewTests {
    let fixture: Fixture
    let demo: AppID
    let other: AppID

    init() throws {
        fixture = try Fixture()
        demo = try id("default_demo")
        other = try id("default_other")
    }

    /// A branch with two apps live, and a clone of it.
    private func start() async throws -> (AppStore, WorkTree) {
        let store = try await fixture.open()
        for app in [demo, other] {
            _ = try await store.perform(.create(app, manifest(app, 1)), by: ada)
            _ = try await store.perform(.deploy(app, version: 1), by: ada)
        }
        _ = try await store.perform(.save(demo, manifest(demo, 2)), by: ada)
        return (store, try await fixture.clone())
    }

    private func preview(_ work: WorkTree, _ base: String = "main", _ head: String = "HEAD") async throws
        -> MergePreview
    {
        try await PreviewReads(path: work.path).preview(base: base, head: head)
    }

    @Test func tellsVersionsAndEffects() async throws {
        let (store, work) = try await start()
        try await work.git("checkout", "-q", "-b", "topic")
        try await work.git("mv", "-f", "apps/default/demo/draft.yaml", "apps/default/demo/graph.yaml")
        try await work.commit("Promote")
        try await work.write(graphText(demo, 3), to: "apps/default/demo/graph.yaml")
        try await work.write("{}", to: "apps/default/demo/dashboards/a.json")
        try await work.git("rm", "-rq", "apps/default/other")
        try await work.write(graphText(try id("a_new"), 1), to: "apps/a/new/graph.yaml")
        try await work.write(graphText(try id("a_quiet"), 1), to: "apps/a/quiet/draft.yaml")
        try await work.write("title: T\ntype: t\nnodeType: generic\nconfig: {}\n", to: "configs/tool.yaml")
        try await work.write("Notes\n", to: "README.md")
        try await work.commit("Much")
        // The base goes on meanwhile: the app has one version more by the time of the merge.
        _ = try await store.perform(.save(other, manifest(other, 9)), by: ada)
        try await work.git("fetch", "-q", "origin")
        let preview = try await preview(work, "origin/main")
        #expect(preview.conflicts.isEmpty, "the draft that was saved meanwhile stays beside what the branch deletes")
        #expect(preview.apps.map(\.id.description) == ["a_new", "a_quiet", "default_demo", "default_other"])
        #expect(preview.apps.map(\.effect) == [.deployed, .none, .updated, .pruned])
        let app = try #require(preview.apps.first { $0.id == demo })
        #expect(app.live.before == 1 && app.live.after == 3 && app.newVersions == [3] && app.draft.after == nil)
        #expect(app.graph.paths == ["components.trainer.config.content"])
        #expect(app.dashboards.added == ["a.json"])
        #expect(preview.configs.added == ["tool"] && preview.otherFiles == 1 && !preview.holdsPrune)
        #expect(preview.isGood, "\(preview.problems)")

        // What the preview said is what the merge does.
        try await work.git("checkout", "-q", "-B", "main", "origin/main")
        try await work.git("merge", "-q", "--no-ff", "-X", "theirs", "-m", "Merge", "topic~1")
        try await work.push()
        try await store.look()
        let before = try await self.preview(work, "main", "topic~1")
        #expect(before.apps.isEmpty, "merged already")
        #expect(store.snapshot[demo]?.activeVersion == 2)
    }

    @Test func aMergeMakesWhatWasSaid() async throws {
        let (store, work) = try await start()
        try await work.git("checkout", "-q", "-b", "topic")
        for content in [5, 6, 7] {
            try await work.write(graphText(demo, content), to: "apps/default/demo/graph.yaml")
            try await work.commit("Step \(content)")
        }
        let before = try await preview(work)
        let said = try #require(before.apps.first)
        #expect(said.live.after == 3 && said.newVersions == [3], "one step, whatever commits it brings")
        try await work.git("checkout", "-q", "main")
        try await work.git("merge", "-q", "--no-ff", "-m", "Merge", "topic")
        try await work.push()
        try await store.look()
        #expect(store.snapshot[demo]?.activeVersion == said.live.after)
        // In the bare repository too, and from a folder inside of a work tree.
        let bare = try await PreviewReads(path: fixture.repository).preview(base: "main~1", head: "main")
        let inside = try await PreviewReads(path: work.path + "/apps").preview(base: "main~1", head: "main")
        #expect(bare.apps == inside.apps && bare.apps.map(\.live) == before.apps.map(\.live))
    }

    enum Case: String, CaseIterable { case undeploy, relabel, comment, draft, removeDraft, removeDashboard }

    @Test(arguments: Case.allCases) func namesWhatTheClusterSees(_ kind: Case) async throws {
        let (_, work) = try await start()
        let path = "apps/default/demo/graph.yaml"
        switch kind {
        case .undeploy: try await work.write(graphText(demo, 1, deploys: false), to: path)
        case .relabel:
            let text = graphText(demo, 1).replacing("  name: demo\n", with: "  name: demo\n  labels: {team: a}\n")
            try await work.write(text, to: path)
        case .comment: try await work.write(graphText(demo, 1, comment: "Hello"), to: path)
        case .draft: try await work.write(graphText(demo, 4), to: "apps/default/demo/draft.yaml")
        case .removeDraft: try await work.git("rm", "-q", "apps/default/demo/draft.yaml")
        case .removeDashboard:
            try await work.write("{}", to: "apps/default/demo/dashboards/b.json")
            try await work.commit("b")
            try await work.git("rm", "-q", "apps/default/demo/dashboards/b.json")
        }
        try await work.commit("Change")
        let base = kind == .removeDashboard ? "HEAD~1" : "origin/main"
        let app = try #require(try await preview(work, base).apps.first)
        switch kind {
        case .undeploy: #expect(app.effect == .undeployed && app.graph.isEmpty)
        case .relabel: #expect(app.effect == .relabelled && app.settings.map(\.path) == ["metadata.labels"])
        case .comment: #expect(app.effect == .none && app.graph.isEmpty && app.settings.isEmpty)
        case .draft: #expect(app.effect == .none && app.isOfDraft && app.draft.after == 3 && app.newVersions == [3])
        case .removeDraft: #expect(app.effect == .none && app.draft.before == 2 && app.draft.after == nil)
        case .removeDashboard: #expect(app.dashboards.removed == ["b.json"])
        }
        #expect(app.live.before == 1 && app.live.after == 1)
    }

    @Test func listsEverythingThatIsWrong() async throws {
        let (_, work) = try await start()
        try await work.write("bad: [", to: "apps/default/demo/graph.yaml")
        try await work.write(
            graphText(other, 1).replacing("name: other", with: "name: another"), to: "apps/default/other/graph.yaml")
        try await work.write("x", to: "apps/Wrong/x/graph.yaml")
        try await work.write("title: T\n", to: "configs/tool.yaml")
        try await work.write("format: 7\n", to: "rampart.yaml")
        try await work.commit("Wrong")
        let preview = try await preview(work, "origin/main")
        #expect(
            preview.problems.map { $0.file ?? "" }
                == [
                    "apps/Wrong", "apps/default/demo/graph.yaml", "apps/default/other/graph.yaml", "configs/tool.yaml",
                    "rampart.yaml",
                ].flatMap { file in Array(repeating: file, count: preview.problems.count { $0.file == file }) })
        #expect(Set(preview.problems.compactMap(\.file)).count == 5)
        #expect(preview.problems.first { $0.file?.contains("demo") == true }?.line != nil)
        #expect(!preview.isGood)
        // What is wrong at the base already is nobody's fault who comes later.
        try await work.write(graphText(demo, 5), to: "apps/default/demo/draft.yaml")
        try await work.commit("Draft")
        let later = try await self.preview(work, "HEAD~1")
        #expect(later.problems.isEmpty && later.isGood)
    }

    @Test func aPruneOfMostAppsIsSaid() async throws {
        let (_, work) = try await start()
        try await work.git("rm", "-rq", "apps")
        try await work.commit("All gone")
        #expect(try await preview(work, "origin/main").holdsPrune)
    }

    @Test func refusesWhatCannotBeCompared() async throws {
        let (_, work) = try await start()
        await #expect(throws: PreviewError.self) { try await preview(work, "nothing") }
        await #expect(throws: PreviewError.self) {
            try await PreviewReads(path: fixture.folder.path + "/none").preview(base: "main", head: "HEAD")
        }
        try await work.git("checkout", "-q", "--orphan", "apart")
        try await work.commit("Apart")
        await #expect(throws: PreviewError.self) { try await preview(work, "origin/main") }
        try await Command.git(
            "clone", "-q", "--depth", "1", "file://\(fixture.repository)", "shallow", in: fixture.folder.path)
        do {
            _ = try await PreviewReads(path: fixture.folder.appending("shallow")).preview(base: "main", head: "HEAD")
            Issue.record("a shallow clone has no numbers")
        } catch { #expect("\(error)".contains("--unshallow")) }
    }
}
