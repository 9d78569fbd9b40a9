import JSONValues

/// What this service answers otherwise than the recorded one, and why.
struct Difference: Sendable {
    /// The number in the table of known bugs, or the heading, in docs/rest.md.
    let why: String
    let answer: @Sendable (Walk) throws -> (status: Int, body: JSON)

    /// Another status, with a `state` where one is named.
    static func error(_ why: String, _ status: Int, _ state: String? = nil) -> Difference {
        Difference(why: why) { _ in (status, state.map { ["state": .string($0)] } ?? [:]) }
    }

    /// Another status and body.
    static func answer(_ why: String, _ status: Int, _ body: @escaping @Sendable (Walk) -> JSON) -> Difference {
        Difference(why: why) { walk in (status, body(walk)) }
    }

    /// The recorded body with a change.
    static func change(
        _ why: String, status: Int? = nil, _ change: @escaping @Sendable (inout JSON, Walk) -> Void
    ) -> Difference {
        Difference(why: why) { walk in
            var body = walk.step.answered
            change(&body, walk)
            return (status ?? walk.step.status, body)
        }
    }
}

extension JSON {
    /// Changes one element of a list, or one member of an object.
    mutating func change(_ index: Int, _ key: String, to value: JSON) {
        guard case .array(var list) = self, list.indices.contains(index) else { return }
        list[index][key] = value
        self = .array(list)
    }

    /// Changes a member of one version in the answer for an app.
    mutating func version(_ number: Int, _ key: String, _ value: JSON) {
        var versions = self["versions"] ?? []
        versions.change(number - 1, key, to: value)
        self["versions"] = versions
    }

    /// A graph with another content.
    func withGraph(_ graph: JSON?) -> JSON {
        var result = self
        var spec = result["spec"] ?? [:]
        spec["graph"] = graph
        result["spec"] = spec
        return result
    }
}

/// All differences by the name of the exchange.
enum Differences {
    static let time: JSON = "2026-01-01T00:00:00+00:00"
    private static let versionIsOne = Difference.change("#7") { body, _ in body["versionId"] = 1 }

    static let all: [String: Difference] = life.merging(versions) { $1 }.merging(refused) { $1 }
        .merging(routes) { $1 }.merging(cluster) { $1 }.merging(beside) { $1 }.merging(duplicates) { $1 }
        .merging(statuses) { $1 }.merging(zoo) { $1 }.merging(links) { $1 }.merging(headWins) { $1 }
        .merging(settings) { $1 }

    private static let life: [String: Difference] = [
        "list-apps-two-versions": .change("#11, #2") { body, walk in
            body.change(0, "versionCount", to: 2)
            let graph = body[0]?["graph"]?.withGraph(walk.graph(sentBy: "save-second-graph")) ?? .null
            body.change(0, "graph", to: graph)
        },
        "list-apps-no-phase": .change("times") { body, _ in body.change(0, "lastDeployment", to: time) },
        "get-app-no-phase": .change("#14, times") { body, _ in
            body.version(1, "status", "deploying")
            body.version(1, "lastDeployment", time)
        },
        "get-app-deployed-no-helm": .change("helm") { body, _ in body.version(1, "status", "deployed") },
        "deploy-older-version-1": versionIsOne,
        "get-app-deployed-older-version": .change("#7") { body, walk in
            body["graph"] = walk.recorded("list-apps-deployed-older-version")[0]?["graph"]
        },
        "deploy-same-version-again": versionIsOne,
        "list-apps-undeploying": .change("#11") { body, _ in body.change(0, "deployedVersion", to: 0) },
        "list-apps-undeployed": .change("#11") { body, _ in body.change(0, "deployedVersion", to: 0) },
        "deploy-version-2-after-undeploy": .change("#7") { body, _ in body["versionId"] = 2 },
        "list-apps-deleting": .answer("deleting", 200) { _ in [] },
        "get-app-deleting": .error("deleting", 404, "graph_not_found"),
        "delete-app-while-deleting": .error("deleting", 404, "graph_not_found"),
        "get-app-while-grafana-is-slow": .change("helm") { body, _ in body.version(3, "status", "deployed") },
    ]

    private static let versions: [String: Difference] = [
        "deploy-1-making-generation-3": versionIsOne,
        "get-app-version-1-live-generation-3": .change("#7, #2") { body, walk in
            body["id"] = "11111111-1111-1111-1111-111111111111"
            body["graph"] = walk.recorded("list-apps-version-1-live")[0]?["graph"]
        },
        "save-identical-graph": .change("#8") { body, _ in body["versionId"] = 1 },
        "deploy-identical-4": .error("#8", 404, "graph not found with that name and version"),
        "get-app-identical-deployed": .change("#8, #7") { body, walk in
            body["id"] = "11111111-1111-1111-1111-111111111111"
            body["versions"] = .array((body["versions"]?.array ?? []).dropLast())
            body["graph"] = walk.recorded("list-apps-version-1-live")[0]?["graph"]
        },
        "get-version-abc": .error("#10", 400),
        "get-version-decimal": .error("#10", 400),
        "get-version-minus-1": .error("#10", 400),
        "get-version-plus-1": .error("#10", 400),
        "get-version-space-1": .error("#10", 400),
        "get-version-01": .error("#10", 400),
        "get-version-00": .error("#10", 400),
        "get-version-fullwidth-1": .error("#10", 400),
        "deploy-version-abc": .error("#10", 400),
        "undeploy-version-abc": .error("#10", 400),
        "deploy-body-says-another-app-and-version": .error("#12", 422),
        "save-metadata-of-another-app": .change("#12") { body, _ in
            var graph = body["graph"] ?? .null
            graph["status"] = nil  // the deploy before this was refused
            body["graph"] = graph
        },
    ]

    private static let refused: [String: Difference] = [
        "create-spec-without-graph": .error("checks", 422),
        "create-spec-graph-null": .error("checks", 422),
        "create-without-namespace": .answer("#5", 201) { walk in
            ["graph": walk.sent?["spec"] ?? .null, "appId": "default_bad", "versionId": "1"]
        },
        "create-without-name": .error("#5", 422),
        "list-apps-after-bad-bodies": .change("#5, checks") { body, walk in
            let graph = body[0]?["graph"]?.withGraph(walk.graph(sentBy: "create-without-namespace"))
            body = [
                [
                    "id": "default_bad", "name": "bad", "appId": "default_bad", "description": "",
                    "deployedVersion": 0, "versionCount": 1, "readOnly": false,
                    "graph": [
                        "apiVersion": "rampart.petuum.com/v1beta2", "kind": "RampartGraph",
                        "metadata": ["name": "bad", "namespace": "default"], "spec": graph?["spec"] ?? .null,
                    ], "lastDeployment": .null, "lastEdit": time,
                ]
            ]
        },
        "create-names-kubernetes-refuses": .error("checks", 422),
        "get-app-name-kubernetes-refuses": .error("routes", 404, "graph_not_found"),
        "create-other-kind": .error("checks", 422),
        "save-spec-without-graph": .error("checks", 422),
        "create-without-components": .error("checks", 422),
        "deploy-without-components": .error("checks", 404, "graph_not_found"),
        "save-with-components": .error("checks", 404, "graph_not_found"),
        "deploy-with-components": .error("checks", 404, "graph_not_found"),
        "deploy-over-resource-without-status": .error("checks", 404, "graph_not_found"),
        "deploy-refused-over-live": .error("checks", 404, "graph_not_found"),
        "get-app-after-refused": .error("checks", 404, "graph_not_found"),
    ]

    private static let routes: [String: Difference] = [
        "cors-server-error": .error("checks", 422)
    ]

    private static let cluster: [String: Difference] = [
        "deploy-v1beta1": .answer("#15", 200) { walk in
            [
                "appId": "default_old", "versionId": 1,
                "graph": [
                    "apiVersion": "rampart.petuum.com/v1beta2", "kind": "RampartGraph",
                    "metadata": ["name": "old", "namespace": "default", "generation": 1],
                    "spec": ["graph": walk.graph(sentBy: "create-v1beta1") ?? .null],
                ],
            ]
        },
        "deploy-in-missing-namespace": .error("refused", 422, "error redeploying graph"),
        "forbidden-get-app": .change("reads", status: 200) { body, walk in body = walk.undeployedApp(versions: 1) },
        "forbidden-save": .answer("reads", 200) { walk in
            ["appId": "default_demo", "versionId": 2, "graph": walk.sent ?? .null]
        },
        "forbidden-deploy": .error("refused", 422, "error redeploying graph"),
        "forbidden-undeploy": .error("refused", 404, "graph_not_found"),
        "forbidden-delete": .answer("reads", 200) { _ in ["appId": "default_demo"] },
        "unreachable-get-app": .change("reads", status: 200) { body, walk in body = walk.undeployedApp(versions: 1) },
        "unreachable-save": .answer("reads", 200) { walk in
            ["appId": "default_demo", "versionId": 2, "graph": walk.sent ?? .null]
        },
        "unreachable-deploy": .answer("pending", 202) { walk in
            [
                "appId": "default_demo", "versionId": 1, "state": "pending",
                "graph": [
                    "apiVersion": "rampart.petuum.com/v1beta2", "kind": "RampartGraph",
                    "metadata": ["name": "demo", "namespace": "default"],
                    "spec": ["graph": walk.graph(sentBy: "unreachable-create") ?? .null],
                ],
            ]
        },
        "unreachable-undeploy": .answer("pending", 202) { _ in ["appId": "default_demo", "state": "pending"] },
        "unreachable-delete": .answer("pending", 202) { _ in ["appId": "default_demo", "state": "pending"] },
        "list-apps-failed-validation": .change("times") { body, _ in body.change(0, "lastDeployment", to: time) },
        "get-app-failed-validation": .change("times") { body, _ in
            body.version(1, "lastDeployment", time)
            body.version(
                1, "message",
                "component trainer: chart rampart-test-component 9.9.9 not found")
        },
        "get-app-phase-undeployed": .change("times") { body, _ in body.version(1, "lastDeployment", time) },
        "get-app-phase-pausing": .change("#16", status: 200) { body, walk in
            body = walk.recorded("get-app-phase-undeployed")
            body.version(1, "status", "unknown")
            body.version(1, "lastDeployment", time)
            body.version(
                1, "message", "the resource is in the phase Pausing, which this service does not know")
            var graph = body["graph"] ?? .null
            var status = graph["status"] ?? .null
            status["phase"] = "Pausing"
            graph["status"] = status
            body["graph"] = graph
        },
        "get-app-two-entries": .change("#13, times") { body, _ in
            body.version(1, "status", "undeployed")
            body.version(1, "lastDeployment", time)
            body.version(2, "lastDeployment", time)
            body.version(2, "message", "no such chart")
        },
    ]

    private static let beside: [String: Difference] = [
        "get-app-read-only": .change("helm") { body, _ in body.version(1, "status", "deployed") },
        "list-apps-label-True": .change("drift") { body, _ in body.change(0, "readOnly", to: true) },
        "list-apps-no-longer-read-only": .change("drift") { body, _ in body.change(0, "readOnly", to: true) },
        "save-no-longer-read-only": .error("drift", 400, "graph_read_only"),
        "create-with-read-only-label": .error("drift", 409, "duplicate_graph_exists"),
        "list-apps-applied": .change("#11, times") { body, _ in
            body.change(0, "versionCount", to: 1)
            body.change(0, "lastDeployment", to: time)
        },
        "get-app-applied": .change("#14, times") { body, _ in
            body.version(1, "status", "deploying")
            body.version(1, "lastDeployment", time)
        },
    ]

    private static let duplicates: [String: Difference] = [
        "create-same-again": .error("#4", 409, "duplicate_graph_exists"),
        "list-apps-duplicate": .change("#4") { body, _ in body = .array(Array((body.array ?? []).prefix(1))) },
        "get-app-duplicate": .change("#4", status: 200) { body, walk in body = walk.undeployedApp(versions: 1) },
        "save-duplicate": .answer("#4", 200) { walk in
            ["appId": "default_demo", "versionId": 2, "graph": walk.sent ?? .null]
        },
        "delete-duplicate": .answer("#4", 200) { _ in ["appId": "default_demo"] },
        "create-other-namespace-refused": .answer("#4", 201) { walk in
            ["graph": walk.sent?["spec"] ?? .null, "appId": "default_same", "versionId": "1"]
        },
        "create-row-c-again": .error("#4", 409, "duplicate_graph_exists"),
        "list-apps-rows": .change("#4") { body, _ in
            var rows = body.array ?? []
            rows.remove(at: 3)
            body = .array(rows)
        },
        "list-apps-rows-at-end": .change("#4") { body, _ in
            var rows = body.array ?? []
            rows.remove(at: 3)
            body = .array(rows)
        },
    ]
}
