import Foundation
import JSONValues
import TestSupport
import Testing

private let systemd = "/usr/bin/systemd-analyze"

/// The unit that people install where there is systemd: it is one, and what it denies the service does not need.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: systemd)))
struct SystemdTests {
    private static let unit = CommandTests.root + "/examples/systemd/rampart.service"
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func theUnitIsWhatSystemdTakes() async throws {
        let text = try String(contentsOfFile: Self.unit, encoding: .utf8)
            .replacingOccurrences(of: "/usr/local/bin/rampart", with: RunningService.program)
        let copy = try folder.write(text, to: "rampart.service")
        let verified = try await Command.run(systemd, ["verify", "--man=no", copy])
        let complaints = verified.errors.split(separator: "\n").filter { $0.contains("rampart.service") }
        #expect(complaints == [])
    }

    @Test func theProgramTakesTheOptionsOfTheUnit() async throws {
        let help = try await Command.output(RunningService.program, ["help", "serve"])
        let text = try String(contentsOfFile: Self.unit, encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("ExecStart=") })
        let words = line.split(separator: " ").map(String.init)
        #expect(words.prefix(2) == ["ExecStart=/usr/local/bin/rampart", "serve"])
        for word in words where word.hasPrefix("--") { #expect(help.contains(word), "\(word)") }
    }

    /// The first call that the unit denies would end the process here; where the unit holds it only fails, but what for?
    @Test(.enabled(if: !isSanitized, "a sanitizer makes calls of its own"))
    func theServiceMakesNoCallThatTheUnitDenies() async throws {
        let wrapper = [python, CommandTests.root + "/Tests/unit-filter.py", Self.unit]
        let data = folder.appending("data")
        try await RunningService.with(data: data, through: wrapper) { [folder] service in
            let made = try await service.request("POST", "/api/v1/graphs", graphJSON("default", "demo", rate: 1))
            #expect(made.status == 201)
            let order: JSON = ["appId": "default_demo", "version": "1", "deployed": true]
            #expect(
                try await service.request("POST", "/api/v1/apps/redeployment/default_demo/1", order).status == 200)
            // By HTTP, so that the service starts git and git asks the service.
            try await Command.git("clone", "--quiet", "\(service.origin)/git/graphs.git", "work", in: folder.path)
            try folder.write(
                graphYAML("default", "demo", rate: "2"), to: "work/apps/default/demo/graph.yaml")
            let work = folder.appending("work")
            try await Command.git("commit", "--quiet", "--all", "--message", "Two", in: work)
            try await Command.git("push", "--quiet", "origin", "HEAD:main", in: work)
            try await service.resource("default", "demo", "has what was pushed") { rate($0) == 2 }
            #expect(try await service.request("GET", "/readyz").status == 200)
            #expect(kill(service.processIdentifier, SIGHUP) == 0)
            #expect(try await service.request("GET", "/api/v1/apps").status == 200)
        }
        // Housekeeping: it has git stand back.
        let kept = try await Command.run(
            wrapper[0], Array(wrapper[1...]) + [RunningService.program, "maintain", "--data", data])
        #expect(kept.succeeded, "\(kept)")
        #expect(try await Command.git("count-objects", in: data + "/graphs.git").hasPrefix("0 objects"))
    }
}
