import AsyncHTTPClient
import Forges
import Foundation
import Instruments
import JSONValues
import Kubernetes
import Logging
import NIOCore
import NIOHTTP1
import Sandbox
import Secrets
import TestSupport
import Testing

@testable import Service
@testable import Sync

/// `GET /metrics`: in a form that Prometheus's own program accepts, and each number moves when its thing happens.
@Suite struct MetricsTests {
    @Test func promtoolFindsNothingToSay() async throws {
        var options = Stack.Options()
        options.hasGrafana = true
        let registry = options.service.metrics
        ProcessReadings.register(in: registry)
        try await Stack.run(options) { stack in
            try await stack.create("default_demo")
            try await stack.redeploy("default_demo", 1)
            try await stack.reaches("deployed", "default_demo")
            _ = try await stack.send("GET", "/nothing/here")
            let answer = try await stack.get("/metrics")
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            let result = try await Command.run("promtool", ["check", "metrics"], input: answer.text)
            #expect(result.succeeded && result.output == "" && result.errors == "", "\(result.output)\(result.errors)")
            for name in registry.names {
                #expect(registry.help(name)?.hasSuffix(".") == true, "\(name) has words for people")
            }
        }
    }

    @Test func openMetricsIsForWhoAsksForIt() async throws {
        var options = Stack.Options()
        options.service.basePath = "rampart"
        try await Stack.run(options) { stack in
            let accept = ["Accept": "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;q=0.1"]
            let answer = try await stack.get("/rampart/metrics", headers: accept)
            #expect(answer.headers["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
            #expect(answer.text.hasSuffix("# EOF\n"))
            #expect(answer.text.contains("# TYPE rampart_http_requests counter\n"))
            #expect(try await stack.get("/metrics").text.contains("# TYPE rampart_http_requests_total counter\n"))
        }
    }

    @Test func eachNumberMovesWhenItsThingHappens() async throws {
        try await Stack.run { stack in
            let start = try await stack.metrics()
            #expect(start[#"rampart_apps{state="synced"}"#] == 0)
            #expect(start[#"rampart_ready{part="cluster"}"#] == 1)
            #expect(start[#"rampart_leader{shard=""}"#] == 1)
            #expect(start["rampart_shards"] == 1)

            try await stack.deployed("default_demo")
            try await stack.save("default_demo", Graph.small(2))
            try await stack.counts(#"rampart_commits_total{source="service"}"#, 3)
            try await stack.counts("rampart_commit_to_applied_seconds_count", 1)
            try await stack.counts(#"rampart_apps{state="synced"}"#, 1)
            let then = try await stack.metrics()
            #expect(
                then[#"rampart_http_requests_total{route="/api/v1/graphs",method="POST",status="201"}"#] == 1)
            #expect(
                then[#"rampart_http_requests_total{route="/api/v1/apps/{app_id}/graph",method="POST",status="200"}"#]
                    == 1)
            #expect(
                then[#"rampart_http_request_duration_seconds_count{route="/api/v1/graphs"}"#] == 1)
            #expect((then[#"rampart_kubernetes_requests_total{verb="apply",code="201"}"#] ?? 0) >= 1)
            #expect(then[#"rampart_kubernetes_requests_total{verb="watch",code="200"}"#].map { $0 >= 1 } == true)
            #expect(then["rampart_http_requests_in_flight"] == 0, "probes and metrics are not among them")
            #expect((then["rampart_repository_bytes"] ?? 0) > 1_000 && (then["rampart_data_free_bytes"] ?? 0) > 1_000)
            #expect((then["rampart_head_timestamp_seconds"] ?? 0) > 1_700_000_000)
            #expect((then["rampart_last_successful_sync_timestamp_seconds"] ?? 0) > 1_700_000_000)

            _ = try await stack.client.mergePatch(
                .init(group: "rampart.petuum.com", version: "v1beta2", plural: "rampartgraphs", kind: "RampartGraph"),
                namespace: "default", name: "demo", body: ["spec": ["deploy": false]])
            try await stack.counts(#"rampart_drift_healed_total{target="kubernetes"}"#, atLeast: 1)
            try await stack.counts(#"rampart_sync_passes_total{result="healed"}"#, atLeast: 1)

            // By git, with a graph that the API server refuses, then one that does not check.
            await stack.sandbox.refuse { _ in "not today" }
            let work = stack.folder.appending("work")
            try await Command.git("clone", "--quiet", stack.folder.appending("graphs.git"), work, in: stack.folder.path)
            try await Command.git("mv", "-f", "draft.yaml", "graph.yaml", in: work + "/apps/default/demo")
            try await Command.git("commit", "--quiet", "-am", "Promote", in: work)
            try await Command.git("push", "--quiet", in: work)
            try await stack.counts(#"rampart_apps{state="failed"}"#, 1)
            try await stack.counts(#"rampart_commits_total{source="git"}"#, 1)
            try await stack.counts(#"rampart_fold_seconds_count{kind="new"}"#, 1)
            await stack.sandbox.refuse(nil)
            try await stack.counts(#"rampart_apps{state="failed"}"#, 0)
            try stack.folder.write("a: [", to: "work/apps/default/demo/graph.yaml")
            try await Command.git("commit", "--quiet", "-am", "Break", in: work)
            try await Command.git("push", "--quiet", in: work)
            try await stack.counts(#"rampart_apps{state="invalid"}"#, 1)
        }
    }

    /// Each part of all apps has a leader of its own.
    @Test func theShardOfTheLeaderIsNamed() async throws {
        try await Stack.run { stack in
            for leads in [false, true] {
                await stack.engine.update {
                    $0.report.replica = Replica(identity: "a", leader: "a", leads: leads, shard: Shard("2/3"))
                }
                let metrics = try await stack.metrics()
                #expect(metrics[#"rampart_leader{shard="2/3"}"#] == (leads ? 1 : 0))
                #expect(metrics["rampart_shards"] == 3)
                #expect(metrics.keys.count { $0.hasPrefix("rampart_leader") } == 1)
            }
        }
    }

    /// A right that is missing is for who runs the service, what a webhook refuses for who runs the app.
    @Test func whatIsDeniedIsNotWhatIsRefused() async throws {
        try await Stack.run { stack in
            try await stack.create("default_demo")
            await stack.sandbox.refuse(code: 403) { _ in "no User \"ada\" cannot have this" }
            let refused = try await stack.redeploy("default_demo", 1)
            #expect(refused.status == 422, "\(refused.text)")
            let before = try await stack.metrics()
            #expect((before[#"rampart_kubernetes_requests_total{verb="apply",code="403"}"#] ?? 0) >= 1)
            #expect(!before.keys.contains { $0.hasPrefix("rampart_kubernetes_denials_total{verb=\"apply\"") })
            await stack.sandbox.refuse(nil)
            let message =
                "rampartgraphs.rampart.petuum.com \"demo\" is forbidden: User \"rampart\" cannot patch resource "
                + "\"rampartgraphs\" in API group \"rampart.petuum.com\" in the namespace \"default\""
            stack.sandbox.setFaults([SandboxFault(.failure(code: 403, message: message), method: "PATCH")])
            _ = try await stack.redeploy("default_demo", 1)
            try await stack.counts(
                #"rampart_kubernetes_denials_total{verb="apply",resource="rampartgraphs.rampart.petuum.com",code="403"}"#,
                atLeast: 1)
        }
    }

    @Test func heldDeletionsAreCounted() async throws {
        try await Stack.run { stack in
            for name in ["a", "b", "c"] {
                try await stack.deployed("default_\(name)")
            }
            let work = stack.folder.appending("work")
            try await Command.git("clone", "--quiet", stack.folder.appending("graphs.git"), work, in: stack.folder.path)
            try await Command.git("rm", "-r", "--quiet", "apps", in: work)
            try await Command.git("commit", "--quiet", "-m", "Oops", in: work)
            try await Command.git("push", "--quiet", in: work)
            try await stack.counts("rampart_held_prune", 3)
            _ = try await stack.send("POST", "/api/v1/sync/confirm")
            try await stack.counts("rampart_held_prune", 0)
            try await stack.counts(#"rampart_sync_passes_total{result="pruned"}"#, atLeast: 3)
            try await stack.counts("rampart_commit_to_applied_seconds_count", 6)
        }
    }

    @Test func webhooksThatAreTurnedAwayAreCounted() async throws {
        let folder = try TemporaryFolder()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var options = Stack.Options()
        options.hasCluster = false
        options.service.webhooks.secrets = [
            .generic: [SecretFile(try folder.write("good secret\n", to: "secret"), logger: logger)]
        ]
        try await Stack.run(options) { stack in
            func send(_ source: String, _ headers: [String: String]) async throws {
                _ = try await stack.send("POST", "/api/v1/webhooks/\(source)", body: Array("{}".utf8), headers: headers)
            }
            #expect(
                try await stack.metrics()[
                    #"rampart_webhook_refusals_total{forge="generic",reason="signature_wrong"}"#] == 0)
            try await send("generic", ["Authorization": "Bearer bad secret"])
            try await send("generic", [:])
            try await send("github", [:])
            try await send("generic", ["Authorization": "Bearer good secret"])
            let metrics = try await stack.metrics()
            #expect(metrics[#"rampart_webhook_refusals_total{forge="generic",reason="signature_wrong"}"#] == 1)
            #expect(metrics[#"rampart_webhook_refusals_total{forge="generic",reason="signature_missing"}"#] == 1)
            #expect(metrics[#"rampart_webhook_refusals_total{forge="github",reason="webhook_not_configured"}"#] == 1)
            #expect(metrics[#"rampart_webhook_deliveries_total{forge="generic",decision="fetching"}"#] == 1)
            #expect(
                metrics[
                    #"rampart_http_requests_total{route="/api/v1/webhooks/{source}",method="POST",status="403"}"#]
                    == 1)
            #expect(metrics[#"rampart_ready{part="cluster"}"#] == 0)
            let tries = try await eventually("the API server is asked in vain") { () -> Double? in
                try await stack.metrics()[#"rampart_kubernetes_requests_total{verb="list",code="unreachable"}"#]
            }
            #expect(tries > 0)
        }
    }

    @Test func grafanaIsMeasured() async throws {
        var options = Stack.Options()
        options.hasGrafana = true
        try await Stack.run(options) { stack in
            try await stack.create("default_demo")
            try await stack.redeploy("default_demo", 1)
            try await stack.counts(#"rampart_dashboard_apps{state="synced"}"#, 1)
            try await stack.counts(#"rampart_dashboard_writes_total{action="created"}"#, atLeast: 1)
            let metrics = try await stack.metrics()
            #expect((metrics[#"rampart_grafana_requests_total{code="200"}"#] ?? 0) > 1)
            #expect((metrics["rampart_grafana_request_duration_seconds_count"] ?? 0) > 1)
            #expect((metrics[#"rampart_prometheus_requests_total{code="200"}"#] ?? 0) >= 1)
            #expect(metrics[#"rampart_ready{part="grafana"}"#] == 1)
        }
    }

    /// Who asks for any path, with any method, makes no new series but those of routes that there are.
    @Test func randomPathsMakeNoSeries() async throws {
        try await Stack.run { stack in
            for path in ["/", "/api/v1/apps/default_none", "/api/v1/apps/default_none/versions"] {
                _ = try await stack.get(path)
            }
            _ = try await stack.metrics()
            let before = try await stack.metrics().count
            for _ in 0..<200 {
                let word = String(UInt64.random(in: 0 ... .max), radix: 36)
                for path in [
                    "/\(word)", "/api/v1/\(word)", "/api/v1/apps/default_\(word)", "/api/v1/apps/\(word)/versions",
                ] { _ = try await stack.plain("GET", path) }
                // Turned away before it gets anywhere, where the server knows no such method at all.
                _ = try? await stack.plain(word.uppercased(), "/\(word)")
            }
            let after = try await stack.metrics()
            #expect(after.count <= before + 3, "a few of the loops beside it may be new")
            let none = #"rampart_http_requests_total{route="none",method="GET",status="404"}"#
            #expect((after[none] ?? 0) >= 400)
            #expect(!after.keys.contains { $0.contains("default_") })
        }
    }

    @Test func theyAreForWhoMayReadThem() async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options()) { stack in
            let stranger = try await stack.get("/metrics")
            let viewer = try await stack.get("/metrics", headers: Guarded.bearer("viewer"))
            let scraper = try await stack.get("/metrics", headers: Guarded.bearer("scraper"))
            #expect(stranger.status == 401)
            #expect(viewer.status == 403)
            #expect(scraper.status == 200)
        }
    }

    /// Each case of ``Endpoint`` has a template of its own, which is a path of the service.
    @Test(arguments: EndpointKind.allCases) func theRouteIsThatOfTheEndpoint(_ kind: EndpointKind) throws {
        let path = String(kind.path.prefix { $0 != "?" })
        let route = try #require(Paths(basePath: "").endpoint(path)).route
        let pattern = route.rawValue.replacing(/\{\w+\}/) { $0.output == "{path}" ? ".+" : "[^/]+" }
        #expect(try Regex("^\(pattern)$").wholeMatch(in: path) != nil, "\(route.rawValue) for \(path)")
    }
}

extension Stack {
    /// The numbers of `/metrics` by their names with labels.
    func metrics() async throws -> [String: Double] {
        let text = try await get("/metrics").text
        var numbers: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " ") else { continue }
            numbers[String(line[..<space])] = Double(line[line.index(after: space)...])
        }
        return numbers
    }

    /// Waits until a metric stands at some number.
    func counts(_ name: String, _ value: Double) async throws {
        try await eventually("\(name) is \(value)") { try await metrics()[name] == value }
    }

    /// Waits until a counter stands at some number, or higher.
    func counts(_ name: String, atLeast value: Double) async throws {
        try await eventually("\(name) is at least \(value)") { try await metrics()[name].map { $0 >= value } ?? false }
    }

    /// Makes an app and deploys it, after the loop listens: what is there when it begins has no arrival.
    func deployed(_ id: String) async throws {
        try await create(id)
        try await eventually("the loop listens") { engine.report.head != nil }
        try await redeploy(id, 1)
        try await reaches("deployed", id)
    }

    /// Sends a request whose answer is not compared with the description.
    func plain(_ method: String, _ path: String) async throws -> Int {
        var request = HTTPClientRequest(url: url + path)
        request.method = .init(rawValue: method)
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        _ = try await response.body.collect(upTo: 1 << 20)
        return Int(response.status.code)
    }
}
