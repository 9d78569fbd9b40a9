import Apps
import Foundation
import Git
import Graphs
import HashTreeCollections
import TestSupport
import Testing

/// Commits that come to more than is looked at, though they are small in git.
@Suite struct BranchHoldTests {
    private let fixture: Fixture
    private let good: AppID

    init() async throws {
        fixture = try Fixture()
        good = try id("default_good")
        let store = try await fixture.open()
        _ = try await store.perform(.create(good, manifest(good, 1)), by: ada)
        _ = try await store.perform(.deploy(good, version: 1), by: ada)
        try await shutDown(store)
    }

    /// A tree of many names for one object.
    private func tree(_ names: [String], _ object: String, file: Bool = false) async throws -> String {
        let kind = file ? "100644 blob" : "040000 tree"
        let lines = names.map { "\(kind) \(object)\t\($0)\n" }.joined()
        return try await Command.output(
            "git", ["mktree"], in: fixture.repository, environment: Command.gitEnvironment, input: lines)
    }

    /// A million apps in three trees.
    private func unfoldingTree() async throws -> String {
        let blob = try await Command.git("hash-object", "-w", "--stdin", in: fixture.repository, input: "a graph")
        let app = try await tree(["graph.yaml"], blob, file: true)
        let namespace = try await tree((0..<1_000).map { "app-\($0)" }, app)
        return try await tree(["apps"], tree((0..<1_000).map { "space-\($0)" }, namespace))
    }

    private func commit(_ tree: String, _ message: String) async throws {
        let commit = try await fixture.git("commit-tree", tree, "-p", "main", "-m", message)
        _ = try await fixture.git("update-ref", "refs/heads/main", commit)
    }

    @Test func whatUnfoldsWithoutEndIsNotTakenAndARevertGoesOn() async throws {
        let store = try await fixture.open()
        let sound = try #require(store.snapshot.head)
        try await commit(unfoldingTree(), "hostile")
        try await commit(unfoldingTree(), "and on")
        let error = await #expect(throws: GitError.self) { try await store.look() }
        #expect(error?.code == .tooMuch)
        #expect(error?.description.contains("revert it") == true)
        #expect(store.snapshot.head == sound && store.snapshot.apps[good]?.activeVersion == 1)
        // Nothing is written on top of what is not applied.
        await #expect(throws: ActError.self) { _ = try await store.perform(.save(good, manifest(good, 2)), by: ada) }
        // A restart, and one without a cache, come to the same.
        for usesCache in [true, false] {
            let again = try await fixture.open {
                $0.usesCache = usesCache
                $0.indexFolder = fixture.folder.appending("index-\(usesCache)")
            }
            #expect(describe(again.snapshot) == describe(store.snapshot))
            try await shutDown(again)
        }
        // The commit that mends it, and a change with it.
        let work = fixture.folder.appending("work")
        try await Command.git("clone", "-q", "--no-checkout", fixture.repository, work, in: fixture.folder.path)
        let tree = WorkTree(path: work)
        try await tree.git("reset", "-q", "--hard", sound.description)
        try await tree.write(graphText(good, 3), to: "apps/default/good/graph.yaml")
        try await tree.git("add", "-A")
        let mended = try await tree.git("write-tree")
        let commit = try await tree.git("commit-tree", mended, "-p", "origin/main", "-m", "Back, and on")
        try await tree.git("push", "-q", "origin", "\(commit):main")
        try await store.look()
        #expect(store.snapshot.head?.description == commit)
        #expect(store.snapshot.apps[good]?.activeVersion == 2)
        #expect(try await store.perform(.save(good, manifest(good, 4)), by: ada).version == 3)
        let anew = try await fixture.open {
            $0.usesCache = false
            $0.indexFolder = fixture.folder.appending("anew")
        }
        #expect(describe(anew.snapshot) == describe(store.snapshot))
    }

    /// Somebody takes it away again, as if it had never been.
    @Test func aBranchThatIsSetBackIsFollowed() async throws {
        let store = try await fixture.open()
        let sound = try #require(store.snapshot.head)
        try await commit(unfoldingTree(), "hostile")
        await #expect(throws: GitError.self) { try await store.look() }
        _ = try await fixture.git("update-ref", "refs/heads/main", sound.description)
        try await store.look()
        #expect(try await store.perform(.save(good, manifest(good, 2)), by: ada).version == 2)
    }

    /// A repository of which nothing can be taken is no empty one.
    @Test func aRepositoryOfNothingElseIsNotStartedOn() async throws {
        let commit = try await fixture.git("commit-tree", unfoldingTree(), "-m", "hostile")
        _ = try await fixture.git("update-ref", "refs/heads/main", commit)
        try FileManager.default.removeItem(atPath: "\(fixture.data)/index")
        let error = await #expect(throws: AppStoreError.self) { _ = try await fixture.open() }
        #expect(error?.description.contains(commit.prefix(7)) == true)
    }

    /// A rewritten branch of which nothing can be taken takes nothing away.
    @Test func aRewrittenBranchOfNothingElseLeavesWhatIsApplied() async throws {
        let store = try await fixture.open()
        let before = describe(store.snapshot)
        let commit = try await fixture.git("commit-tree", unfoldingTree(), "-m", "hostile")
        _ = try await fixture.git("update-ref", "refs/heads/main", commit)
        await #expect(throws: GitError.self) { try await store.look() }
        #expect(describe(store.snapshot) == before)
    }

    /// A node config is a few lines; what is more is named, and not read in.
    @Test func aHugeNodeConfigIsNotReadIn() async throws {
        let store = try await fixture.open()
        let long = "title: \(String(repeating: "x", count: 3 << 20))\n"
        let blob = try await Command.git("hash-object", "-w", "--stdin", in: fixture.repository, input: long)
        let apps = try await fixture.git("rev-parse", "main:apps")
        let configs = try await tree(["huge.yaml"], blob, file: true)
        let both = try await Command.output(
            "git", ["mktree"], in: fixture.repository, environment: Command.gitEnvironment,
            input: "040000 tree \(apps)\tapps\n040000 tree \(configs)\tconfigs\n")
        try await commit(both, "huge")
        try await store.look()
        let problem = store.snapshot.problems.first { $0.file == "configs/huge.yaml" }
        #expect(problem?.message.contains("expected at most") == true)
        #expect(store.snapshot.apps[good]?.activeVersion == 1)
    }
}
