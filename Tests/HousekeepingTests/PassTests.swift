import Foundation
import Git
import Synchronization
import TestSupport
import Testing

@testable import Housekeeping

/// One pass over a real repository.
@Suite struct PassTests {
    @Test func looseObjectsBecomeOnePackAndPacksStayFew() async throws {
        let house = try await House()
        let keeper = house.keeper()
        for round in 1...9 {
            try await house.commit(20)
            let report = try await keeper.pass(.request)
            #expect(report.before.looseObjects > 0 && report.after.looseObjects == 0, "round \(round)")
            #expect(report.after.packs.count <= 4, "round \(round)")
        }
        #expect(try await house.git("rev-list", "--count", "main") == "180")
        #expect(try await house.git("count-objects", "-v").contains("garbage: 0"))
        #expect(keeper.report.state == .ok)
        #expect(keeper.report.census?.looseObjects == 0)
        try await house.isSound()
    }

    @Test func aFullPassMakesOnePackAndGathersReferences() async throws {
        let house = try await House()
        let keeper = house.keeper()
        for number in 0..<3 {
            try await house.commit(20 << number)
            _ = try await keeper.pass(.request)
        }
        try await house.git("branch", "rampart/default_demo/1a2b3c4", "main~3")
        let report = try await keeper.pass(.full)
        #expect(report.after.packs.count == 1)
        #expect(report.after.looseReferences == 0)
        #expect(try await house.git("rev-parse", "rampart/default_demo/1a2b3c4") == house.git("rev-parse", "main~3"))
        let again = try await keeper.pass(.full)
        #expect(again.after.packs == report.after.packs, "the same once more")
        try await house.isSound()
    }

    /// What is committed after git has looked what there is has to wait for the next pass, and is not taken for what nothing
    /// leads to.
    @Test func whatComesDuringAPassIsPackedByTheNext() async throws {
        let house = try await House()
        let keeper = house.keeper {
            $0.fewLooseObjects = 300
            $0.quiet = .zero
        }
        try await house.commit(20)
        _ = try await keeper.pass(.request)
        try await house.commit(20)
        let blobs = Mutex<[ObjectID]>([])
        let report = try await keeper.pass(.request) { step in
            guard case .rollUp = step else { return }
            do {
                let repository = try Repository(opening: house.path)
                let written = try (0..<600).map { try repository.writeBlob(Array("n\($0)".utf8)) }
                blobs.withLock { $0 = written }
            } catch { Issue.record("\(error)") }
        }
        #expect(report.after.looseObjects == 600)
        let lines = blobs.withLock { $0.enumerated().map { "100644 blob \($1)\t\($0)\n" } }
        let tree = try await house.git("mktree", input: lines.joined())
        let commit = try await house.git("commit-tree", "-p", "main", "-m", "Meanwhile", tree)
        try await house.git("update-ref", "refs/heads/main", commit)
        await keeper.look()
        #expect(house.looseObjects() == 0)
        try await house.isSound()
    }

    /// What does not fit into the memory that git may take leaves all as it is, and says what to do.
    @Test func aPassThatNeedsMoreMemoryFailsAndLosesNothing() async throws {
        let house = try await House()
        try await house.commit(5)
        let count = "head -c \(15 << 20) /dev/zero | git hash-object -w --stdin"
        let blob = try await Command.output("sh", ["-c", count], in: house.path, environment: Command.gitEnvironment)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let tree = try await house.git("mktree", input: "100644 blob \(blob)\tzeros\n")
        let commit = try await house.git("commit-tree", "-p", "main", "-m", "Zeros", tree)
        try await house.git("update-ref", "refs/heads/main", commit)
        let before = house.looseObjects()
        let error = await #expect(throws: HousekeepingFailure.self) {
            _ = try await house.keeper { $0.memory = 12 << 20 }.pass(.request)
        }
        #expect(error.map { "\($0)" }?.contains("12 MiB") == true, "\(error.map { "\($0)" } ?? "")")
        #expect(error.map { "\($0)" }?.contains("--git-memory") == true)
        #expect(house.looseObjects() == before)
        try await house.isSound()
        #expect(try await house.keeper { $0.memory = 64 << 20 }.pass(.request).after.looseObjects == 0)
        try await house.isSound()
    }

    /// What nothing leads to may be what somebody is about to commit.
    @Test func freshObjectsThatNothingLeadsToStay() async throws {
        let house = try await House()
        try await house.commit(3)
        let stray = try await house.stray("about to be committed")
        let keeper = house.keeper()
        var report = try await keeper.pass(.full)
        #expect(report.pruned == 0 && report.after.looseObjects == 1)
        #expect(try await house.git("cat-file", "-p", stray) == "about to be committed")
        // A day before its time, and a day after it.
        house.ahead.withLock { $0 = 13 * 86_400 }
        report = try await keeper.pass(.routine)
        #expect(report.pruned == 0)
        house.ahead.withLock { $0 = 15 * 86_400 }
        report = try await keeper.pass(.routine)
        #expect(report.pruned == 1 && report.after.looseObjects == 0)
        try await house.isSound()
    }

    /// An object that a write has just made is no rubbish because somebody puts the clock forward.
    @Test func aClockThatIsPutForwardMakesNothingOld() async throws {
        let house = try await House()
        let keeper = house.keeper(age: AgeClock(wall: house.wall))
        let id = try await house.stray("on its way")
        for days in [10 * 365, -1] {
            house.ahead.withLock { $0 = days * 86_400 }
            #expect(try await keeper.pass(.full).pruned == 0)
        }
        #expect(try await house.git("cat-file", "-p", id) == "on its way")
        // What was ahead from the start is all that is known.
        house.ahead.withLock { $0 = 10 * 365 * 86_400 }
        #expect(try await house.keeper(age: AgeClock(wall: house.wall)).pass(.full).pruned == 1)
    }

    /// A branch that was deleted goes in two steps: first out of the pack, then, when it is old enough, for good.
    @Test func whatADeletedBranchHadGoesWhenItIsOld() async throws {
        let house = try await House()
        try await house.commit(20)
        try await house.git("branch", "topic", "main")
        try await house.commit(5, on: "topic")
        let topic = try await house.git("rev-parse", "topic")
        let keeper = house.keeper()
        _ = try await keeper.pass(.request)
        try await house.git("branch", "--quiet", "-D", "topic")
        try await house.commit(5)
        var report = try await keeper.pass(.full)
        #expect(report.after.packs.count == 1 && report.after.looseObjects > 0)
        #expect(try await house.git("rev-list", "--count", topic) == "25")
        house.ahead.withLock { $0 = 15 * 86_400 }
        report = try await keeper.pass(.routine)
        #expect(report.pruned > 0 && report.after.looseObjects == 0)
        await #expect(throws: CommandFailure.self) { try await house.git("cat-file", "-e", topic) }
        #expect(try await house.git("rev-list", "--count", "main") == "25")
        try await house.isSound()
    }

    /// An old object that is written again is fresh again.
    @Test func whatIsWrittenAgainStays() async throws {
        let house = try await House()
        try await house.commit(1)
        let stray = try await house.stray("the same again")
        let file = "objects/\(stray.prefix(2))/\(stray.dropFirst(2))"
        try house.age(file, by: 30 * 86_400)
        let repository = try Repository(opening: house.path)
        _ = try repository.writeBlob(Array("the same again".utf8))
        let report = try await house.keeper().pass(.request)
        #expect(report.pruned == 0)
        #expect(try await house.git("cat-file", "-e", stray) == "")
    }

    /// What only the log of the branch leads to is kept, as git keeps it.
    @Test func aRewrittenBranchCanBeTakenBack() async throws {
        let house = try await House()
        try await house.git("config", "core.logAllRefUpdates", "true")
        try await house.commit(5)
        let keeper = house.keeper()
        _ = try await keeper.pass(.request)
        try await house.commit(5)
        let former = try await house.git("rev-parse", "main")
        try await house.git("update-ref", "refs/heads/main", "main~7")
        house.ahead.withLock { $0 = 30 * 86_400 }
        _ = try await keeper.pass(.routine)
        #expect(try await house.git("rev-list", "--count", former) == "10")
        try await house.isSound()
    }

    @Test func oldLinesOfLogsGo() async throws {
        let house = try await House()
        try await house.git("config", "core.logAllRefUpdates", "true")
        try await house.commit(2)
        try await house.git("update-ref", "refs/heads/main", "main~1")
        #expect(try await house.git("reflog", "show", "main").isEmpty == false)
        let keeper = house.keeper()
        _ = try await keeper.pass(.routine)
        #expect(try await house.git("reflog", "show", "main").isEmpty == false)
        house.ahead.withLock { $0 = 120 * 86_400 }
        _ = try await keeper.pass(.routine)
        #expect(try await house.git("reflog", "show", "main").isEmpty)
        try await house.isSound()
    }

    /// A repository that was open before, its packs read or not, finds everything afterwards.
    @Test(arguments: [true, false])
    func whoHasItOpenFindsEverything(hasRead: Bool) async throws {
        let house = try await House()
        let keeper = house.keeper()
        try await house.commit(30)
        _ = try await keeper.pass(.request)
        try await house.commit(20)
        _ = try await keeper.pass(.request)
        let ids = try await house.git("rev-list", "--objects", "main").split(separator: "\n")
            .compactMap { ObjectID(String($0.prefix(40))) }
        let repository = try Repository(opening: house.path)
        #expect(try repository.kind(of: ids[0]) == "commit")
        if hasRead { for id in ids { #expect(try repository.kind(of: id) != nil) } }
        let before = house.packs()
        try await house.commit(40)
        let report = try await keeper.pass(.full)
        #expect(report.rolledUp > 1 && Set(house.packs()).isDisjoint(with: before))
        for id in ids { #expect(try repository.kind(of: id) != nil, "\(id)") }
        let head = try #require(try repository.reference(.branch("main")))
        var commit = try repository.commit(head)
        var count = 1
        while let parent = commit.parents.first {
            _ = try repository.tree(commit.tree)
            commit = try repository.commit(parent)
            count += 1
        }
        #expect(count == 90)
        // And writes what a pack has that is gone.
        _ = try repository.writeBlob(Array("new\n".utf8))
        repository.dropCaches()
        let isOpen = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").contains { descriptor in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
            return target?.hasPrefix(house.path) == true && target?.hasSuffix("(deleted)") == true
        }
        #expect(!isOpen, "a pack that is gone still takes its room")
    }

    /// Whoever else has packed: those who have the old packs open are told.
    @Test func packsThatOthersReplaceAreLetGoToo() async throws {
        let house = try await House()
        let count = Mutex(0)
        let keeper = house.keeper(afterwards: { count.withLock { $0 += 1 } })
        for _ in 1...2 {
            try await house.commit(5)
            _ = try await keeper.pass(.request)
        }
        await keeper.look()
        #expect(count.withLock { $0 } == 2)
        try await house.commit(5)
        try await house.git("gc", "--quiet")
        await keeper.look()
        await keeper.look()
        #expect(count.withLock { $0 } == 3)
    }

    @Test func twoAtOnceTakeTurns() async throws {
        let house = try await House()
        try await house.commit(3)
        let lock = try #require(RepositoryLock(house.path))
        await #expect(throws: HousekeepingRefusal.self) { _ = try await house.keeper().pass(.request) }
        withExtendedLifetime(lock) {}
    }

    /// Programs are started all the time, for pushes above all.
    @Test func aProgramThatIsBeingStartedKeepsNobodyWaiting() async throws {
        let house = try await House()
        try await house.commit(3)
        var lock = RepositoryLock(house.path)
        let held = try HeldDescriptors(of: "\(house.path)/objects")
        #expect(lock != nil && held.count == 1)
        lock = nil
        _ = try await house.keeper().pass(.request)
        withExtendedLifetime(held) {}
    }

    @Test func aFailureLeavesEverythingAndSaysSo() async throws {
        let house = try await House()
        try await house.commit(30)
        // A branch that names nothing: git refuses to say what is reachable.
        try house.folder.write(String(repeating: "1", count: 40) + "\n", to: "graphs.git/refs/heads/broken")
        let keeper = house.keeper()
        let loose = house.looseObjects()
        await #expect(throws: HousekeepingFailure.self) { _ = try await keeper.pass(.request) }
        #expect(keeper.report.state == .failing)
        #expect(keeper.report.message?.contains("git ") == true)
        #expect(house.looseObjects() == loose && house.packs().isEmpty)
        try FileManager.default.removeItem(atPath: "\(house.path)/refs/heads/broken")
        _ = try await keeper.pass(.request)
        #expect(keeper.report.state == .ok)
        try await house.isSound()
    }

    @Test func whatDoesNotFitWaits() async throws {
        let house = try await House()
        try await house.commit(3)
        let keeper = house.keeper {
            $0.reservedBytes = .max
            $0.reservedShare = 1
        }
        let report = try await keeper.pass(.request)
        #expect(report.postponed?.contains("too full") == true)
        #expect(report.after.looseObjects == report.before.looseObjects)
        #expect(keeper.report.state == .postponed)
    }
}
