import Apps
import Foundation
import Git
import HashTreeCollections
import TestSupport
import Testing

/// Many who write at the same time: nothing is lost, nothing is done twice.
@Suite struct ConcurrencyTests {
    let fixture: Fixture

    init() throws { fixture = try Fixture() }

    @Test func actsThatWaitAreCommittedTogether() async throws {
        let store = try await fixture.open()
        let demo = try id("default_demo")
        _ = try await store.perform(.create(demo, manifest(demo, 0)), by: ada)
        let numbers = try await withThrowingTaskGroup { group in
            for content in 1...100 {
                group.addTask { try await store.perform(.save(demo, manifest(demo, content)), by: ada).version }
            }
            return try await group.reduce(into: [Int?]()) { $0.append($1) }
        }
        #expect(Set(numbers.compactMap { $0 }) == Set(2...101), "each save has its own number")
        #expect(store.snapshot[demo]?.versions.count == 101)
        let subjects = try await fixture.git("log", "--reverse", "--format=%s", "main").split(separator: "\n")
        #expect(subjects.count == 102 && subjects.last == "Save default_demo version 101")
        let moves = try await fixture.git("reflog", "show", "main").split(separator: "\n")
        #expect((2...60).contains(moves.count), "the branch moved \(moves.count) times")
    }

    @Test func anActThatFailsFailsAlone() async throws {
        let store = try await fixture.open()
        let results = await withTaskGroup { group in
            for number in 0..<40 {
                group.addTask {
                    do {
                        let app = try id("default_app-\(number / 2)")
                        return try await store.perform(.create(app, manifest(app, number)), by: ada).version == 1
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(results.filter { $0 }.count == 20)
        #expect(store.snapshot.apps.count == 20)
    }

    @Test func twoProcessesAndPushesLoseNothing() async throws {
        let one = try await fixture.open()
        let two = try await fixture.open()
        let demo = try id("default_demo")
        _ = try await one.perform(.create(demo, manifest(demo, 0)), by: ada)
        let work = try await fixture.clone()
        let pushes = 12
        try await withThrowingDiscardingTaskGroup { group in
            for (offset, store) in [(1_000, one), (2_000, two)] {
                for client in 0..<3 {
                    group.addTask {
                        for number in 0..<10 {
                            let content = offset + client * 100 + number
                            _ = try await store.perform(.save(demo, manifest(demo, content)), by: ada)
                        }
                    }
                }
            }
            group.addTask {
                for number in 0..<pushes {
                    let app = try id("pushed_app-\(number)")
                    try await work.write(graphText(app, 1), to: "\(app.folder)/graph.yaml")
                    try await work.commit("push \(number)")
                    // As people do: pull, push, and again where somebody was faster. The merges bury the line.
                    for _ in 0..<200 {
                        try await work.git("pull", "-q", "--no-rebase", "--no-edit")
                        if (try? await work.push()) != nil { break }
                    }
                    try await one.look()
                }
            }
        }
        try await one.look()
        try await two.look()
        #expect(describe(one.snapshot) == describe(two.snapshot))
        let app = try #require(one.snapshot[demo])
        #expect(app.versions.count == 61)
        var contents: Set<Int> = []
        for number in 1...61 { contents.insert(content(try await one.versionGraph(demo, number)) ?? -1) }
        #expect(contents.count == 61)
        #expect(one.snapshot.apps.count == pushes + 1)
        let anew = try await fixture.open {
            $0.usesCache = false
            $0.indexFolder = fixture.folder.appending("anew")
        }
        #expect(describe(anew.snapshot) == describe(one.snapshot))
        // Whatever was acknowledged is on the branch's own line, once.
        let saves = try await fixture.git("log", "--first-parent", "--format=%s", "--grep=^Save", "main")
        #expect(Set(saves.split(separator: "\n")).count == 60 && saves.split(separator: "\n").count == 60)
    }

    /// One process has written what the other has not seen yet, when a push buries both lines.
    @Test(arguments: [false, true])
    func whoLagsBehindKeepsTheLineOfTheOther(_ engineerStartsEarlier: Bool) async throws {
        let one = try await fixture.open()
        let two = try await fixture.open()
        let demo = try id("default_demo")
        let work = try await fixture.clone()
        if engineerStartsEarlier { try await work.commit("of an engineer") }
        _ = try await one.perform(.create(demo, manifest(demo, 1)), by: ada)
        if !engineerStartsEarlier { try await two.look() }
        for content in 2...5 { _ = try await one.perform(.save(demo, manifest(demo, content)), by: ada) }
        if !engineerStartsEarlier { try await work.commit("of an engineer") }
        try await work.git("pull", "-q", "--no-rebase", "--no-edit")
        try await work.push()
        try await two.look()
        #expect(two.snapshot[demo]?.versions.count == 5)
        let line = try await fixture.git("log", "--first-parent", "--format=%s", "--grep=^Save", "main")
        #expect(line.split(separator: "\n").count == 4)
        try await one.look()
        #expect(describe(one.snapshot) == describe(two.snapshot))
    }

    @Test func aLockOfAKilledProcessClearsItself() async throws {
        let store = try await fixture.open { $0.staleLockAge = .seconds(1) }
        let demo = try id("default_demo")
        try Data().write(to: URL(fileURLWithPath: "\(fixture.repository)/refs/heads/main.lock"))
        let result = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        #expect(result.commit != nil && result.commit == store.snapshot.head)
        #expect(!FileManager.default.fileExists(atPath: "\(fixture.repository)/refs/heads/main.lock"))
    }

    @Test func aRunClearsLocksThatStandInTheWayOfPushes() async throws {
        let store = try await fixture.open {
            $0.staleLockAge = .seconds(1)
            $0.pollInterval = .milliseconds(50)
        }
        let run = Task { try await store.run() }
        try Data().write(to: URL(fileURLWithPath: "\(fixture.repository)/refs/heads/main.lock"))
        try await eventually { !FileManager.default.fileExists(atPath: "\(fixture.repository)/refs/heads/main.lock") }
        run.cancel()
        try await run.value
    }

    @Test func whatCannotBeWrittenIsRefusedAndChangesNothing() async throws {
        let store = try await fixture.open()
        let demo = try id("default_demo")
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: ada)
        let head = try #require(store.snapshot.head)
        // A file where the folder of objects was: nobody can write there, not even root.
        let objects = "\(fixture.repository)/objects"
        try FileManager.default.moveItem(atPath: objects, toPath: "\(objects).away")
        try Data().write(to: URL(fileURLWithPath: objects))
        await #expect {
            try await store.perform(.save(demo, manifest(demo, 2)), by: ada)
        } throws: { error in
            if case ActError.storage = error { true } else { false }
        }
        #expect(store.snapshot.head == head && store.snapshot[demo]?.versions.count == 1)
        try FileManager.default.removeItem(atPath: objects)
        try FileManager.default.moveItem(atPath: "\(objects).away", toPath: objects)
        #expect(try await fixture.git("rev-parse", "main") == head.description)
        let result = try await store.perform(.save(demo, manifest(demo, 2)), by: ada)
        #expect(result.version == 2)
        #expect(try await fixture.git("fsck", "--strict", "--no-dangling") == "")
    }
}
