import Git
import Graphs
import HashTreeCollections
import TestSupport
import Testing

@testable import Apps

/// Which commits of a remote's branch are applied, and which are pushed there, where signatures are verified.
@Suite struct VerifyRemoteTests {
    let fixture: RemoteFixture
    let demo: AppID

    init() async throws {
        fixture = try await RemoteFixture()
        demo = try id("default_demo")
    }

    /// A stand-in for keys, as in ``VerifyTests``.
    private func open(_ name: String = "one", isReadOnly: Bool = false) async throws -> AppStore {
        try await fixture.open(name) { remote, options in
            remote.isReadOnly = isReadOnly
            options.signer = { _ in "rampart" }
            options.verifier = VerifyTests.verifier
        }
    }

    private func push(_ work: WorkTree, _ content: Int, _ message: String) async throws -> ObjectID {
        try await work.push(demo, content, message)
    }

    @Test func stopsAtWhatAFetchBrings() async throws {
        let store = try await open()
        let work = try await fixture.clone()
        let good = try await push(work, 1, "trusted")
        try await store.fetchNow()
        #expect(store.snapshot.head == good && store.snapshot.stop == nil)
        let bad = try await push(work, 2, "anybody")
        for _ in 0..<2 { try await store.fetchNow() }
        #expect(store.snapshot.stop?.commit == bad && store.snapshot.head == good)
        #expect(try await fixture.head(of: "one") == bad, "the copy is the remote's")
        // Nothing is pushed on top of it.
        let refused = await failure { _ = try await store.perform(.undeploy(demo), by: ada) }
        #expect(refused?.description.contains("not verified") == true, "\(String(describing: refused))")
        #expect(try await fixture.head() == bad)
        let again = try await open("one")
        #expect(again.snapshot.stop?.commit == bad && again.snapshot.head == good)

        // Taken off the branch, it is forgotten; that is no rewriting, as it was never applied.
        try await work.git("reset", "-q", "--hard", good.description)
        try await work.write(graphText(demo, 3), to: "apps/default/demo/graph.yaml")
        try await work.commit("trusted instead")
        try await work.git("push", "-q", "--force", "origin", "HEAD:main")
        try await store.fetchNow()
        #expect(store.snapshot.stop == nil && store.snapshot.rewrite == nil)
        #expect(content(store.snapshot[demo]?.live?.graph) == 3)
        let result = try await store.perform(.undeploy(demo), by: ada)
        #expect(try await fixture.head() == result.commit && store.snapshot.stop == nil)
    }

    @Test(arguments: [true, false])
    func rightsAFoxtrotOnlyWhereItIsGood(_ isGood: Bool) async throws {
        let store = try await open()
        let work = try await fixture.clone()
        let start = try await push(work, 1, "trusted")
        let tip = try await push(work, 2, "trusted too")
        try await store.fetchNow()
        try await work.git("checkout", "-q", "-b", "side", start.description)
        try await work.write("x", to: "README")
        try await work.commit(isGood ? "trusted side" : "anybody's side")
        try await work.git("merge", "-q", "--no-ff", "-m", "trusted foxtrot", "origin/main")
        try await work.push()
        let foxtrot = try await fixture.head()
        for _ in 0..<2 { try await store.fetchNow() }
        if isGood {
            #expect(store.snapshot.stop == nil)
            #expect(try await fixture.git("rev-parse", "main^1") == tip.description)
            #expect(try await fixture.head() == store.snapshot.head)
        } else {
            #expect(store.snapshot.stop?.title == "anybody's side" && store.snapshot.head == tip)
            #expect(try await fixture.head() == foxtrot, "no merge of the service's covers it")
        }
    }

    /// What comes into the copy and not by way of the remote is not applied, not pushed on, and set aside.
    @Test(arguments: ["anybody", "trusted"])
    func whatComesIntoTheCopy(_ message: String) async throws {
        let store = try await open()
        let work = try await fixture.clone()
        let good = try await push(work, 1, "trusted")
        try await store.fetchNow()
        try await work.write(graphText(demo, 2), to: "apps/default/demo/graph.yaml")
        try await work.commit(message)
        try await work.git("push", "-q", fixture.data("one") + "/graphs.git", "HEAD:main")
        let local = try #require(ObjectID(try await work.git("rev-parse", "HEAD")))
        try await store.look()
        #expect((store.snapshot.stop?.commit == local) == (message == "anybody"))
        try await store.fetchNow()
        if message == "anybody" {
            #expect(store.snapshot.stop == nil && store.snapshot.head == good)
            #expect(try await fixture.head() == good)
            #expect(try await fixture.head(of: "one") == good)
            let aside = try await fixture.git(
                "for-each-ref", "--format=%(objectname)", "refs/rampart/aside", in: fixture.data("one") + "/graphs.git")
            #expect(aside == local.description)
        } else {
            #expect(try await fixture.head() == local && store.snapshot.head == local)
        }
    }

    /// A service that may not push follows good commits that it cannot right.
    @Test func followsAGoodFoxtrotThatItMayNotRight() async throws {
        _ = try await open("first")
        let work = try await fixture.clone()
        let start = try await push(work, 1, "trusted")
        _ = try await push(work, 2, "trusted too")
        let store = try await open("reader", isReadOnly: true)
        try await store.fetchNow()
        try await work.git("checkout", "-q", "-b", "side", start.description)
        try await work.write(graphText(demo, 3), to: "apps/default/other/graph.yaml")
        try await work.commit("trusted side")
        try await work.git("merge", "-q", "--no-ff", "-m", "trusted foxtrot", "origin/main")
        try await work.push()
        try await store.fetchNow()
        #expect(try await fixture.head() == store.snapshot.head && store.snapshot.stop == nil)
    }
}
