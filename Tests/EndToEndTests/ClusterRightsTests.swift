import Foundation
import JSONValues
import Sandbox
import TestSupport
import Testing

/// The rights that the manifests give are those that the service uses: each that it asks for, and no other.
@Suite struct ClusterRightsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// `verb resource` of all rules of three replicas with the component for states.
    private func granted() async throws -> Set<String> {
        let copy = folder.appending("kubernetes")
        try FileManager.default.copyItem(atPath: CommandTests.root + "/examples/kubernetes", toPath: copy)
        try folder.write(
            """
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            resources: [../remote]
            components: [../components/states]
            """, to: "kubernetes/mine/kustomization.yaml")
        let text = try await Command.output("kubectl", ["kustomize", copy + "/mine"])
        let script = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin))))"
        let objects = try JSON(parsing: try await Command.output(python, ["-c", script], input: text)).array ?? []
        var granted: Set<String> = []
        for object in objects where ["Role", "ClusterRole"].contains(object["kind"]) {
            for rule in object["rules"]?.array ?? [] {
                for resource in rule["resources"]?.array ?? [] {
                    for verb in rule["verbs"]?.array ?? [] {
                        granted.insert("\(verb.string ?? "") \(resource.string ?? "")")
                    }
                }
            }
        }
        return granted
    }

    /// The same of a request, as the API server authorizes it; nil where it is about no resource.
    private func right(_ request: SandboxRequest) -> String? {
        var parts = request.path.split(separator: "/").map(String.init)
        parts.removeFirst(parts.first == "api" ? min(2, parts.count) : min(3, parts.count))
        if parts.first == "namespaces", parts.count > 2 { parts.removeFirst(2) }
        guard let resource = parts.first else { return nil }
        let verb =
            switch request.method {
            case "POST": "create"
            case "PATCH": "patch"
            case "DELETE": "delete"
            default: parts.count > 1 ? "get" : request.query.contains("watch=true") ? "watch" : "list"
            }
        return "\(verb) \(resource)"
    }

    @Test func whatIsGrantedIsWhatIsAskedFor() async throws {
        let granted = try await granted()
        #expect(!granted.contains { $0.contains("*") })
        let kubeconfig = folder.appending("kubeconfig")
        let asked = try await OtherCluster.with(kubeconfig: kubeconfig) {
            $0.playsHelm = true
        } body: {
            [folder] sandbox in
            try await RunningService.with(
                data: folder.appending("data"), kubeconfig: kubeconfig, options: ["--leader-elect"]
            ) { service in
                let made = try await service.request("POST", "/api/v1/graphs", graphJSON("default", "demo", rate: 1))
                #expect(made.status == 201)
                let order: JSON = ["appId": "default_demo", "version": "1", "deployed": true]
                #expect(
                    try await service.request("POST", "/api/v1/apps/redeployment/default_demo/1", order).status == 200)
                try await service.resource("default", "demo", "is deployed") {
                    $0.at("status", "phase")?.string == "Deployed"
                }
                _ = try await service.request("GET", "/api/v1/graph-status/default_demo")
                // What happens again is the same Event once more.
                for _ in 1...2 {
                    try await service.kubectl(
                        "patch", "rampartgraph", "demo", "--type", "merge", "--patch",
                        #"{"spec": {"graph": {"components": {"trainer": {"config": {"rate": 666}}}}}}"#)
                    try await service.resource("default", "demo", "is healed") { rate($0) == 1 }
                }
                try await eventually("the Event is counted") {
                    sandbox.requests.contains { $0.method == "PATCH" && $0.path.contains("/events/") }
                }
                try await service.kubectl("create", "-f", "-", input: graphYAML("default", "other", rate: "1"))
                try await eventually("a resource made without git is taken into it") {
                    try await service.request("GET", "/api/v1/apps/default_other").status == 200
                }
                #expect(try await service.request("DELETE", "/api/v1/apps/default_demo").status == 200)
                try await service.gone("default", "demo")
            }
            return Set(sandbox.requests.filter { $0.userAgent.hasPrefix("rampart/") }.compactMap(right))
        }
        #expect(asked.subtracting(granted) == [], "asked for, and not granted")
        // A PATCH that makes an object needs `create` as well. Reviews are for callers with tokens, and a Secret is read
        // where Helm has something to say of a release that has failed.
        let known: Set<String> = [
            "create rampartgraphs", "create tokenreviews", "create subjectaccessreviews", "get secrets",
        ]
        #expect(granted.subtracting(asked).subtracting(known) == [], "granted, and not asked for")
    }
}
