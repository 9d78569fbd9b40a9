import Flows
import Foundation
import Hummingbird
import JSONValues
import Listening
import Logging
import Sync
import TestSupport
import Testing
import Upstreams

@testable import Service

/// The recorded exchanges about flows and edges, with this project's own services beside the flows.
@Suite struct FlowsContractTests {
    /// What is right instead of the recorded answer, by the step's name: status, and what of the body is compared.
    static let differences: [String: (status: Int, why: String)] = [
        "flow-directory-missing": (404, "a missing folder is not found"),
        "flow-directory-unknown-flow": (404, "a missing flow is not found"),
        "flow-file-is-directory": (400, "a folder is no file"),
        "flow-file-range": (206, "ranges are passed on"),
        "repo-metadata-unknown": (404, "a missing repository is not found"),
        "repo-directory-no-branch": (200, "without a branch it is the default branch"),
        "repo-directory-empty-branch": (200, "the same"),
        "repo-directory-bad-branch": (404, "a missing branch is not found"),
        "repo-file-bad-path": (404, "a missing file is not found"),
        "repo-file-no-branch": (200, "without a branch it is the default branch"),
        "repo-file-bare": (200, "bare clones are read"),
        "flow-directory-service-down": (502, "the service cannot be reached"),
        "repo-metadata-service-down": (502, "the service cannot be reached"),
        "flow-directory-service-slow": (504, "the service is silent"),
        "flow-directory-service-204": (502, "no answer in JSON"),
        "edge-input-unknown-edge": (404, "an unknown edge is not found"),
        "edge-output-unknown-edge": (404, "an unknown edge is not found"),
        "edge-input-service-down": (502, "the service cannot be reached"),
        "edge-output-service-503": (502, "another answer than the edge's state"),
        "edge-output-service-404": (404, "an unknown edge is not found"),
        "edge-output-service-204": (502, "no answer in JSON"),
    ]

    @Test func answersAsRecorded() async throws {
        let act = try RecordedAct.read("21-flows.json")
        let folder = try TemporaryFolder()
        try await Self.fill(folder)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let flows = try FlowsService(root: folder.appending("flows"), host: "127.0.0.1", port: 0, logger: logger)
        let liveness = try LivenessService(
            folder: folder.appending("component"),
            environment: [
                "RAMPART_INPUT_input_volume_0": folder.appending("flows/data"),
                "RAMPART_OUTPUT_output_volume_0": folder.appending("flows/data"),
            ], host: "127.0.0.1", port: 0, logger: logger)
        let odd = PlainServer { _ in Response(status: .noContent) }
        try await odd.run { oddly in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await flows.run() }
                group.addTask { try await liveness.run() }
                defer { group.cancelAll() }
                let places = Places(
                    flows: "http://127.0.0.1:\(try await flows.started().port)",
                    liveness: "http://127.0.0.1:\(try await liveness.started().port)", odd: oddly)
                try await Self.walk(act, places, odd)
            }
        }
    }

    private struct Places {
        let flows: String
        let liveness: String
        let odd: String
        let down = "http://127.0.0.1:1"

        /// Which service a step meets.
        func upstreams(_ step: String) throws -> UpstreamAddresses {
            let base = step.hasSuffix("-service-down") ? down : step.contains("-service-") ? odd : nil
            return try UpstreamAddresses(
                volumes: AddressTemplate(base ?? flows), repositories: AddressTemplate(base ?? flows),
                liveness: AddressTemplate(base ?? liveness))
        }
    }

    private static func walk(_ act: RecordedAct, _ places: Places, _ odd: PlainServer) async throws {
        // The service keeps its data; only where the services beside apps are changes from one step to the next.
        let folder = try TemporaryFolder()
        var rest = act.steps[...]
        while let first = rest.first {
            let kind = Self.kind(first.name)
            let together = rest.prefix { Self.kind($0.name) == kind }
            rest = rest.dropFirst(together.count)
            var options = Stack.Options()
            options.service.upstreams = try places.upstreams(first.name)
            options.upstream = UpstreamClient(answerTimeout: kind == "slow" ? .milliseconds(50) : .seconds(120))
            odd.handle { _ in
                switch kind {
                case "slow": try await Task.sleep(for: .seconds(600))
                case "404": return Response(status: .notFound, [("detail", "x")])
                case "503": return Response(status: .serviceUnavailable, [("detail", "x")])
                default: break
                }
                return Response(status: .noContent)
            }
            try await Stack.run(options, folder: folder) { stack async throws in
                for step in together { try await check(step, stack) }
            }
        }
    }

    private static func kind(_ name: String) -> String {
        ["down", "slow", "404", "204", "503"].first { name.hasSuffix("-service-\($0)") } ?? ""
    }

    /// What was made before some steps and not recorded.
    private static func prepare(_ step: RecordedStep, _ stack: Stack) async throws {
        guard step.name == "edge-input-underscore-component" else { return }
        let graph: JSON = [
            "components": ["my_comp": [:], "placed": ["namespace": "special-ns"]], "flows": [:],
        ]
        #expect(try await stack.create("default_edgy", graph: graph.withCharts).status == 201)
        #expect(try await stack.redeploy("default_edgy", 1).status == 200)
    }

    private static func check(_ step: RecordedStep, _ stack: Stack) async throws {
        try await prepare(step, stack)
        let answer = try await stack.send(step.method, step.path, body: step.sent, headers: step.sentHeaders)
        let difference = differences[step.name]
        let place: Comment = "\(step.number) \(step.name) \(difference?.why ?? "")\n\(answer.status) \(answer.text)"
        #expect(answer.status == difference?.status ?? step.status, place)
        if step.name == "deploy-for-edges" {
            try await eventually { stack.engine.current.observed.count == 1 }
        } else if difference != nil {
            #expect(answer.status < 400 || answer.json["message"] != nil || answer.json["detail"] != nil, place)
        } else if answer.status == 404, step.answered["state"] != nil {
            #expect(answer.json["state"] == step.answered["state"], place)
        } else if answer.status >= 400 {
            #expect(answer.json["detail"] == step.answered["detail"], place)
        } else if step.path.contains("file?") {
            let expected = step.answered["base64"]?.string.flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }
            let text = step.answered.string ?? step.answered.text()
            #expect(answer.bytes == expected ?? Array(text.utf8) || answer.json == step.answered, place)
        } else {
            #expect(sorted(answer.json) == sorted(step.answered.withCharts), place)
        }
        if step.status == 200, answer.status == 200, step.path.contains("/file?") {
            #expect(answer.headers["content-type"] == step.answeredHeaders["content-type"], place)
            #expect(answer.headers["content-length"] == step.answeredHeaders["content-length"], place)
        }
    }

    /// A folder's entries came in no order then.
    private static func sorted(_ json: JSON) -> JSON {
        guard let contents = json["contents"]?.array else { return json }
        var result = json
        result["contents"] = .array(
            contents.sorted { ($0["name"]?.string ?? "") < ($1["name"]?.string ?? "") }.map {
                ["path": $0["path"] ?? .null, "name": $0["name"] ?? .null, "type": $0["type"] ?? .null]
            })
        return result
    }

    /// The flows as they were when the exchanges were recorded.
    private static func fill(_ folder: TemporaryFolder) async throws {
        try folder.write("alpha\nbeta\n", to: "flows/data/notes.txt")
        try folder.write("", to: "flows/data/empty.txt")
        try folder.write("{\"a\": 1}\n", to: "flows/data/models/config.json")
        try folder.write("", to: "flows/data/models/v1/weights.bin")
        try Data([0, 1, 2, 255]).write(to: URL(fileURLWithPath: folder.appending("flows/data/models/v1/weights.bin")))
        try folder.write("x\n", to: "flows/data/with space/ü.txt")
        try folder.write("trainer\n", to: "component/component.yaml")
        try folder.write(
            """
            - {name: input_volume_0, type: VOLUME, part: INPUT}
            - {name: output_volume_0, type: VOLUME, part: OUTPUT}
            """, to: "component/edges.yaml")
        let code = folder.appending("flows/code")
        try folder.write("# Code\n", to: "flows/code/README.md")
        try folder.write("print(\"hello\")\n", to: "flows/code/src/train.py")
        try await Command.git("init", "--quiet", "--initial-branch=main", in: code)
        try await Command.git("add", ".", in: code)
        try await Command.git("commit", "--quiet", "-m", "first", in: code)
        try await Command.git("tag", "v1", in: code)
        try await Command.git("checkout", "--quiet", "-b", "dev", in: code)
        try folder.write("print(\"dev\")\n", to: "flows/code/src/train.py")
        try await Command.git("commit", "--quiet", "-am", "dev", in: code)
        try await Command.git("checkout", "--quiet", "main", in: code)
        try await Command.git("clone", "--quiet", "--bare", "code", "bare/bare_clone", in: folder.appending("flows"))
    }
}

extension Response {
    fileprivate init(status: HTTPResponse.Status, _ members: [(String, JSON)]) {
        let json = JSON.object(members.reduce(into: JSONObject()) { $0[$1.0] = $1.1 })
        self.init(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: .init(bytes: json.bytes())))
    }
}
