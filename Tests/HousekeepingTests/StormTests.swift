import Apps
import Foundation
import Git
import Graphs
import JSONValues
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Housekeeping

/// Saves, pushes and clones while the repository is put in order again and again.
@Suite struct StormTests {
    private static let writers = 6
    private static let saves = 120

    @Test(.timeLimit(.minutes(10))) func nothingIsLostAndEverythingStaysBounded() async throws {
        let folder = try TemporaryFolder()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let store = try await AppStore.open(AppStoreOptions(data: folder.appending("data")), logger: logger)
        let repository = folder.appending("data/graphs.git")
        for writer in 0..<Self.writers {
            _ = try await store.perform(.create(app(writer), manifest(app(writer), 0)), by: ada)
        }
        var options = HousekeepingOptions()
        options.interval = .milliseconds(20)
        options.looseObjects = 300
        options.quiet = .milliseconds(200)
        options.fewLooseObjects = 1
        options.looseReferences = 5
        let passes = Mutex(0)
        let keeper = Housekeeper(
            repository: repository, options: options, now: { Int(Date().timeIntervalSince1970) },
            afterwards: {
                passes.withLock { $0 += 1 }
                await store.letGoOfPacks()
            }, logger: logger)
        let work = folder.appending("work")
        try await Command.git("clone", "--quiet", repository, work, in: folder.path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cancelled { try await keeper.run() } }
            group.addTask {
                await cancelled {
                    while !Task.isCancelled {
                        try await store.look()
                        try await Task.sleep(for: .milliseconds(5))
                    }
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { writing in
                for writer in 0..<Self.writers {
                    writing.addTask {
                        for number in 1...Self.saves {
                            _ = try await store.perform(.save(app(writer), manifest(app(writer), number)), by: ada)
                        }
                    }
                }
                writing.addTask { try await pushAndClone(from: folder, work: work, repository: repository) }
                try await writing.waitForAll()
            }
            do {
                try await eventually("all is packed once it is quiet") {
                    let census = Census(of: repository, old: 0)
                    return census.looseObjects < 500 && census.packs.count <= 12 && census.looseReferences < 10
                }
            } catch {
                Issue.record("\(error): \(Census(of: repository, old: 0)), \(keeper.report)")
            }
            group.cancelAll()
        }
        #expect(passes.withLock { $0 } >= 2, "too few passes show nothing")
        #expect(keeper.report.state == .ok, "\(keeper.report.message ?? "")")
        try await Command.git("fsck", "--strict", "--no-dangling", in: repository)
        let subjects = try await Command.git("log", "--format=%s", "main", in: repository)
        var count: [Substring: Int] = [:]
        for subject in subjects.split(separator: "\n") { count[subject, default: 0] += 1 }
        for writer in 0..<Self.writers {
            for version in 2...Self.saves + 1 {
                #expect(count["Save default_app-\(writer) version \(version)"] == 1)
            }
        }
        for number in 1...Self.pushes { #expect(count["Push \(number)"] == 1) }
        // All of it can be read by whoever had it open all the time.
        for writer in 0..<Self.writers {
            let first = try await store.versionGraph(app(writer), 1)
            #expect(first.value.at("spec", "graph") != nil)
        }
    }

    private static let pushes = 6

    /// Pushes on branches and on `main`, each followed by a clone that has to be whole.
    private func pushAndClone(from folder: TemporaryFolder, work: String, repository: String) async throws {
        for number in 1...Self.pushes {
            try folder.write("\(number)\n", to: "work/notes/\(number)")
            try await Command.git("add", "--all", in: work)
            try await Command.git("commit", "--quiet", "--message", "Push \(number)", in: work)
            try await Command.git("push", "--quiet", "origin", "HEAD:refs/heads/topic-\(number)", in: work)
            try await eventually("the push wins a race with the saves") {
                try await Command.git("pull", "--quiet", "--rebase", in: work)
                let pushed = try await Command.run(
                    "git", ["push", "--quiet", "origin", "HEAD:main"], in: work, environment: Command.gitEnvironment)
                return pushed.succeeded
            }
            let clone = folder.appending("clone-\(number)")
            try await Command.git("clone", "--quiet", "--bare", "--no-local", repository, clone, in: folder.path)
            try await Command.git("fsck", "--connectivity-only", in: clone)
            try FileManager.default.removeItem(atPath: clone)
        }
    }
}

/// Runs something until it is cancelled.
private func cancelled(_ body: () async throws -> Void) async {
    do { try await body() } catch {}
}

private let ada = Signature(name: "Ada Lovelace", email: "ada@example.com", seconds: 1_700_000_000, offsetMinutes: 0)

private func app(_ number: Int) throws -> AppID { try #require(AppID("default_app-\(number)")) }

private func manifest(_ app: AppID, _ content: Int) throws -> Manifest {
    let text = """
        apiVersion: rampart.petuum.com/v1beta2
        kind: RampartGraph
        metadata: {name: \(app.name), namespace: \(app.namespace)}
        spec:
          graph:
            components:
              trainer:
                chart: {repo: charts, name: trainer, version: 1.0.0}
                config: {content: \(content)}
            flows: {}

        """
    return try Manifest(reading: Array(text.utf8), format: .yaml)
}
