import Apps
import Foundation
import Git
import Graphs
import HashTreeCollections
import TestSupport
import Testing

/// Objects that a disk has lost in the middle of a history: a commit, the folder of an app, its manifest.
///
/// What was folded is served on as it is, what is missing is named, and it is taken in once it is there.
@Suite struct LostObjectTests {
    private let fixture: Fixture
    private let store: AppStore
    private let harmed: AppID
    private let beside: AppID

    /// Two apps that are live with their version 1.
    init() async throws {
        fixture = try Fixture()
        store = try await fixture.open { $0.pollInterval = .milliseconds(20) }
        harmed = try id("default_harmed")
        beside = try id("default_beside")
        for app in [harmed, beside] {
            _ = try await store.perform(.create(app, manifest(app, 1)), by: ada)
            _ = try await store.perform(.deploy(app, version: 1), by: ada)
        }
    }

    // MARK: - What the tests do

    /// An engineer pushes version 2 of both apps.
    ///
    /// - Parameter apart: whether that is a commit for each, the harmed one's first.
    private func pushBoth(apart: Bool) async throws {
        let work = try await fixture.clone()
        for app in [harmed, beside] {
            try await work.write(graphText(app, 2), to: "\(app.folder)/graph.yaml")
            if apart { try await work.commit("Version 2 of \(app)") }
        }
        if !apart { try await work.commit("Version 2 of both") }
        try await work.push()
    }

    /// Runs the store while an object is away, which is put back then; ends the store once `heals` holds.
    private func without(
        _ object: String, _ body: () async throws -> Void, heals: () async throws -> Void
    ) async throws {
        let file = "\(fixture.repository)/objects/\(object.prefix(2))/\(object.dropFirst(2))"
        let away = fixture.folder.appending("away")
        try FileManager.default.moveItem(atPath: file, toPath: away)
        let run = Task { [store] in try await store.run() }
        defer { run.cancel() }
        try await body()
        try FileManager.default.moveItem(atPath: away, toPath: file)
        try await heals()
        run.cancel()
        try await run.value
    }

    private func versions() -> [Int?] { [harmed, beside].map { store.snapshot.apps[$0]?.activeVersion } }

    /// A fold from nothing comes to the same.
    private func isWhatHistorySays(_ store: AppStore? = nil) async throws {
        let store = store ?? self.store
        let anew = try await fixture.open {
            $0.usesCache = false
            $0.indexFolder = fixture.folder.appending("anew")
        }
        #expect(describe(anew.snapshot) == describe(store.snapshot))
        #expect(try await fixture.git("fsck", "--strict", "--no-dangling") == "")
    }

    // MARK: - Tests

    /// A commit on the way to the head, or a folder in it: nothing of what is new is taken in, and nothing is committed on
    /// top of it.
    @Test(arguments: ["main~1", "main:apps/default/harmed"])
    func aHoleInWhatIsNewLeavesTheLastState(_ hole: String) async throws {
        let before = describe(store.snapshot)
        try #require(versions() == [1, 1])
        try await pushBoth(apart: true)
        let (object, head) = (try await fixture.git("rev-parse", hole), try await fixture.git("rev-parse", "main"))
        try await without(object) {
            try await eventually("what is missing is named") { store.repositoryProblem?.contains(object) == true }
            await #expect { try await store.look() } throws: { "\($0)".contains(object) }
            await #expect {
                try await store.perform(.save(beside, manifest(beside, 3)), by: ada)
            } throws: { error in
                if case ActError.storage(let why) = error { why.contains(object) } else { false }
            }
            #expect(describe(store.snapshot) == before)
            #expect(content(try await store.versionGraph(beside, 1)) == 1)
            #expect(try await fixture.git("rev-parse", "main") == head)
        } heals: {
            try await eventually("it is taken in") { store.snapshot.head?.description == head }
            try await eventually("nothing is said to be missing") { store.repositoryProblem == nil }
        }
        #expect(versions() == [2, 2])
        try await isWhatHistorySays()
    }

    /// A service that starts with a hole in what is new goes on with what the last one knew, as that would have.
    @Test(arguments: ["main", "main^{tree}", "main~1", "main:apps/default/harmed"])
    func aStartGoesOnWithWhatWasKnown(_ hole: String) async throws {
        try await shutDown(store)
        let before = describe(store.snapshot)
        try await pushBoth(apart: true)
        let object = try await fixture.git("rev-parse", hole)
        try await without(object) {
            let next = try await fixture.open { $0.pollInterval = .milliseconds(20) }
            #expect(describe(next.snapshot) == before)
            await #expect(throws: GitError.self) { try await next.look() }
            await #expect(throws: ActError.self) {
                _ = try await next.perform(.save(beside, manifest(beside, 3)), by: ada)
            }
            // Without what was known there is nothing to go on with.
            await #expect(throws: GitError.self) {
                _ = try await fixture.open {
                    $0.usesCache = false
                    $0.indexFolder = fixture.folder.appending("anew")
                }
            }
        } heals: {
            try await eventually("it is taken in") { versions() == [2, 2] }
        }
        try await isWhatHistorySays()
    }

    /// A restart while a manifest is lost takes it in later all the same.
    @Test func whatWasLostIsReadAfterARestart() async throws {
        try await pushBoth(apart: false)
        let blob = try await fixture.git("rev-parse", "main:apps/default/harmed/graph.yaml")
        try await without(blob) {
            try await eventually("the app beside goes on") { versions() == [1, 2] }
        } heals: {
        }
        let next = try await fixture.open()
        #expect([harmed, beside].map { next.snapshot.apps[$0]?.activeVersion } == [2, 2])
        try await shutDown(next)
        try await isWhatHistorySays(next)
    }

    /// A commit before all that was folded is read by nobody, also after a restart.
    @Test func aHoleInWhatWasFoldedHoldsUpNothing() async throws {
        let first = try await fixture.git("rev-list", "--max-parents=0", "main")
        try await shutDown(store)
        try await without(first) {
            let next = try await fixture.open()
            #expect(describe(next.snapshot) == describe(store.snapshot))
            #expect(try await next.perform(.save(harmed, manifest(harmed, 2)), by: ada).version == 2)
            try await eventually("the other store has it too") { store.snapshot.apps[harmed]?.versions.count == 2 }
            #expect(store.repositoryProblem == nil && versions() == [1, 1])
        } heals: {
        }
        try await isWhatHistorySays()
    }

    /// The manifest itself: the app keeps its last good state and says what is wrong, the app beside goes on.
    @Test func aManifestThatIsLostHarmsItsAppAlone() async throws {
        try await pushBoth(apart: false)
        let blob = try await fixture.git("rev-parse", "main:apps/default/harmed/graph.yaml")
        try await without(blob) {
            try await eventually("the app beside goes on") { versions() == [1, 2] }
            let app = try #require(store.snapshot.apps[harmed])
            let problem = try #require(app.problems.first)
            #expect(problem.file == "apps/default/harmed/graph.yaml")
            #expect(problem.message.contains(blob) && problem.message.contains("git fsck"))
            #expect(app.live?.version == 1 && content(app.live?.graph) == 1 && app.versions.count == 1)
            #expect(try await store.perform(.save(beside, manifest(beside, 3)), by: ada).version == 3)
        } heals: {
            try await eventually(within: .seconds(10), "it is read") { versions() == [2, 2] }
        }
        #expect(store.snapshot.apps[harmed]?.problems == [])
        try await isWhatHistorySays()
    }
}
