import Git
import Graphs
import HashTreeCollections
import TestSupport
import Testing

@testable import Apps

extension WorkTree {
    /// Pushes a change of an app on top of what others have pushed.
    ///
    /// - Returns: the commit.
    func push(_ app: AppID, _ content: Int, _ message: String) async throws -> ObjectID {
        try await git("pull", "-q", "--rebase", "origin", "main")
        try await write(graphText(app, content), to: "apps/\(app.namespace)/\(app.name)/graph.yaml")
        try await commit(message)
        try await push()
        return try #require(ObjectID(try await git("rev-parse", "HEAD")))
    }
}

/// Which commits of a branch are applied where signatures are verified.
@Suite struct VerifyTests {
    let fixture: Fixture
    let demo: AppID

    init() throws {
        fixture = try Fixture()
        demo = try id("default_demo")
    }

    /// A stand-in for keys: the service signs with its name, and engineers who may put a word into the message.
    static let verifier = CommitVerifier { text, _ in
        let message = String(decoding: text.payload, as: UTF8.self)
        return text.signature == "rampart\n" || message.contains("trusted") ? nil : "it is not signed"
    }

    private func open(_ change: (inout AppStoreOptions) -> Void = { _ in }) async throws -> AppStore {
        try await fixture.open { options in
            options.signer = { _ in "rampart" }
            options.verifier = Self.verifier
            change(&options)
        }
    }

    private func push(_ work: WorkTree, _ content: Int, _ message: String) async throws -> ObjectID {
        try await work.push(demo, content, message)
    }

    @Test func stopsAtTheFirstThatIsNotSigned() async throws {
        let store = try await open()
        let work = try await fixture.clone()
        let good = try await push(work, 1, "trusted")
        try await store.look()
        #expect(store.snapshot.head == good && store.snapshot.stop == nil)
        let bad = try await push(work, 2, "anybody")
        _ = try await push(work, 3, "trusted again")
        try await store.look()
        let stop = try #require(store.snapshot.stop)
        #expect(stop.commit == bad && stop.verified == good && stop.description.contains("update-ref"))
        #expect(content(store.snapshot[demo]?.live?.graph) == 1, "what was verified last stays")
        // Nothing is committed on top of what nobody has vouched for.
        let refused = await failure { _ = try await store.perform(.undeploy(demo), by: ada) }
        #expect(refused?.description.contains("is not applied") == true, "\(String(describing: refused))")

        // A restart knows as much, with and without its caches.
        for usesCache in [true, false] {
            let again = try await open {
                $0.usesCache = usesCache
                $0.indexFolder = fixture.folder.appending("again-\(usesCache)")
            }
            #expect(again.snapshot.stop?.commit == bad && again.snapshot.head == good)
        }

        // Whoever may look after the repository lets it through.
        _ = try await fixture.git("update-ref", "refs/rampart/verified", bad.description)
        try await store.look()
        #expect(store.snapshot.stop == nil && content(store.snapshot[demo]?.live?.graph) == 3)
        let result = try await store.perform(.undeploy(demo), by: ada)
        try await store.look()
        #expect(store.snapshot.stop == nil && store.snapshot.head == result.commit)
        _ = try await fixture.git("fsck", "--strict", "--no-dangling")
    }

    @Test func goesOnOnceTheCommitIsReplaced() async throws {
        let store = try await open()
        let work = try await fixture.clone()
        let good = try await push(work, 1, "trusted")
        _ = try await push(work, 2, "anybody")
        try await store.look()
        #expect(store.snapshot.stop != nil)
        try await work.git("reset", "-q", "--hard", good.description)
        try await work.write(graphText(demo, 4), to: "apps/default/demo/graph.yaml")
        try await work.commit("trusted instead")
        try await work.git("push", "-q", "--force", "origin", "HEAD:main")
        try await store.look()
        #expect(store.snapshot.stop == nil && content(store.snapshot[demo]?.live?.graph) == 4)
    }

    /// What a merge brings is vouched for by who signs the merge; a line that is buried or rewritten by nobody.
    @Test func looksAtTheFirstParentLine() async throws {
        let store = try await open()
        let work = try await fixture.clone()
        _ = try await push(work, 1, "trusted")
        try await work.git("checkout", "-q", "-b", "topic")
        try await work.write(graphText(demo, 2), to: "apps/default/demo/graph.yaml")
        try await work.commit("anybody")
        try await work.git("checkout", "-q", "-B", "main", "origin/main")
        try await work.git("merge", "-q", "--no-ff", "-m", "trusted merge", "topic")
        try await work.push()
        try await store.look()
        #expect(store.snapshot.stop == nil && content(store.snapshot[demo]?.live?.graph) == 2)

        // A push that buries the line is righted where all of it is good, by a commit that is good itself.
        try await work.git("checkout", "-q", "-b", "buried", "HEAD~1")
        try await work.git("merge", "-q", "--no-ff", "-m", "trusted but foxtrot", "main")
        try await work.push()
        let before = try #require(store.snapshot.head)
        try await store.look()
        let righted = try #require(store.snapshot.head)
        #expect(store.snapshot.stop == nil && righted != before)
        #expect(try await fixture.git("rev-parse", "main^1") == before.description)
        #expect(try await fixture.git("log", "-1", "--format=%s", "main^2") == "trusted but foxtrot")
        #expect(try await fixture.git("rev-parse", "main") == righted.description)
    }

    /// The service's own merge does not cover what nobody who may has signed.
    @Test(arguments: [("anybody's", "anybody's foxtrot"), ("anybody's", "trusted foxtrot"), ("trusted", "foxtrot")])
    func doesNotRightWhatIsNotGood(_ side: String, _ merge: String) async throws {
        let store = try await open()
        let work = try await fixture.clone()
        let start = try await push(work, 1, "trusted")
        let tip = try await push(work, 2, "trusted too")
        try await store.look()
        try await work.git("checkout", "-q", "-b", "side", start.description)
        try await work.write("x", to: "README")
        try await work.commit(side)
        try await work.git("merge", "-q", "--no-ff", "-m", merge, "origin/main")
        try await work.push()
        try await store.look()
        let stop = try #require(store.snapshot.stop)
        #expect(stop.verified == tip && store.snapshot.head == tip && stop.reason == "it is not signed")
        #expect(try await fixture.git("log", "-1", "--format=%s", "main") == merge, "not righted")
    }

    /// What is wrong with the last commit alone is not all: each one of the line is looked at, and none of a merge's branch.
    @Test(arguments: [
        (["anybody", "trusted"], false), (["trusted", "anybody"], false), (["trusted", "trusted"], true), ([], true),
    ])
    func aPushIsLookedAtBeforeItIsTaken(_ messages: [String], _ isGood: Bool) async throws {
        let store = try await open()
        let work = try await fixture.clone()
        let old = try await push(work, 1, "trusted")
        try await store.look()
        try await work.git("checkout", "-q", "-b", "topic")
        try await work.commit("anybody")
        try await work.git("checkout", "-q", "main")
        try await work.git("merge", "-q", "--no-ff", "-m", "trusted merge", "topic")
        for message in messages { try await work.commit(message) }
        try await work.git("push", "-q", "origin", "HEAD:other")
        let new = try await work.git("rev-parse", "HEAD")
        let push = try #require(Push(lines: "\(old) \(new) refs/heads/main\n"))
        let verdict = try PushVerdict(
            on: push, branch: "main", in: Repository(opening: fixture.repository), verifier: Self.verifier)
        #expect(verdict.problems.isEmpty == isGood, "\(verdict.problems)")
        if !isGood { #expect(verdict.problems.first?.message.contains("\"anybody\" is not verified") == true) }
    }

    @Test func aRewrittenBranchStopsUntilSomebodyVouchesForIt() async throws {
        let store = try await open()
        let work = try await fixture.clone()
        let start = try await push(work, 1, "trusted")
        let tip = try await push(work, 2, "trusted too")
        try await store.look()
        try await work.git("reset", "-q", "--hard", start.description)
        try await work.write(graphText(demo, 3), to: "apps/default/demo/graph.yaml")
        try await work.commit("trusted, but another line")
        try await work.git("push", "-q", "--force", "origin", "HEAD:main")
        try await store.look()
        #expect(store.snapshot.stop?.reason.contains("rewritten") == true && store.snapshot.head == tip)
        _ = try await fixture.git("update-ref", "refs/rampart/verified", "main")
        try await store.look()
        #expect(store.snapshot.stop == nil && content(store.snapshot[demo]?.live?.graph) == 3)
    }

    /// The list is asked again where it has changed, and a commit that is no good is not looked at over and over.
    @Test func looksAgainWhenTheListChanges() async throws {
        let asked = Locked(0)
        let revision = Locked(UInt64(0))
        let store = try await open { options in
            options.verifier = CommitVerifier {
                revision.withLock { $0 }
            } refusal: { text, _ in
                if text.signature == "rampart\n" || revision.withLock({ $0 }) > 0 { return nil }
                asked.withLock { $0 += 1 }
                return "not yet"
            }
        }
        let work = try await fixture.clone()
        _ = try await push(work, 1, "later")
        for _ in 0..<3 { try await store.look() }
        #expect(store.snapshot.stop != nil && asked.withLock { $0 } == 1)
        revision.withLock { $0 = 1 }
        try await store.look()
        #expect(store.snapshot.stop == nil && content(store.snapshot[demo]?.live?.graph) == 1)
    }

    /// A service whose own key has gone from the list commits nothing that would stop it.
    @Test func doesNotCommitWhatWouldNotBeApplied() async throws {
        let isAllowed = Locked(true)
        let store = try await open { options in
            options.verifier = CommitVerifier { _, _ in isAllowed.withLock { $0 } ? nil : "the key is not allowed" }
        }
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        let head = store.snapshot.head
        isAllowed.withLock { $0 = false }
        let error = await failure { _ = try await store.perform(.save(demo, manifest(demo, 2)), by: ada) }
        #expect(error?.description.contains("the service's own commit") == true)
        #expect(try await fixture.git("rev-parse", "main") == head?.description)
        isAllowed.withLock { $0 = true }
        _ = try await store.perform(.save(demo, manifest(demo, 2)), by: ada)
    }

    @Test func aHistoryThatNobodyVouchedForIsNotStartedOn() async throws {
        let plain = try await fixture.open()
        _ = try await plain.perform(.create(demo, manifest(demo, 1)), by: ada)
        do {
            _ = try await open { $0.indexFolder = fixture.folder.appending("other") }
            Issue.record("opened")
        } catch { #expect("\(error)".contains("--verify-since")) }
        _ = try await fixture.git("update-ref", "refs/rampart/verified", "main")
        let store = try await open { $0.indexFolder = fixture.folder.appending("other") }
        #expect(store.snapshot[demo] != nil && store.snapshot.stop == nil)
    }

    @Test func aHistoryIsTrustedUpToACommitOrGoodFromItsRoot() async throws {
        let plain = try await fixture.open()
        let first = try #require(try await plain.perform(.create(demo, manifest(demo, 1)), by: ada).commit)
        _ = try await fixture.git("branch", "aside", first.description)
        let second = try #require(try await plain.perform(.save(demo, manifest(demo, 2)), by: ada).commit)
        func other(_ trusted: ObjectID?) async throws -> AppStore {
            try await open {
                $0.indexFolder = fixture.folder.appending("other")
                $0.trustedUpTo = trusted
            }
        }
        await #expect(throws: AppStoreError.self) { _ = try await other(ObjectID(String(repeating: "1", count: 40))) }
        let store = try await other(first)
        #expect(store.snapshot.head == first && store.snapshot.stop?.commit == second)
        #expect(store.snapshot.stop?.author == "Ada Lovelace <ada@example.com>")

        // Once something is verified, what is said at the start does not count.
        let later = try await open {
            $0.indexFolder = fixture.folder.appending("later")
            $0.trustedUpTo = second
        }
        #expect(later.snapshot.stop?.commit == second)
        // A repository whose every commit is good needs nobody to vouch for it.
        let new = try Fixture()
        let signed = try await new.open { $0.signer = { _ in "rampart" } }
        _ = try await signed.perform(.create(demo, manifest(demo, 1)), by: ada)
        let verified = try await new.open { options in
            options.signer = { _ in "rampart" }
            options.indexFolder = new.folder.appending("other")
            options.verifier = Self.verifier
        }
        #expect(verified.snapshot.stop == nil && verified.snapshot[demo] != nil)
    }
}
