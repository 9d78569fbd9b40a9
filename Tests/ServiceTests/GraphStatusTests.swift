import Apps
import Foundation
import Gzip
import Health
import JSONValues
import Kubernetes
import Logging
import Pulsar
import PulsarDouble
import Sandbox
import Sync
import TestSupport
import Testing

@testable import Service

/// The state of components, flows and the whole, as the recorded exchanges 024 to 101 and 264 to 271 have it.
@Suite struct GraphStatusTests {
    private static let zoo: JSON = [
        "components": [
            "my_service": ["type": "generic-service"], "uploader": ["type": "batch-uploader"],
            "executor": ["type": "batch-executor"], "tracker": ["type": "experiment-manager"],
            "other": ["type": "ray-job"], "untyped": [:],
            "placed": ["type": "symphony", "namespace": "special-ns"],
        ],
        "flows": [
            "vol_one": ["type": "volume"], "stream": ["type": "pulsar"], "repo": ["type": "repository"],
            "repo2": ["type": "repository", "namespace": "code"], "odd": ["type": "carrier-pigeon"],
        ],
    ]

    @Test func partsAreNamedAsTheClusterHasThem() throws {
        let parts = GraphParts(Self.zoo, of: try #require(AppID("default_zoo")))
        #expect(
            parts.components.map { "\($0.title) \($0.page) \($0.namespace)" } == [
                "executor workloads default-zoo-executor", "my-service deployment default-zoo-my-service",
                "other workloads default-zoo-other", "placed workloads special-ns",
                "tracker workloads default-zoo-tracker", "untyped workloads default-zoo-untyped",
                "uploader deployment default-zoo-uploader",
            ])
        #expect(parts.flows.map(\.title) == ["odd", "repo", "repo2", "stream", "vol-one"])
        #expect(parts.flows[1].kind == .repository("default-zoo-repo"))
        #expect(parts.flows[2].kind == .repository("code"))
        #expect(parts.flows[3].kind == .pulsar("default-zoo-stream"))
    }

    @Test func ofAnAppThatIsOnlySaved() async throws {
        try await Stack.run(Stack.Options()) { stack async throws in
            #expect(try await stack.create("default_demo").status == 201)
            #expect(try await stack.get("/api/v1/graph-status/default_demo").json == [])
            #expect(
                try await stack.get("/api/v1/apps/status/list").json == [
                    ["id": "default_demo", "name": "demo", "appId": "default_demo", "status": "undeployed"]
                ])
            let unknown = try await stack.get("/api/v1/graph-status/default_nope")
            #expect(unknown.status == 404)
            #expect(unknown.json["state"] == "graph_not_found")
        }
    }

    /// What a status says on the way from Deploying to Deleting, with releases that Helm has not made, has made, and
    /// of which one has failed.
    @Test func followsTheResourceAndTheReleases() async throws {
        try await Stack.run(Stack.Options()) { stack async throws in
            let graph: JSON = [
                "apiVersion": "rampart.petuum.com/v1beta2", "kind": "RampartGraph",
                "metadata": ["name": "demo", "namespace": "default"],
                "spec": [
                    "graph": [
                        "components": ["board": Self.component("tensorboard"), "trainer": Self.component("ray-job")],
                        "flows": ["data": ["type": "volume", "config": ["size": "1Gi"]]],
                    ]
                ],
            ]
            let json = ["Content-Type": "application/json"]
            _ = try await stack.send("POST", "/api/v1/graphs", body: graph.bytes(), headers: json)
            let deploy: JSON = ["appId": "default_demo", "version": "1", "deployed": true]
            let path = "/api/v1/apps/redeployment/default_demo/1"
            #expect(try await stack.send("POST", path, body: deploy.bytes(), headers: json).status == 200)
            func status() async throws -> JSON {
                try await stack.get("/api/v1/graph-status/default_demo").json[0] ?? .null
            }

            try await eventually("deployed, but no release is known to Helm") {
                let status = try await status()
                return status["status"] == "deployment_error" && status["progress"]?.double == 0
            }
            let before = try await status()
            #expect(before["nodes"]?[0]?["status"] == "not_found")
            #expect(
                before["nodes"]?[0]?["k8sUrl"]
                    == "https://dash.example.com/k8s/#/deployment?namespace=default-demo-board")
            #expect(before["deployed"] == true)
            #expect(before["version"] == "1")

            for namespace in ["default-demo-board", "default-demo-trainer", "default-demo-rampart-flows-volume"] {
                try await stack.install(in: namespace, status: "deployed")
            }
            try await eventually("well") { try await status()["status"] == "deployed" }
            let well = try await status()
            #expect(well["progress"]?.double == 1)
            #expect(well["flows"] == [["flowTitle": "data", "status": "normal"]])
            #expect(well["nodes"]?[1]?["message"] == "Install complete")
            #expect(try await stack.get("/api/v1/apps/status/list").json[0]?["status"] == "deployed")

            try await stack.install(in: "default-demo-board", status: "failed", revision: 2)
            try await eventually("one failed") {
                try await stack.get("/api/v1/apps/status/list").json[0]?["status"] == "deployment_error"
            }
            #expect(try await status()["progress"]?.double == 0.67)
            #expect(try await status()["nodes"]?[0]?["message"] == "Release \"component\" failed")

            // In Helm's own words, where the Secret has any.
            try await stack.install(
                in: "default-demo-board", status: "failed", revision: 3, says: "timed out waiting for the condition")
            try await eventually("what Helm says") {
                try await status()["nodes"]?[0]?["message"] == "timed out waiting for the condition"
            }
            try await stack.install(
                in: "default-demo-board", status: "pending-upgrade", revision: 4, says: "Preparing upgrade")
            try await eventually("pending") { try await status()["nodes"]?[0]?["status"] == "deploying" }
            #expect(try await status()["nodes"]?[0]?["message"] == "Preparing upgrade")
            // What is well says so without its Secret being read.
            let reads = stack.sandbox.requests.filter { $0.path.contains("/secrets/") }
            #expect(reads.allSatisfy { $0.path.contains("default-demo-board") })

            let undeploy: JSON = ["appId": "default_demo", "version": "1", "deployed": false]
            #expect(try await stack.send("POST", path, body: undeploy.bytes(), headers: json).status == 200)
            try await eventually("undeployed") {
                let status = try await status()
                return status["status"] == "undeployed" && status["deployed"] == false
            }
        }
    }

    /// How many apps there are makes no difference to whom is asked: nobody. (`hack/bench rest` measures the time.)
    @Test func theListAsksNobody() async throws {
        var options = Stack.Options()
        options.sandbox.playsHelm = true
        try await Stack.run(options) { stack async throws in
            let work = stack.folder.appending("work")
            try await Command.git("clone", "--quiet", "graphs.git", "work", in: stack.folder.path)
            for number in 0..<60 {
                let graph = Graph.body(
                    "team_app-\(number)", ["components": ["web": Self.component("ray-job")], "flows": [:]])
                try stack.folder.write(graph.text(), to: "work/apps/team/app-\(number)/graph.json")
            }
            try await Command.git("add", ".", in: work)
            try await Command.git("commit", "--quiet", "-m", "Many", in: work)
            try await Command.git("push", "--quiet", "origin", "HEAD:main", in: work)
            func words() async throws -> [String] {
                try await stack.get("/api/v1/apps/status/list").json.array?.compactMap { $0["status"]?.string } ?? []
            }
            try await eventually(within: .seconds(120), "all run") {
                let words = try await words()
                return words.count == 60 && words.allSatisfy { $0 == "deployed" }
            }
            stack.sandbox.clearRequests()
            for _ in 0..<5 { #expect(try await words().count == 60) }
            let asked = stack.sandbox.requests
            #expect(asked.count < 5, "\(asked.map { "\($0.method) \($0.path)" })")
        }
    }

    /// What a first look at the sandbox shows: releases come and go with the graph.
    @Test func theSandboxPlaysHelm() async throws {
        var options = Stack.Options()
        options.sandbox.playsHelm = true
        try await Stack.run(options) { stack async throws in
            #expect(try await stack.create("default_demo").status == 201)
            let path = "/api/v1/apps/redeployment/default_demo/1"
            _ = try await stack.post(
                path, ["appId": "default_demo", "version": "1", "deployed": true], headers: Self.json)
            try await eventually("deployed") {
                let status = try await stack.get("/api/v1/graph-status/default_demo").json[0]
                return status?["status"] == "deployed" && status?["progress"]?.double == 1
            }
            _ = try await stack.post(
                path, ["appId": "default_demo", "version": "1", "deployed": false], headers: Self.json)
            try await eventually("undeployed") {
                let status = try await stack.get("/api/v1/graph-status/default_demo").json[0]
                return status?["status"] == "undeployed" && status?["nodes"]?[0]?["status"] == "not_found"
            }
        }
    }

    /// A pulsar flow, with a broker that is well, with one that withholds messages, and without any.
    @Test func aPulsarFlowIsNormalWhileMessagesComeBack() async throws {
        let graph: JSON = [
            "components": ["web": Self.component("generic-service")],
            "flows": ["my_events": ["type": "pulsar"]],
        ]
        @Sendable func flow(_ stack: Stack) async throws -> JSON {
            try await stack.get("/api/v1/graph-status/default_demo").json[0]?["flows"]?[0] ?? .null
        }
        try await BrokerDouble.run { broker in
            var check = PulsarCheck.Options()
            check.lifetime = .zero
            check.timeout = .milliseconds(500)
            var options = Stack.Options()
            let client = try PulsarClient(PulsarClientOptions(address: BrokerAddress(broker.url)))
            options.pulsar = PulsarCheck(client: client, namespace: .usual, options: check)
            try await Stack.run(options) { stack async throws in
                #expect(try await stack.create("default_demo", graph: graph).status == 201)
                try await stack.redeploy("default_demo", 1)
                try await eventually("normal") {
                    try await flow(stack) == ["flowTitle": "my-events", "status": "normal"]
                }
                var faults = BrokerDouble.Faults()
                faults.withholdsMessages = true
                broker.set(faults)
                // On a slow machine another step may be the one that takes too long.
                let account = "through persistent://public/default/default_demo_my_events_healthcheck within"
                try await eventually("an error") {
                    let flow = try await flow(stack)
                    return flow["status"] == "error" && flow["message"]?.string?.contains(account) == true
                }
            }
            client.shutdown()
        }
        try await Stack.run { stack async throws in
            try await stack.create("default_demo", graph: graph)
            try await stack.redeploy("default_demo", 1)
            let flow = try await flow(stack)
            #expect(flow["status"] == "unknown")
            #expect(flow["message"]?.string?.contains("--pulsar-url") == true)
        }
    }

    private static let json = ["Content-Type": "application/json"]

    private static func component(_ type: String) -> JSON {
        ["type": .string(type), "chart": ["repo": "charts", "name": .string(type)], "config": [:]]
    }
}

extension Stack {
    /// Makes the Secret in which Helm keeps a revision of a release.
    ///
    /// - Parameter says: Helm's own words about it, in the Secret's data; nil leaves the data out.
    func install(in namespace: String, status: String, revision: Int = 1, says: String? = nil) async throws {
        var data: JSON = [:]
        if let says {
            let release: JSON = [
                "name": "component", "info": ["status": .string(status), "description": .string(says)],
            ]
            let packed = try Gzip.pack(release.bytes())
            data["release"] = .string(Data(Data(packed).base64EncodedString().utf8).base64EncodedString())
        }
        _ = try await client.create(
            .secrets, namespace: namespace,
            body: [
                "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
                "metadata": [
                    "name": .string("sh.helm.release.v1.component.v\(revision)"), "namespace": .string(namespace),
                    "labels": [
                        "owner": "helm", "name": "component", "status": .string(status),
                        "version": .string(String(revision)),
                    ],
                ], "data": data,
            ])
    }
}
