import Foundation
import JSONValues
import TestSupport
import Testing

/// `rampart maintain`, beside a running service and alone.
@Suite struct MaintainTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func maintain(
        _ arguments: String..., environment: [String: String] = [:]
    ) async throws -> CommandResult {
        try await Command.run(
            RunningService.program, ["maintain", "--data", folder.appending("data")] + arguments,
            environment: environment)
    }

    @Test func packsBesideARunningService() async throws {
        let folder = folder
        try await RunningService.with(data: folder.appending("data")) { [self] service in
            let made = try await service.request("POST", "/api/v1/graphs", graphJSON("default", "demo", rate: 0.5))
            try #require(made.status == 201)
            for number in 1...20 {
                let graph = graphJSON("default", "demo", rate: Double(number) + 0.25)
                #expect(try await service.request("POST", "/api/v1/apps/default_demo/graph", graph).status == 200)
            }
            let done = try await eventually("the service is not at it itself") { () -> CommandResult? in
                let done = try await maintain("--format", "json")
                return done.code == 2 ? nil : done
            }
            #expect(done.code == 0, "\(done)")
            let report = try JSON(parsing: done.output)
            #expect(report.at("looseObjects", "after")?.int == 0)
            #expect(report.at("packs", "after")?.int == 1)
            #expect((report.at("looseObjects", "before")?.int ?? 0) > 60)
            // The service reads and writes on, what is packed now and what is new.
            for version in [1, 10, 21] {
                let old = try await service.request("GET", "/api/v1/apps/default_demo/versions/\(version)/graph")
                #expect(old.status == 200, "version \(version)")
            }
            let saved = try await service.request(
                "POST", "/api/v1/apps/default_demo/graph", graphJSON("default", "demo", rate: 99.5))
            #expect(saved.body["versionId"]?.int == 22)
            let sync = try await service.request("GET", "/api/v1/sync").body
            #expect(["pending", "ok", "running"].contains(sync.at("housekeeping", "state")?.string))
            let clone = try await service.clone(into: folder)
            #expect(try await Command.git("rev-list", "--count", "HEAD", in: clone) == "23")
            try await Command.git("fsck", "--strict", in: service.repository)
        }
        // Nobody serves it any more.
        let text = try await maintain("--full")
        #expect(text.code == 0 && text.output.contains("-> 1"), "\(text)")
    }

    @Test func saysWhatItNeeds() async throws {
        let nothing = try await maintain()
        #expect(nothing.code == 2 && nothing.errors.contains("holds no graphs.git"), "\(nothing)")
        let path = folder.appending("data/graphs.git")
        try await Command.git("init", "--quiet", "--bare", path, in: folder.path)
        let without = try await maintain(environment: ["PATH": folder.path])
        #expect(without.code == 2 && without.errors.contains("install git"), "\(without)")
        let empty = try await maintain()
        #expect(empty.code == 0, "\(empty)")
    }
}
