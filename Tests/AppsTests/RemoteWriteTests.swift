import Foundation
import Git
import HashTreeCollections
import Remotes
import TestSupport
import Testing

@testable import Apps

/// Writes are on the remote before they are acknowledged, once, or they leave no trace.
@Suite struct RemoteWriteTests {
    let fixture: RemoteFixture
    let demo: AppID

    init() async throws {
        fixture = try await RemoteFixture()
        demo = try id("default_demo")
    }

    private func faulty() throws -> FaultyRemote { FaultyRemote(GitRemote(try RemoteURL(fixture.remote))) }

    @Test func anEmptyRemoteIsStartedAndASaveIsThereBeforeItIsAnswered() async throws {
        let store = try await fixture.open()
        #expect(try await fixture.head() == store.snapshot.head)
        let result = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        #expect(try await fixture.head() == result.commit)
        #expect(try await fixture.head(of: "one") == result.commit && store.snapshot.head == result.commit)
        #expect(try await fixture.git("log", "-1", "--format=%an %cn", "main") == "Ada Lovelace Rampart")
        #expect(store.remoteState?.word == "ok" && store.remoteState?.head == result.commit)
        #expect(try await fixture.git("fsck", "--strict") == "")
    }

    @Test func manyWaitingWritesMakeFewPushes() async throws {
        let faulty = try faulty()
        let store = try await fixture.open("one", faulty)
        _ = try await store.perform(.create(demo, manifest(demo, 0)), by: ada)
        let before = faulty.pushed
        let (store2, demo) = (store, demo)
        let numbers = try await withThrowingTaskGroup { group in
            for content in 1...100 {
                group.addTask { try await store2.perform(.save(demo, manifest(demo, content)), by: ada).version }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1 ?? 0) }
        }
        #expect(numbers == Set(2...101))
        #expect(try await fixture.line("Save").count == 100)
        #expect(faulty.pushed - before <= 10, "\(faulty.pushed - before) pushes")
    }

    @Test func whereSomebodyWasFasterTheActsAreDoneAgain() async throws {
        let faulty = try faulty()
        let store = try await fixture.open("one", faulty)
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        let work = try await fixture.clone()
        try await work.write(graphText(demo, 7), to: "\(demo.folder)/graph.yaml")
        try await work.commit("of an engineer")
        try await work.push()
        let result = try await store.perform(.save(demo, manifest(demo, 2)), by: ada)
        #expect(result.version == 3, "the engineer's is version 2")
        #expect(try await fixture.head() == result.commit)
        #expect(content(try await store.versionGraph(demo, 2)) == 7)
    }

    @Test func anActThatIsNoLongerPossibleOnTheNewHeadSaysSo() async throws {
        let one = try await fixture.open("one")
        let two = try await fixture.open("two")
        _ = try await one.perform(.create(demo, manifest(demo, 1)), by: ada)
        let error = await failure { _ = try await two.perform(.create(demo, manifest(demo, 2)), by: ada) }
        if case .exists = error {} else { Issue.record("\(String(describing: error))") }
        #expect(two.snapshot[demo]?.versions.count == 1, "the refused push has fetched")
    }

    @Test func anAnswerThatWasLostIsSettledByLooking() async throws {
        let faulty = try faulty()
        let store = try await fixture.open("one", faulty)
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        faulty.nextPush(.answerLost)
        let result = try await store.perform(.save(demo, manifest(demo, 2)), by: ada)
        #expect(try await fixture.head() == result.commit && store.snapshot.head == result.commit)
        #expect(try await fixture.line("Save").count == 1)
    }

    @Test func aPushThatWasLostIsSentAgain() async throws {
        let faulty = try faulty()
        let store = try await fixture.open("one", faulty)
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        faulty.nextPush(.pushLost, .pushLost, .answerLost)
        let result = try await store.perform(.save(demo, manifest(demo, 2)), by: ada)
        #expect(try await fixture.head() == result.commit && result.version == 2)
        #expect(try await fixture.line("Save").count == 1)
    }

    /// The answer is lost, and somebody else has pushed on top before the service has looked.
    @Test func anAnswerThatWasLostIsFoundUnderTheCommitsOfOthers() async throws {
        let faulty = try faulty()
        let store = try await fixture.open("one", faulty)
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        let fixture = fixture
        let failures = Locked<[String]>([])
        faulty.nextPush(.answerLost)
        faulty.nextFetch(
            .first {
                do {
                    let work = try await fixture.clone()
                    try await work.commit("on top")
                    try await work.push()
                } catch { failures.withLock { $0.append("\(error)") } }
            })
        let result = try await store.perform(.save(demo, manifest(demo, 2)), by: ada)
        #expect(failures.withLock { $0 } == [])
        #expect(result.version == 2)
        #expect(try await fixture.git("log", "-2", "--format=%s", "main") == "on top\nSave default_demo version 2")
        #expect(try await fixture.head() == store.snapshot.head)
    }

    @Test func withoutTheRemoteReadsGoOnAndWritesLeaveNoTrace() async throws {
        let faulty = try faulty()
        let store = try await fixture.open("one", faulty)
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        let head = try #require(store.snapshot.head)
        faulty.isAway(true)
        for _ in 0..<2 {
            let error = await failure { _ = try await store.perform(.save(demo, manifest(demo, 2)), by: ada) }
            #expect(error?.remoteKind == .unreachable)
        }
        #expect(store.snapshot.head == head && store.snapshot[demo]?.versions.count == 1)
        #expect(try await fixture.head(of: "one") == head)
        #expect(store.remoteState?.word == "unreachable" && store.remoteState?.message == "nobody answers")
        #expect(content(try await store.versionGraph(demo, 1)) == 1)
        // What changes nothing needs no remote.
        #expect(try await store.perform(.save(demo, manifest(demo, 1)), by: ada).commit == nil)

        let work = try await fixture.clone()
        try await work.commit("meanwhile")
        try await work.push()
        faulty.isAway(false)
        let result = try await store.perform(.save(demo, manifest(demo, 3)), by: ada)
        #expect(result.version == 2 && store.remoteState?.word == "ok")
        #expect(try await fixture.head() == result.commit)
    }

    @Test func anUnknownOutcomeIsSaidToBeUnknownAndFoundLater() async throws {
        let faulty = try faulty()
        let store = try await fixture.open("one", faulty)
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        faulty.nextPush(.answerLost)
        faulty.nextFetch(.away)
        let error = await failure { _ = try await store.perform(.save(demo, manifest(demo, 2)), by: ada) }
        #expect(error?.remoteKind == .unknownOutcome)
        #expect(error?.description.contains("not known") == true)
        #expect(store.snapshot[demo]?.versions.count == 1)
        try await store.fetchNow()
        #expect(store.snapshot[demo]?.versions.count == 2)
        // Who repeats it has the version that is there.
        #expect(try await store.perform(.save(demo, manifest(demo, 2)), by: ada).version == 2)
    }

    @Test func aHookOfTheRemoteRefusesOneActAndNotTheOthers() async throws {
        let store = try await fixture.open()
        try await fixture.hook(
            "pre-receive",
            "read old new ref\ngit diff --name-only $old $new | grep -q forbidden && { echo 'not here'; exit 1; }\nexit 0"
        )
        let names = ["one", "forbidden", "three", "four"]
        let results = await withTaskGroup(of: (String, ActError?).self) { group in
            for name in names {
                group.addTask {
                    let error = await failure {
                        let app = try id("default_\(name)")
                        _ = try await store.perform(.create(app, manifest(app, 1)), by: ada)
                    }
                    return (name, error)
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(results["forbidden"]?.remoteKind == .declined)
        #expect(results["forbidden"]?.description.contains("not here") == true)
        #expect(Set(try await fixture.line("Create").map { $0.dropFirst(15) }) == ["one", "three", "four"])
        #expect(store.snapshot.apps.count == 3 && store.remoteState?.word == "ok")
    }

    @Test(arguments: [RemoteError.Kind.full, .readOnly])
    func aRemoteThatTakesNothingIsSaidUntilItDoes(_ kind: RemoteError.Kind) async throws {
        let faulty = try faulty()
        let store = try await fixture.open("one", faulty)
        faulty.nextPush(.error(RemoteError(kind, "no")))
        let error = await failure { _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada) }
        #expect(error?.remoteKind == kind)
        try await store.fetchNow()
        #expect(store.remoteState?.word == kind.rawValue, "a fetch does not show that it can be written")
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        #expect(store.remoteState?.word == "ok")
    }

    @Test func whoOnlyFollowsRefusesWritesAndFollows() async throws {
        let one = try await fixture.open("one")
        let two = try await fixture.open("two") { remote, _ in remote.isReadOnly = true }
        _ = try await one.perform(.create(demo, manifest(demo, 1)), by: ada)
        let error = await failure { _ = try await two.perform(.save(demo, manifest(demo, 2)), by: ada) }
        #expect(error?.remoteKind == .followsOnly)
        try await two.fetchNow()
        #expect(describe(two.snapshot) == describe(one.snapshot))
    }

    /// While one push hangs, reads and looks go on.
    @Test func aPushThatHangsHoldsUpNothingElse() async throws {
        let faulty = try faulty()
        let store = try await fixture.open("one", faulty)
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        let gate = AsyncStream.makeStream(of: Void.self)
        faulty.nextPush(.first { for await _ in gate.stream { break } })
        let demo = demo
        let save = Task { try await store.perform(.save(demo, manifest(demo, 2)), by: ada) }
        try await eventually { faulty.pushed == 3 }
        try await store.look()
        #expect(content(try await store.versionGraph(demo, 1)) == 1)
        #expect(try await store.log(demo).count == 1)
        gate.continuation.yield()
        #expect(try await save.value.version == 2)
    }

    @Test func twoServicesUnderAStormLoseNothingAndAgree() async throws {
        let one = try await fixture.open("one")
        let two = try await fixture.open("two")
        _ = try await one.perform(.create(demo, manifest(demo, 0)), by: ada)
        let acknowledged = Locked<[Int: Int]>([:])
        let demo = demo
        try await withThrowingDiscardingTaskGroup { group in
            for (offset, store) in [(1_000, one), (2_000, two)] {
                for client in 0..<4 {
                    group.addTask {
                        if store === two { try await two.fetchNow() }
                        for number in 0..<8 {
                            let content = offset + client * 100 + number
                            let version = try await store.perform(.save(demo, manifest(demo, content)), by: ada).version
                            acknowledged.withLock { $0[content] = version }
                        }
                    }
                }
            }
        }
        try await one.fetchNow()
        try await two.fetchNow()
        #expect(describe(one.snapshot) == describe(two.snapshot))
        let versions = acknowledged.withLock { $0 }
        #expect(versions.count == 64 && Set(versions.values) == Set(2...65))
        for (saved, version) in versions { #expect(content(try await one.versionGraph(demo, version)) == saved) }
        #expect(try await fixture.line("Save").count == 64)
        #expect(try await fixture.git("fsck", "--strict", "--no-dangling") == "")
    }
}

/// What leaves room for a service that has lost.
@Suite struct ContentionTests {
    @Test func onlyWhoHasLostLatelyLeavesRoom() {
        var contention = Contention()
        let start = ContinuousClock.now
        #expect(contention.won(after: .milliseconds(100), at: start) == .zero)
        contention.lost(at: start)
        #expect(contention.won(after: .milliseconds(100), at: start + .seconds(1), random: 0) == .milliseconds(50))
        #expect(contention.won(after: .milliseconds(100), at: start + .seconds(1), random: 1) == .milliseconds(150))
        #expect(contention.won(after: .seconds(9), at: start + .seconds(1), random: 1) == .milliseconds(500))
        #expect(contention.won(after: .milliseconds(100), at: start + .seconds(11)) == .zero)
    }
}
