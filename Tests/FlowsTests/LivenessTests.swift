import AsyncHTTPClient
import Flows
import Foundation
import JSONValues
import Listening
import Logging
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@Suite struct LivenessTests {
    private struct Reply: Equatable {
        let status: Int
        let json: JSON
    }

    private let folder = try! TemporaryFolder()

    private func run(
        _ component: String, _ edges: String, _ environment: [String: String],
        _ body: @Sendable (String) async throws -> Void
    ) async throws {
        try folder.write(edges, to: "\(component)/edges.yaml")
        try folder.write(component + "\n", to: "\(component)/component.yaml")
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let service = try LivenessService(
            folder: folder.appending(component), environment: environment, host: "127.0.0.1", port: 0, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            defer { group.cancelAll() }
            try await body("http://127.0.0.1:\(try await service.started().port)")
        }
    }

    private func get(_ url: String) async throws -> Reply {
        let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(120))
        let body = try await response.body.collect(upTo: 1 << 20)
        return Reply(status: Int(response.status.code), json: try JSON(parsing: body.readableBytesView))
    }

    private static let output =
        "- {name: out, type: VOLUME_FLOW, part: OUTPUT_EDGE}\n- {name: t, type: PULSAR, part: OUTPUT}\n"
    private static let input = "- {name: in, type: VOLUME_FLOW, part: INPUT_EDGE}\n"

    @Test func whoWritesIsSeenByWhoReads() async throws {
        let volume = folder.appending("volume")
        try FileManager.default.createDirectory(atPath: volume, withIntermediateDirectories: true)
        try await run("trainer", Self.output, ["RAMPART_OUTPUT_out": volume]) { writer async throws in
            try await run("board", Self.input, ["RAMPART_INPUT_in": volume]) { reader async throws in
                #expect(try await get("\(reader)/input/in") == Reply(status: 200, json: [["trainer", "out"]]))
                #expect(try await get("\(writer)/output/out") == Reply(status: 200, json: true))
                // What others wrote there does not count unless it is the word.
                try folder.write("bar", to: "volume/.RAMPART/other/x.in")
                try folder.write("foo", to: "volume/.RAMPART/other/y.in")
                try FileManager.default.createSymbolicLink(
                    atPath: "\(volume)/.RAMPART/linked", withDestinationPath: "other")
                #expect(try await get("\(reader)/input/in").json == [["other", "y"], ["trainer", "out"]])
                // A mark that is gone is made again.
                try FileManager.default.removeItem(atPath: "\(volume)/.RAMPART/trainer")
                #expect(try await get("\(reader)/input/in").json == [["other", "y"]])
                #expect(try await get("\(writer)/output/out").json == true)
                #expect(try await get("\(reader)/input/in").json == [["other", "y"], ["trainer", "out"]])
                for path in ["input/out", "output/in", "input/t", "output/t", "input/..", "other/in", "input"] {
                    #expect(try await get("\(writer)/\(path)").status == 404)
                }
            }
        }
    }

    @Test func whatCannotBeWrittenIsNotAlive() async throws {
        try await run("trainer", Self.output, ["RAMPART_OUTPUT_out": folder.appending("gone")]) { writer async throws in
            #expect(try await get("\(writer)/output/out") == Reply(status: 200, json: false))
        }
        try await run("board", Self.input, [:]) { reader async throws in
            #expect(try await get("\(reader)/input/in").status == 503)
        }
    }

    @Test(arguments: [
        "nonsense", "- {name: a}", "- {name: ../x, type: VOLUME, part: OUTPUT}", "{a: 1}",
        "- {name: '', type: VOLUME, part: OUTPUT}", "[",
    ])
    func refusesFilesThatItDoesNotUnderstand(_ edges: String) async throws {
        await #expect(throws: FlowsError.self) { try await run("trainer", edges, [:]) { _ in } }
    }
}
