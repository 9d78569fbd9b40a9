import Foundation
import JSONValues
import Sandbox
import TestSupport
import Testing

@testable import Service

/// The recorded acts about settings: a service is started for each of them.
@Suite struct SettingsContractTests {
    static let files = ["17-settings-base-path", "18-damaged-file", "24-settings-dashboard-address"]

    private static func options(_ change: (inout Stack.Options) -> Void) -> Stack.Options {
        var options = Stack.Options()
        options.sandbox.playsController = false
        change(&options)
        return options
    }

    /// Walks some steps of an act.
    private static func walk(_ act: RecordedAct, _ stack: Stack, _ isMeant: (RecordedStep) -> Bool) async throws {
        var walk = Walk(act, stack)
        for step in act.steps where isMeant(step) {
            walk.step = step
            try await walk.request()
        }
    }

    /// 460 to 465: one base path, however it is written.
    @Test(arguments: [("base-path-plain", "rampart"), ("base-path-slashes", "/rampart/")])
    func joinsTheBasePath(_ prefix: String, _ base: String) async throws {
        let act = try RecordedAct.read("17-settings-base-path.json")
        #expect(act.steps.allSatisfy { $0.name.hasPrefix("base-path-plain") || $0.name.hasPrefix("base-path-slashes") })
        try await Stack.run(Self.options { $0.service.basePath = base }) { stack async throws in
            let graph: JSON = ["components": ["web": ["type": "generic-service", "config": ["x": 1]]], "flows": [:]]
            let body = Graph.body("default_demo", graph.withCharts)
            #expect(try await stack.post("/rampart/api/v1/graphs", body).status == 201)
            let deploy: JSON = ["appId": "default_demo", "version": "1", "deployed": true]
            #expect(try await stack.post("/rampart/api/v1/apps/redeployment/default_demo/1", deploy).status == 200)
            try await Self.walk(act, stack) { $0.name.hasPrefix(prefix) }
            #expect(try await stack.get("/healthz").status == 200)
            #expect(try await stack.get("/rampart/healthz").status == 200)
        }
    }

    /// 466 and 467: a damaged index file is written again, and nobody is answered from it.
    @Test func doesNotMindDamagedIndexFiles() async throws {
        let act = try RecordedAct.read("18-damaged-file.json")
        let folder = try TemporaryFolder()
        try await Stack.run(folder: folder) { stack async throws in
            #expect(try await stack.create("default_first").status == 201)
        }
        try folder.write(#"{"_default": {"1": {"app_id": "defa"#, to: "index/apps.json")
        try await Stack.run(Self.options { _ in }, folder: folder) { stack async throws in
            try await Self.walk(act, stack) { _ in true }
            #expect(try await stack.get("/api/v1/apps").json.array?.count == 2)
        }
    }

    /// 451 to 459: `--dashboard-url` made of what `DASHBOARD_HOSTNAME`, `DASHBOARD_PORT` and `DASHBOARD_PATH` said.
    @Test func leadsToTheDashboard() async throws {
        let act = try RecordedAct.read("24-settings-dashboard-address.json")
        let folder = try TemporaryFolder()
        for step in act.steps {
            let note = step.json["note"]?.string ?? ""
            let address = try Self.address(note)
            try await Stack.run(Self.options { $0.service.dashboardURL = address }, folder: folder) {
                stack async throws in
                try await Self.walk(act, stack) { $0.name == step.name }
            }
        }
    }

    /// The address that a note such as `DASHBOARD_*: {"HOSTNAME": "d.example.com"}` tells of.
    private static func address(_ note: String) throws -> String {
        guard let start = note.firstIndex(of: "{") else { return "" }
        let variables = try JSON(parsing: Array(note[start...].utf8))
        let path = variables["PATH"]?.string.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 } ?? ""
        guard let host = variables["HOSTNAME"]?.string else { return path }
        return "http://\(host)\(variables["PORT"]?.string.map { ":\($0)" } ?? "")\(path)"
    }
}
