import Foundation
import JSONValues
import Synchronization
import TestSupport
import Testing

/// Backups of a service that writes, and a service out of a backup, by the commands of docs/operating.md, word for word.
@Suite struct DisasterTests {
    private static let apps = ["alpha", "beta"]
    private static let indexes = ["apps.json", "versions.json", "configs.json", "dashboard.json"]
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The lines of the block that shows how to back up and restore, comments taken away.
    private func commands() throws -> [String] {
        let text = try String(contentsOfFile: CommandTests.root + "/docs/operating.md", encoding: .utf8)
        let section = try #require(text.components(separatedBy: "## Back up and restore").last)
        let block = section.components(separatedBy: "```")[1].split(separator: "\n").dropFirst()
        return block.map { $0.components(separatedBy: " #")[0].trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    /// Runs a documented command on this test's folders.
    private func run(_ command: String, backup: String) async throws {
        let line = command.replacingOccurrences(of: "BACKUP", with: folder.appending(backup))
            .replacingOccurrences(of: "DIR", with: folder.appending("data"))
        try await Command.output("sh", ["-c", line], environment: Command.gitEnvironment)
    }

    @Test func aMirrorOfAServingServiceIsTheServiceAgain() async throws {
        let commands = try commands()
        try #require(commands.count == 4)
        #expect(commands[3].hasPrefix("rampart serve --data BACKUP "), "what this test does with options of its own")
        let saved = Answered()
        let before = try await RunningService.with(data: folder.appending("data")) { [self] service in
            for app in Self.apps {
                let made = try await service.request("POST", "/api/v1/graphs", graphJSON("default", app, rate: 0.5))
                try #require(made.status == 201)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for app in Self.apps {
                    group.addTask {
                        var number = 1.0
                        while !Task.isCancelled {
                            number += 1
                            let version = try await self.save(service, app, rate: number)
                            if app == "alpha" { saved.note(version) }
                        }
                    }
                }
                // While it writes: whole, and with everything that was answered before.
                for backup in ["first", "second", "third"] {
                    try await eventually("it writes") { saved.count > 3 }
                    let answered = saved.newest
                    try await run(commands[0], backup: backup)
                    try await run(commands[2], backup: backup)
                    try await holds(answered, in: backup)
                }
                let answered = saved.newest
                try await run(commands[1], backup: "first")
                try await run(commands[2], backup: "first")
                try await holds(answered, in: "first")
                group.cancelAll()
                while await group.nextResult() != nil {}
            }
            for app in Self.apps {
                let order: JSON = ["appId": .string("default_\(app)"), "version": "2", "deployed": true]
                let path = "/api/v1/apps/redeployment/default_\(app)/2"
                #expect(try await service.request("POST", path, order).status == 200)
            }
            try await run(commands[0], backup: "last")
            return try await rows(service)
        }
        // The machine is gone; what is left is the mirror.
        try await RunningService.with(data: folder.appending("last")) { [self] service in
            #expect(try await rows(service) == before)
            for app in Self.apps {
                try await service.resource("default", app, "is in the new cluster") { rate($0) != nil }
            }
        }
        for index in Self.indexes {
            #expect(try folder.read("last/index/\(index)") == folder.read("data/index/\(index)"), "\(index)")
        }
        // And it goes on where it was.
        try await RunningService.with(data: folder.appending("last")) { [self] service in
            let next = try await save(service, "alpha", rate: 0.125)
            #expect(next == Int64(before[0].count + 1))
        }
        try await Command.git("fsck", "--strict", in: folder.appending("last/graphs.git"))
    }

    /// Whether a backup has a version of the app `alpha`.
    private func holds(_ version: Int64, in backup: String) async throws {
        let log = try await Command.git("log", "--format=%s", "main", in: folder.appending("\(backup)/graphs.git"))
        #expect(log.contains("Save default_alpha version \(version)\n"), "version \(version) in \(backup)")
    }

    private func save(_ service: RunningService, _ app: String, rate: Double) async throws -> Int64 {
        let saved = try await service.request(
            "POST", "/api/v1/apps/default_\(app)/graph", graphJSON("default", app, rate: rate))
        guard saved.status == 200, let version = saved.body["versionId"]?.int else {
            throw EndToEndFailure("save: \(saved)")
        }
        return version
    }

    /// The versions of all apps, without what the cluster says of them.
    private func rows(_ service: RunningService) async throws -> [[JSON]] {
        var all: [[JSON]] = []
        for app in Self.apps {
            let answer = try await service.request("GET", "/api/v1/apps/default_\(app)")
            all.append(
                (answer.body["versions"]?.array ?? []).map { version in
                    var version = version
                    for field in ["status", "lastDeployment", "message"] { version[field] = nil }
                    return version
                })
        }
        return all
    }
}

/// The versions that were answered.
private final class Answered: Sendable {
    private let versions = Mutex<[Int64]>([])

    var count: Int { versions.withLock { $0.count } }
    var newest: Int64 { versions.withLock { $0.max() ?? 0 } }

    func note(_ version: Int64) { versions.withLock { $0.append(version) } }
}
