import Foundation
import JSONValues
import Sandbox
import TestSupport
import Testing

@testable import Service

/// Each recorded exchange with the service that the UI was written for, against this one.
///
/// With tests of their own: `/api/v1/graph-status/…`, `/api/v1/apps/status/list`, `…/dashboard_urls`,
/// `…/component-links`, `…/flows_service/…`, `…/edge/…`, and what happens to Grafana; left out for good:
/// `/openapi.json` and `/docs` of the other service's framework.
@Suite struct ContractTests {
    @Test(
        arguments: [
            ("01-life-of-an-app", nil),
            ("02-version-against-generation", nil),
            ("03-reads-that-went-stale", nil),
            ("04-reads-that-went-stale-saves", nil),
            ("05-requests-that-fail", nil),
            ("06-requests-that-fail-versions", nil),
            ("07-requests-that-fail-what-the-cluster-refuses", nil),
            ("08-requests-that-fail-routes", "graphs-schema"),
            ("09-cluster-forbidden", nil),
            ("10-cluster-unreachable", nil),
            ("11-phases", nil),
            ("12-shapes-of-graphs", nil),
            ("13-read-only-app", nil),
            // What follows edits the resource beside git; HEAD wins here, which the tests of the sync loop show.
            ("14-changes-beside-the-service", "get-app-applied-deployed"),
            ("15-duplicates", nil),
            ("16-row-numbers", nil),
            ("19-deploy-after-a-failure", "get-app-two-entries"),
        ] as [(String, String?)])
    func answersAsRecorded(_ file: String, until last: String?) async throws {
        let act = try RecordedAct.read(file + ".json")
        var options = Stack.Options()
        options.sandbox.playsController = false
        options.sandbox.createsNamespaces = file.hasPrefix("15") || file.hasPrefix("16")
        options.service.corsOrigins = ["https://ui.example.com"]
        options.hasCluster = !file.hasPrefix("10")
        options.hasGrafana = file.hasPrefix("01")
        try await Stack.run(options) { stack async throws in
            var walk = Walk(act, stack)
            if file.hasPrefix("09") {
                walk.canSettle = false
                stack.sandbox.setFaults([
                    SandboxFault(.failure(code: 403, message: "rampartgraphs is forbidden"), path: "rampartgraphs")
                ])
            }
            if file.hasPrefix("10") { walk.canSettle = false }
            try await walk.run(until: last)
        }
    }

    @Test func namesOnlyExchangesThatExist() throws {
        let folder = try #require(Bundle.module.resourceURL?.appendingPathComponent("Recordings").path)
        var names: Set<String> = []
        for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file.hasSuffix(".json") {
            names.formUnion(try RecordedAct.read(file).steps.map(\.name))
        }
        #expect(Set(Differences.all.keys).subtracting(names).isEmpty)
    }

    /// 460 to 465: one base path, however it is written.
    @Test(arguments: ["rampart", "/rampart/"]) func joinsTheBasePath(_ base: String) async throws {
        var options = Stack.Options()
        options.service.basePath = base
        try await Stack.run(options) { stack async throws in
            #expect(try await stack.get("/rampart/api/v1/apps").status == 200)
            #expect(try await stack.get("/rampart//api/v1/apps").status == 404)
            #expect(try await stack.get("/api/v1/apps").status == 404)
            #expect(try await stack.get("/healthz").status == 200)
            #expect(try await stack.get("/rampart/healthz").status == 200)
        }
    }

    /// 466 and 467: a damaged index file is written again, and nobody is answered from it.
    @Test func doesNotMindDamagedIndexFiles() async throws {
        let folder = try TemporaryFolder()
        try await Stack.run(folder: folder) { stack async throws in
            #expect(try await stack.create("default_first").status == 201)
        }
        try folder.write(#"{"_default": {"1": {"app_id": "defa"#, to: "index/apps.json")
        try await Stack.run(folder: folder) { stack async throws in
            #expect(try await stack.get("/api/v1/apps").json.array?.count == 1)
            #expect(try await stack.create("default_demo").status == 201)
            #expect(try await stack.get("/api/v1/apps").json.array?.count == 2)
        }
    }
}
