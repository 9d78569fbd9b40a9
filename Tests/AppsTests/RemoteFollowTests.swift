import Apps
import Foundation
import Git
import HashTreeCollections
import Logging
import Remotes
import TestSupport
import Testing

/// The branch here follows the remote's, whatever happens there.
@Suite struct RemoteFollowTests {
    let fixture: RemoteFixture
    let demo: AppID

    init() async throws {
        fixture = try await RemoteFixture()
        demo = try id("default_demo")
    }

    @Test func aNewFolderIsCloned() async throws {
        let one = try await fixture.open("one")
        for content in 1...3 {
            _ = try await one.perform(
                content == 1 ? .create(demo, manifest(demo, 1)) : .save(demo, manifest(demo, content)), by: ada)
        }
        let two = try await fixture.open("two")
        #expect(describe(two.snapshot) == describe(one.snapshot))
        #expect(
            try await fixture.git("config", "remote.origin.url", in: fixture.data("two") + "/graphs.git")
                == fixture.remote)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: fixture.data("two")).contains { $0.hasSuffix(".new") }
                == false)
    }

    @Test func aNewFolderWithoutARemoteIsAnErrorThatLeavesNothing() async throws {
        let gone = GitRemote(try RemoteURL(fixture.folder.appending("gone.git")))
        await #expect {
            try await fixture.open("one", gone)
        } throws: { error in
            "\(error)".contains("gone.git")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.data("one")) == [])
    }

    @Test func aRemoteWithOtherBranchesOnlyNamesThem() async throws {
        let one = try await fixture.open("one")
        _ = one
        try await fixture.git("branch", "-m", "main", "trunk")
        await #expect {
            try await fixture.open("two")
        } throws: { error in
            "\(error)".contains("has no branch main, but trunk")
        }
    }

    @Test func aFolderOfAnotherRemoteIsAnError() async throws {
        _ = try await fixture.open("one")
        let other = fixture.folder.appending("other.git")
        try await Command.git("init", "-q", "--bare", "--initial-branch=main", other, in: fixture.folder.path)
        await #expect {
            try await fixture.open("one", GitRemote(RemoteURL(other)))
        } throws: { error in
            "\(error)".contains("follows \(fixture.remote), not \(other)")
        }
    }

    @Test func graphsThatWereHereAloneArePushedToAnEmptyRemote() async throws {
        let alone = try await fixture.alone("one")
        _ = try await alone.perform(.create(demo, manifest(demo, 1)), by: ada)
        let store = try await fixture.open("one")
        #expect(try await fixture.head() == alone.snapshot.head)
        #expect(try await store.perform(.save(demo, manifest(demo, 2)), by: ada).version == 2)
    }

    @Test func graphsOfTheirOwnAreNotMixedWithThoseOfARemote() async throws {
        let one = try await fixture.open("one")
        _ = try await one.perform(.create(demo, manifest(demo, 1)), by: ada)
        let alone = try await fixture.alone("two")
        let other = try id("default_other")
        _ = try await alone.perform(.create(other, manifest(other, 1)), by: ada)
        await #expect {
            try await fixture.open("two")
        } throws: { error in
            "\(error)".contains("neither goes on from the other")
        }
        #expect(try await fixture.head(of: "two") == alone.snapshot.head)
    }

    @Test func aRunFetchesByItself() async throws {
        let store = try await fixture.open("one") { remote, _ in remote.interval = .milliseconds(50) }
        let run = Task { try await store.run() }
        let work = try await fixture.clone()
        try await work.write(graphText(demo, 7), to: "\(demo.folder)/graph.yaml")
        try await work.commit("of an engineer")
        try await work.push()
        try await eventually { content(store.snapshot[demo]?.live?.graph) == 7 }
        run.cancel()
        try await run.value
    }

    @Test func whoeverAsksWhileAFetchWaitsSharesIt() async throws {
        let faulty = FaultyRemote(GitRemote(try RemoteURL(fixture.remote)))
        let store = try await fixture.open("one", faulty)
        let before = faulty.fetched
        let coming = Counter()
        // The first one takes until all others are about to ask.
        faulty.nextFetch(.first { while coming.value < 50 { await Task.yield() } })
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 0..<50 {
                group.addTask {
                    coming.next()
                    try await store.fetchNow()
                }
            }
        }
        #expect((1...3).contains(faulty.fetched - before), "\(faulty.fetched - before) fetches")
    }

    @Test func itStartsWithoutItsRemoteAndCatchesUp() async throws {
        let first = try await fixture.open("one")
        _ = try await first.perform(.create(demo, manifest(demo, 1)), by: ada)
        let faulty = FaultyRemote(GitRemote(try RemoteURL(fixture.remote)))
        faulty.isAway(true)
        let store = try await fixture.open("one", faulty) { remote, _ in remote.interval = .milliseconds(200) }
        #expect(store.snapshot[demo]?.versions.count == 1)
        let run = Task { try await store.run() }
        try await eventually { store.remoteState?.word == "unreachable" }
        let work = try await fixture.clone()
        try await work.write(graphText(demo, 7), to: "\(demo.folder)/graph.yaml")
        try await work.commit("meanwhile")
        try await work.push()
        faulty.isAway(false)
        try await eventually { store.snapshot[demo]?.versions.count == 2 }
        try await eventually("the remote is heard of again") { store.remoteState?.word == "ok" }
        run.cancel()
        try await run.value
    }

    /// A push of an engineer whose merge has the branch's own line as its second parent.
    private func bury(_ store: AppStore) async throws -> ObjectID {
        let work = try await fixture.clone("engineer-\(UInt32.random(in: 0 ... .max))")
        try await work.commit("of an engineer")
        for content in 2...4 { _ = try await store.perform(.save(demo, manifest(demo, content)), by: ada) }
        try await work.git("pull", "-q", "--no-rebase", "--no-edit")
        try await work.push()
        return try #require(try await fixture.head())
    }

    @Test func aFoxtrotIsRightedByAMergeOnTheRemote() async throws {
        let one = try await fixture.open("one")
        let two = try await fixture.open("two")
        _ = try await one.perform(.create(demo, manifest(demo, 1)), by: ada)
        try await two.fetchNow()  // and lags behind from here on
        let buried = try await bury(one)
        try await two.fetchNow()
        let head = try #require(try await fixture.head())
        #expect(head != buried)
        #expect(try await fixture.git("log", "-1", "--format=%P", "main").hasSuffix(buried.description))
        #expect(try await fixture.line("Save").count == 3, "the saves are on the line again")
        #expect(two.snapshot[demo]?.versions.count == 4)
        try await one.fetchNow()
        #expect(try await fixture.head() == head, "it is righted once")
        #expect(describe(one.snapshot) == describe(two.snapshot))
    }

    /// What a person proposed through a service is merged the other way round, and that is as it should be.
    @Test func aMergedProposalIsNoFoxtrot() async throws {
        let one = try await fixture.open("one")
        _ = try await one.perform(.create(demo, manifest(demo, 1)), by: ada)
        let two = try await fixture.open("two")
        let work = try await fixture.clone()
        try await work.git("checkout", "-q", "-b", "rampart/default_demo/1234")
        try await work.write(graphText(demo, 5), to: "\(demo.folder)/draft.yaml")
        try await work.git("add", "-A")
        try await Command.git(
            "commit", "-q", "-m", "Save", in: work.path, environment: ["GIT_COMMITTER_EMAIL": "rampart@localhost"])
        try await work.git("checkout", "-q", "main")
        try await work.commit("of an engineer")
        let main = try await work.git("rev-parse", "main")
        try await work.git(
            "merge", "-q", "--no-ff", "-m", "Merge branch 'rampart/default_demo/1234'",
            "rampart/default_demo/1234")
        try await work.push()
        let head = try await fixture.head()
        try await two.fetchNow()
        #expect(two.snapshot.head == head)
        #expect(try await fixture.git("rev-parse", "main^1") == main)
    }

    @Test func bothRightTheSameFoxtrotAtOnce() async throws {
        let one = try await fixture.open("one")
        let two = try await fixture.open("two")
        _ = try await one.perform(.create(demo, manifest(demo, 1)), by: ada)
        try await two.fetchNow()
        _ = try await bury(one)
        async let first: Void = one.fetchNow()
        async let second: Void = two.fetchNow()
        _ = try await (first, second)
        try await one.fetchNow()
        try await two.fetchNow()
        #expect(describe(one.snapshot) == describe(two.snapshot))
        #expect(one.snapshot[demo]?.versions.count == 4)
        #expect(try await fixture.line("Save").count == 3)
    }

    @Test func aFoxtrotIsFollowedWhereNothingMayBePushed() async throws {
        let one = try await fixture.open("one")
        let two = try await fixture.open("two") { remote, _ in remote.isReadOnly = true }
        _ = try await one.perform(.create(demo, manifest(demo, 1)), by: ada)
        try await two.fetchNow()
        let buried = try await bury(one)
        try await two.fetchNow()
        #expect(two.snapshot.head == buried && two.snapshot.rewrite == nil)
        #expect(two.snapshot[demo]?.draft?.graph.value == one.snapshot[demo]?.draft?.graph.value)
        // Somebody else rights it: the numbers are back.
        try await one.fetchNow()
        try await two.fetchNow()
        #expect(describe(two.snapshot) == describe(one.snapshot))
        #expect(two.snapshot[demo]?.versions.count == 4)
    }

    @Test func aFoxtrotIsFollowedWhereTheRemoteRefusesTheMerge() async throws {
        let one = try await fixture.open("one")
        _ = try await one.perform(.create(demo, manifest(demo, 1)), by: ada)
        let buried = try await bury(one)
        try await fixture.hook("pre-receive", "echo protected; exit 1")
        try await one.fetchNow()
        #expect(one.snapshot.head == buried)
        try await fixture.hook("pre-receive", nil)
        // It is on the line now, as it is; the next save goes on from there.
        let result = try await one.perform(.save(demo, manifest(demo, 9)), by: ada)
        #expect(try await fixture.head() == result.commit)
    }

    @Test(arguments: [true, false])
    func aRewrittenBranchIsFollowedAndHeldUntilSomebodySaysSo(_ rewinds: Bool) async throws {
        let store = try await fixture.open("one")
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        _ = try await store.perform(.save(demo, manifest(demo, 2)), by: ada)
        let former = try #require(store.snapshot.head)
        let work = try await fixture.clone()
        try await work.git("reset", "-q", "--hard", "HEAD~1")
        if !rewinds { try await work.commit("instead") }
        try await work.git("push", "-q", "--force", "origin", "HEAD:main")
        try await store.fetchNow()
        #expect(try await fixture.head() == store.snapshot.head)
        #expect(store.snapshot[demo]?.versions.count == 1)
        #expect(store.snapshot.rewrite?.former == former)
        #expect(store.remoteState?.word == "rewritten")
        // Writes go on, and it is not forgotten, not by another start either.
        _ = try await store.perform(.save(demo, manifest(demo, 3)), by: ada)
        #expect(store.snapshot.rewrite?.former == former)
        let again = try await fixture.open("one") { _, options in options.indexFolder = fixture.folder.appending("i") }
        #expect(again.snapshot.rewrite?.former == former)

        #expect(try await store.confirmRewrite())
        #expect(store.snapshot.rewrite == nil && store.remoteState?.word == "ok")
        #expect(try await store.confirmRewrite() == false)
        let later = try await fixture.open("one") { _, options in options.indexFolder = fixture.folder.appending("j") }
        #expect(later.snapshot.rewrite == nil)
    }

    @Test func whoAllowsRewritesIsNotAsked() async throws {
        let store = try await fixture.open("one") { remote, _ in remote.allowsRewrite = true }
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        try await fixture.git("update-ref", "refs/heads/main", "main~1")
        try await store.fetchNow()
        #expect(store.snapshot.apps.isEmpty && store.snapshot.rewrite == nil)
    }

    @Test func aBranchThatVanishedChangesNothing() async throws {
        let store = try await fixture.open("one")
        let result = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        let head = try #require(result.commit)
        try await fixture.git("update-ref", "-d", "refs/heads/main")
        await #expect(throws: RemoteError.self) { try await store.fetchNow() }
        #expect(store.snapshot.head == head && store.remoteState?.word == "branch_missing")
        #expect(store.remoteState?.message?.contains("no branch main") == true)
        let error = await failure { _ = try await store.perform(.save(demo, manifest(demo, 2)), by: ada) }
        #expect(error?.remoteKind == .branchMissing)
        #expect(store.snapshot[demo]?.versions.count == 1)
        try await fixture.git("push", "-q", fixture.remote, "main", in: fixture.data("one") + "/graphs.git")
        #expect(try await store.perform(.save(demo, manifest(demo, 2)), by: ada).version == 2)
    }

    @Test func whatIsPushedIntoTheFolderItselfIsPassedOn() async throws {
        let store = try await fixture.open("one")
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        let local = fixture.data("one") + "/graphs.git"
        try await Command.git("clone", "-q", local, fixture.folder.appending("direct"), in: fixture.folder.path)
        let work = WorkTree(path: fixture.folder.appending("direct"))
        try await work.write(graphText(demo, 7), to: "\(demo.folder)/graph.yaml")
        try await work.commit("directly")
        try await work.push()
        try await store.look()
        try await eventually { try await fixture.head() == store.snapshot.head }
        #expect(try await fixture.git("log", "-1", "--format=%s", "main") == "directly")
    }

    @Test func whatWasPushedIntoTheFolderAndCannotBePassedOnIsKeptAside() async throws {
        let store = try await fixture.open("one")
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        let local = fixture.data("one") + "/graphs.git"
        try await Command.git("clone", "-q", local, fixture.folder.appending("direct"), in: fixture.folder.path)
        let work = WorkTree(path: fixture.folder.appending("direct"))
        try await work.commit("directly")
        let engineer = try await fixture.clone()
        try await engineer.commit("by way of the remote")
        try await engineer.push()
        try await work.push()
        try await store.fetchNow()
        #expect(store.snapshot.head == (try await fixture.head()))
        let aside = try await fixture.git("for-each-ref", "--format=%(subject)", "refs/rampart/aside", in: local)
        #expect(aside == "directly")
        #expect(store.snapshot.rewrite != nil, "apps may be gone with them")
    }
}
