import Flows
import Foundation
import JSONValues
import Listening
import Logging
import OpenAPI
import TestSupport
import Testing
import Upstreams

@testable import Service

/// Schemathesis reads the description and asks the service all that it allows, and what it does not: examples, values
/// at the bounds of each schema, random ones, wrong ones, and chains of requests along the links.
@Suite struct SchemathesisTests {
    @Test func findsNothing() async throws {
        let program = URL(fileURLWithPath: python).deletingLastPathComponent().appendingPathComponent("schemathesis")
        try #require(
            FileManager.default.isExecutableFile(atPath: program.path),
            "no \(program.path): run hack/setup --tests")
        let folder = try TemporaryFolder()
        try await Self.fill(folder)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let flows = try FlowsService(root: folder.appending("flows"), host: "127.0.0.1", port: 0, logger: logger)
        let liveness = try LivenessService(
            folder: folder.appending("component"),
            environment: ["RAMPART_OUTPUT_labels": folder.appending("flows/labels")],
            host: "127.0.0.1", port: 0, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await flows.run() }
            group.addTask { try await liveness.run() }
            defer { group.cancelAll() }
            let data = try TemporaryFolder()
            var options = Stack.Options()
            let base = "http://127.0.0.1:\(try await flows.started().port)"
            options.service.basePath = "rampart"
            options.service.repository = data.appending("graphs.git")
            options.service.upstreams = UpstreamAddresses(
                volumes: try AddressTemplate(base), repositories: try AddressTemplate(base),
                liveness: try AddressTemplate("http://127.0.0.1:\(try await liveness.started().port)"))
            options.upstream = UpstreamClient(answerTimeout: .seconds(120))
            try await Stack.run(options, folder: data) { stack async throws in
                try await Self.prepare(stack)
                let result = try await Command.run(
                    program.path,
                    [
                        "--config-file", Self.configuration, "run", "\(stack.url)/rampart/openapi.json", "--checks",
                        "all",
                        "--no-color",
                    ], in: folder.path)
                #expect(result.succeeded, "\(result.output)\(result.errors)")
                let operations = try Self.operations()
                #expect(result.output.contains("Tested: \(operations)"), "all are asked: \(result.output)")
            }
        }
    }

    private static let configuration = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Description/schemathesis.toml").path

    /// How many operations are asked: all but the one that the document itself came from, and those switched off.
    private static func operations() throws -> Int {
        let all = try (Document(basePath: "").json["paths"]?.object ?? [:]).reduce(0) { count, path in
            count + (path.value.object?.keys.count { $0 != "parameters" } ?? 0)
        }
        return all - 4
    }

    /// What the examples of the description name is there.
    private static func prepare(_ stack: Stack) async throws {
        let graph: JSON = [
            "components": [
                "studio": [
                    "type": "generic-service", "chart": ["repo": "rampart-repo", "name": "generic-service"],
                    "outputs": ["labels": ["type": "volume", "flow": "labels"]],
                ]
            ], "flows": ["labels": ["type": "volume"]],
        ]
        let made = try await stack.post("/rampart/api/v1/graphs", Graph.body("vision_labelling", graph))
        try #require(made.status == 201)
        let deployed = try await stack.post(
            "/rampart/api/v1/apps/redeployment/vision_labelling/1",
            ["appId": "vision_labelling", "version": "1", "deployed": true])
        try #require(deployed.status == 200)
        try await eventually { try await stack.get("/rampart/readyz").status == 200 }
    }

    private static func fill(_ folder: TemporaryFolder) async throws {
        try folder.write("alpha\n", to: "flows/labels/notes.txt")
        try folder.write("{\"a\": 1}\n", to: "flows/labels/models/config.json")
        try folder.write("studio\n", to: "component/component.yaml")
        try folder.write("- {name: labels, type: VOLUME, part: OUTPUT}\n", to: "component/edges.yaml")
        let flow = folder.appending("flows/labels")
        try await Command.git("init", "--quiet", "--initial-branch=main", in: flow)
        try await Command.git("add", ".", in: flow)
        try await Command.git("commit", "--quiet", "-m", "first", in: flow)
        try await Command.git("tag", "v1", in: flow)
    }
}
