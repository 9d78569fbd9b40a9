import Git
import Graphs
import HashTreeCollections
import TestSupport
import Testing

@testable import Apps

/// Reverts as `git revert` makes them, and what keeps one from being made.
@Suite struct RevertTests {
    let fixture: Fixture
    let store: AppStore
    let demo: AppID

    init() async throws {
        fixture = try Fixture()
        store = try await fixture.open()
        demo = try id("default_demo")
    }

    @discardableResult
    private func act(_ act: Act) async throws -> ObjectID {
        try #require(try await store.perform(act, by: ada).commit)
    }

    private func revert(_ commit: ObjectID, _ app: AppID? = nil, whole: Bool = false) async throws -> ActResult {
        try await store.perform(.revert(Revert(commit, of: app ?? demo, whole: whole)), by: ada)
    }

    /// Why a revert is refused, in a word and with what it names; nothing has moved then.
    private func refusal(_ commit: ObjectID, _ app: AppID? = nil, whole: Bool = false) async throws -> String {
        let head = try await fixture.git("rev-parse", "main")
        do {
            _ = try await store.perform(.revert(Revert(commit, of: app, whole: whole)), by: ada)
            return "done"
        } catch {
            #expect(try await fixture.git("rev-parse", "main") == head)
            switch error {
            case .unknownCommit: return "unknown"
            case .commitOfOthers(_, _, let names): return "others \(names)"
            case .commitOfMore(_, _, let names): return "more \(names)"
            case .revertConflict(_, let files): return "conflict \(files)"
            case .nothingToRevert(_, let gone): return "nothing \(gone)"
            case .invalid(let problems): return "invalid \(problems.list.map { "\($0.file ?? ""): \($0.path)" })"
            case .readOnly(let id): return "read-only \(id)"
            default: return "\(error)"
            }
        }
    }

    /// What `git revert` makes of the same commit on the same head, as a tree and a message.
    private func gitsOwn(_ commit: ObjectID, _ options: [String] = []) async throws -> (tree: String, message: String) {
        let work = try await fixture.clone("own-\(commit.short)")
        try await Command.output(
            "git", ["revert", "--no-edit"] + options + [commit.description], in: work.path,
            environment: Command.gitEnvironment)
        return (try await work.git("rev-parse", "HEAD^{tree}"), try await work.git("log", "-1", "--format=%B"))
    }

    enum Kind: String, CaseIterable { case save, deploy, undeploy, delete }

    @Test(arguments: Kind.allCases) func isWhatGitMakes(_ kind: Kind) async throws {
        try await act(.create(demo, manifest(demo, 1)))
        try await act(.deploy(demo, version: 1))
        if kind != .save { try await act(.save(demo, manifest(demo, 2))) }
        let act: Act =
            switch kind {
            case .save: .save(demo, try manifest(demo, 2))
            case .deploy: .deploy(demo, version: 2)
            case .undeploy: .undeploy(demo)
            case .delete: .delete(demo)
            }
        let before = store.snapshot[demo]
        let commit = try await self.act(act)
        let own = try await gitsOwn(commit)
        let result = try await revert(commit)
        #expect(try await fixture.git("rev-parse", "main^{tree}") == own.tree)
        let message = try await fixture.git("log", "-1", "--format=%an|%cn|%B", "main")
        #expect(message.hasPrefix("Ada Lovelace|Rampart|\(own.message)\n\nRampart-App: default_demo"), "\(message)")
        #expect(result.app?.live?.blob == before?.live?.blob && result.app?.draft?.blob == before?.draft?.blob)
        #expect(result.app?.activeVersion == before?.activeVersion)
        if kind == .delete { #expect(result.app?.versions.count == 2) }
        #expect(try await fixture.git("fsck", "--strict", "--no-dangling") == "")
        #expect(try await refusal(commit, demo) == "nothing []")
    }

    @Test func aRevertCanBeReverted() async throws {
        try await act(.create(demo, manifest(demo, 1)))
        try await act(.deploy(demo, version: 1))
        try await act(.save(demo, manifest(demo, 2)))
        let deploy = try await act(.deploy(demo, version: 2))
        let back = try #require(try await revert(deploy).commit)
        #expect(store.snapshot[demo]?.activeVersion == 1)
        let again = try await revert(back)
        #expect(again.app?.activeVersion == 2 && again.version == 2)
        let subject = try await fixture.git("log", "-1", "--format=%s", "main")
        #expect(subject == #"Revert "Revert "Deploy default_demo version 2"""#)
    }

    /// A merge is undone against its first parent, as the branch's own line has it.
    @Test func mergesAreUndoneOnTheirFirstSide() async throws {
        try await act(.create(demo, manifest(demo, 1)))
        try await act(.deploy(demo, version: 1))
        let work = try await fixture.clone()
        try await work.git("checkout", "-q", "-b", "topic")
        for content in 2...3 {
            try await work.write(graphText(demo, content), to: "apps/default/demo/graph.yaml")
            try await work.commit("Step \(content)")
        }
        try await work.git("checkout", "-q", "main")
        try await work.git("merge", "-q", "--no-ff", "-m", "Merge topic", "topic")
        try await work.push()
        try await store.look()
        let merge = try #require(store.snapshot.head)
        let own = try await gitsOwn(merge, ["-m", "1"])
        let result = try await revert(merge)
        #expect(result.app?.activeVersion == 1)
        #expect(try await fixture.git("rev-parse", "main^{tree}") == own.tree)
        #expect(try await fixture.git("log", "-1", "--format=%B", "main").hasPrefix(own.message))
        // A commit of the merged branch is one of the branch's history too.
        let step = try #require(ObjectID(try await work.git("rev-parse", "topic")))
        #expect(try await refusal(step, demo) == #"conflict ["apps/default/demo/graph.yaml"]"#)
    }

    @Test func refusesWhatCannotBeUndone() async throws {
        let created = try await act(.create(demo, manifest(demo, 1)))
        let saved = try await act(.save(demo, manifest(demo, 2)))
        try await act(.save(demo, manifest(demo, 3)))
        #expect(try await refusal(saved, demo) == #"conflict ["apps/default/demo/draft.yaml"]"#)
        #expect(try await refusal(created, id("default_other")) == #"others ["default_demo"]"#)
        #expect(try await refusal(try #require(ObjectID(String(repeating: "a", count: 40))), demo) == "unknown")
        try await act(.delete(demo))
        #expect(try await refusal(saved, demo) == #"nothing ["apps/default/demo/draft.yaml"]"#)

        // A commit that is in the repository, but of no branch that counts.
        let work = try await fixture.clone()
        try await work.write(graphText(demo, 1), to: "apps/default/demo/graph.yaml")
        try await work.commit("Elsewhere")
        try await work.git("push", "-q", "origin", "HEAD:refs/heads/topic")
        let elsewhere = try #require(ObjectID(try await work.git("rev-parse", "HEAD")))
        #expect(try await refusal(elsewhere, demo) == "unknown")
    }

    @Test func othersAreLeftAloneUnlessAllIsMeant() async throws {
        let other = try id("default_other")
        try await act(.create(demo, manifest(demo, 1)))
        let work = try await fixture.clone()
        try await work.write(graphText(demo, 2), to: "apps/default/demo/graph.yaml")
        try await work.write(graphText(other, 1), to: "apps/default/other/graph.yaml")
        try await work.write("title: T\ntype: t\nnodeType: generic\nconfig: {}\n", to: "configs/tool.yaml")
        try await work.write("Read me\n", to: "README.md")
        try await work.commit("Two apps")
        try await work.push()
        try await store.look()
        let commit = try #require(store.snapshot.head)
        #expect(try await refusal(commit, demo) == #"more ["default_other", "README.md", "config tool"]"#)
        let result = try await revert(commit, whole: true)
        #expect(result.app?.live == nil && result.app?.draft?.version == 1)
        #expect(store.snapshot[other] == nil && store.snapshot.config("tool") == nil)
        #expect(try await fixture.git("ls-tree", "--name-only", "main") == "apps\nrampart.yaml")
        let trailers = try await fixture.git("log", "-1", "--format=%(trailers:key=Rampart-App,separator=%x2C)", "main")
        #expect(trailers == "Rampart-App: default_demo,Rampart-App: default_other")
        let back = try #require(result.commit)
        _ = try await store.perform(.revert(Revert(back, of: nil)), by: ada)
        #expect(store.snapshot[other]?.activeVersion == 1 && store.snapshot.config("tool") != nil)
    }

    /// What a file was renamed to, or looks like, is not touched.
    @Test func similarFilesAreOtherFiles() async throws {
        let twin = try id("default_twin")
        try await act(.create(demo, manifest(demo, 1)))
        let saved = try await act(.save(demo, manifest(demo, 2)))
        try await act(.delete(demo))
        try await act(.create(twin, manifest(twin, 2)))
        #expect(try await refusal(saved, demo) == #"nothing ["apps/default/demo/draft.yaml"]"#)
        #expect(content(store.snapshot[twin]?.draft?.graph) == 2)
    }

    @Test func aResultThatDoesNotCheckIsRefusedWithEveryError() async throws {
        let work = try await fixture.clone()
        let lines = graphText(demo, 1).replacing("version: 1.0.0}", with: "version: wrong}")
        try await work.write(
            lines.replacing("flows: {}", with: "flows: {a: {type: pipe}}"), to: "apps/default/demo/graph.yaml")
        try await work.commit("Wrong")
        try await work.write(graphText(demo, 1), to: "apps/default/demo/graph.yaml")
        try await work.commit("Right")
        try await work.push()
        try await store.look()
        let right = try #require(store.snapshot.head)
        let text = try await refusal(right, demo)
        #expect(text.hasPrefix("invalid") && text.contains("chart.version") && text.contains("flows.a.type"), "\(text)")
    }

    @Test func readOnlyAppsStay() async throws {
        let work = try await fixture.clone()
        let text = graphText(demo, 1).replacing(
            "  name: demo\n", with: "  name: demo\n  labels: {rampart-graph-readonly: \"true\"}\n")
        try await work.write(text, to: "apps/default/demo/graph.yaml")
        try await work.commit("Keep it")
        try await work.push()
        try await store.look()
        #expect(try await refusal(try #require(store.snapshot.head), demo) == "read-only default_demo")
    }

    /// Whoever moves the branch in between: the revert is done again on the new head.
    @Test func goesOnWhereTheBranchHasMoved() async throws {
        let other = try id("default_other")
        try await act(.create(demo, manifest(demo, 1)))
        let saved = try await act(.save(demo, manifest(demo, 2)))
        let beside = try await fixture.open { $0.indexFolder = fixture.folder.appending("beside") }
        _ = try await beside.perform(.create(other, manifest(other, 1)), by: ada)
        async let first = store.perform(.revert(Revert(saved, of: demo)), by: ada)
        async let second = store.perform(.save(other, manifest(other, 2)), by: ada)
        async let third = beside.perform(.save(other, manifest(other, 3)), by: ada)
        #expect(try await first.app?.draft?.version == 1)
        _ = try await (second, third)
        try await store.look()
        #expect(store.snapshot[other]?.versions.count == 3 && content(store.snapshot[demo]?.draft?.graph) == 1)
        #expect(try await fixture.git("fsck", "--strict", "--no-dangling") == "")
    }

    @Test func expectsTheAppAsItWasSeen() async throws {
        let created = try await act(.create(demo, manifest(demo, 1)))
        let saved = try await act(.save(demo, manifest(demo, 2)))
        await #expect(throws: ActError.self) {
            try await store.perform(.revert(Revert(saved, of: demo)), by: ada, expecting: created)
        }
        let deleted = try await act(.delete(demo))
        await #expect(throws: ActError.self) {
            try await store.perform(.revert(Revert(deleted, of: demo)), by: ada, expecting: saved)
        }
        let back = try await store.perform(.revert(Revert(deleted, of: demo)), by: ada, expecting: deleted)
        #expect(content(back.app?.draft?.graph) == 2)
    }

    @Test func abbreviationsNameOneCommit() async throws {
        let commit = try await act(.create(demo, manifest(demo, 1)))
        for digits in [7, 12, 40] {
            let found = try await store.commit(abbreviated: String(commit.description.prefix(digits)))
            #expect(found == commit)
        }
        let blob = try await fixture.git("rev-parse", "main:apps/default/demo/draft.yaml")
        for text in ["", "main", "HEAD", "HEAD~1", String(commit.description.prefix(6)), "zzzzzzz", blob, "ABCDEF1-"] {
            await #expect(throws: ActError.self) { try await store.commit(abbreviated: text) }
        }
    }

    @Test func aPreviewWritesNothing() async throws {
        try await act(.create(demo, manifest(demo, 1)))
        let deploy = try await act(.deploy(demo, version: 1))
        let preview = try await store.preview(Revert(deploy, of: demo))
        let after = try #require(preview.apps[demo] ?? nil)
        #expect(after.live == nil && after.draft?.version == 1)
        #expect(store.snapshot.head == deploy)
    }
}
