import Foundation
import JSONValues
import TestSupport
import Testing

/// A gibibyte of zeros in every place that the service reads files from: it takes a megabyte in git, and nobody holds it in
/// memory.
@Suite(.enabled(if: !isSanitized, "a sanitizer takes memory of its own")) struct HugeFileTests {
    private static let places = [
        "apps/default/huge/graph.yaml", "apps/default/huge/draft.yaml", "apps/default/demo/draft.json",
        "apps/default/demo/dashboards/huge.json", "apps/default/demo/README.md", "configs/huge.yaml", "README.md",
    ]

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The most memory that the process ever had, in MiB (`VmHWM` in proc_pid_status(5)).
    private func peak(_ service: RunningService) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(service.processIdentifier)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split(separator: " ").compactMap { Int($0) }.first) >> 10
    }

    /// Commits the zeros at each place, and another rate of the app beside, past the checks of a push.
    private func commit(_ service: RunningService, rate: String) async throws {
        let repository = service.repository
        try await HugeBlob.write(into: repository)
        let graph = try await Command.git(
            "hash-object", "-w", "--stdin", in: repository, input: graphYAML("default", "demo", rate: rate))
        let index = ["GIT_INDEX_FILE": folder.appending("index")]
        try await Command.git("read-tree", "main", in: repository, environment: index)
        for (place, object) in Self.places.map({ ($0, HugeBlob.id) }) + [("apps/default/demo/graph.yaml", graph)] {
            try await Command.git(
                "update-index", "--add", "--cacheinfo", "100644,\(object),\(place)", in: repository, environment: index)
        }
        let tree = try await Command.git("write-tree", in: repository, environment: index)
        let commit = try await Command.git("commit-tree", tree, "-p", "main", "-m", "Huge", in: repository)
        try await Command.git("update-ref", "refs/heads/main", commit, in: repository)
    }

    private func save(_ service: RunningService, rate: Double) async throws -> Answer {
        try await service.request(
            "POST", "/api/v1/apps/default_other/graph", graphJSON("default", "other", rate: rate))
    }

    @Test func aServiceThatMeetsThemStaysSmall() async throws {
        let data = folder.appending("data")
        let before = try await RunningService.with(data: data) { service in
            for app in ["demo", "other"] {
                let made = try await service.request("POST", "/api/v1/graphs", graphJSON("default", app, rate: 0.5))
                #expect(made.status == 201)
            }
            let before = try peak(service)
            try await commit(service, rate: "1.5")
            try await service.resource("default", "demo", "has what came with them") { rate($0) == 1.5 }
            #expect(try await save(service, rate: 1.5).status == 200)
            #expect(try peak(service) < before + 256)
            return before
        }
        // Also where all of it is read from the beginning.
        try FileManager.default.removeItem(atPath: data + "/index")
        try await RunningService.with(data: data) { service in
            try await service.resource("default", "demo", "is there again") { rate($0) == 1.5 }
            #expect(try await save(service, rate: 2.5).status == 200)
            #expect(try peak(service) < before + 256)
        }
    }
}
