import Apps
import Foundation
import Git
import HashTreeCollections
import TestSupport
import Testing

@Suite struct OpeningTests {
    let fixture: Fixture

    init() throws { fixture = try Fixture() }

    private func expectRefusal(_ words: String, location: SourceLocation = #_sourceLocation) async {
        await #expect(sourceLocation: location) {
            _ = try await fixture.open()
        } throws: { error in
            error is AppStoreError && "\(error)".contains(words)
        }
    }

    @Test func refusesAFolderOfSomethingElse() async throws {
        try fixture.folder.write("mine", to: "data/photo.jpg")
        await expectRefusal("holds no graphs.git, but photo.jpg")
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.data) == ["photo.jpg"])
    }

    @Test func takesAFolderThatHasOnlyWhatBelongsThere() async throws {
        try fixture.folder.write("", to: "data/lost+found/x")
        try fixture.folder.write("", to: "data/kubeconfig")
        #expect(try await fixture.open().snapshot.head != nil)
    }

    @Test func refusesWhatIsNoRepository() async throws {
        try fixture.folder.write("x", to: "data/graphs.git/file")
        await expectRefusal("graphs.git")
    }

    @Test func refusesAWorkTree() async throws {
        try await Command.output("mkdir", ["-p", fixture.repository])
        try await Command.git("init", "-q", in: fixture.repository)
        await expectRefusal("bare")
    }

    @Test func refusesAnotherBranch() async throws {
        try fixture.folder.write("x", to: "work/file")
        let work = WorkTree(path: fixture.folder.appending("work"))
        try await work.git("init", "-q", "-b", "trunk")
        try await work.commit("x")
        try await Command.output("mkdir", ["-p", fixture.data])
        try await Command.git("clone", "-q", "--bare", work.path, fixture.repository, in: fixture.folder.path)
        await expectRefusal("branch -m trunk main")
    }

    @Test func makesNothingForThoseWhoOnlyRead() async throws {
        await #expect(throws: AppStoreError.self) { try await fixture.open { $0.createsRepository = false } }
        #expect(!FileManager.default.fileExists(atPath: fixture.data))
    }

    @Test func takesAnEmptyRepository() async throws {
        try await Command.output("mkdir", ["-p", fixture.data])
        try await Command.git("init", "-q", "--bare", "-b", "main", fixture.repository, in: fixture.folder.path)
        let store = try await fixture.open()
        #expect(store.snapshot.head == nil)
        let demo = try id("default_demo")
        let result = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        #expect(result.app?.versions.count == 1)
        #expect(try await fixture.git("log", "--format=%s") == "Create default_demo")
    }
}
