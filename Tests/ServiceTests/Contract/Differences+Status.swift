import JSONValues

extension JSON {
    /// Changes a member of the one graph in the answer for its status.
    fileprivate mutating func graph(_ key: String, _ value: JSON) { change(0, key, to: value) }

    /// Changes one element of a list in the answer for a graph's status.
    fileprivate mutating func part(_ list: String, _ index: Int, _ key: String, _ value: JSON) {
        var parts = self[0]?[list] ?? []
        parts.change(index, key, to: value)
        graph(list, parts)
    }

    /// The same without one element of a list.
    fileprivate mutating func drop(_ list: String, _ index: Int) {
        var parts = self[0]?[list]?.array ?? []
        parts.remove(at: index)
        graph(list, .array(parts))
    }
}

extension Differences {
    private static func statusList(_ word: String) -> JSON {
        [["id": "default_demo", "name": "demo", "appId": "default_demo", "status": .string(word)]]
    }

    /// No program is run, so there is none that says half or nothing: what the Secret's labels say counts.
    private static let helmSaysLittle = Difference.change("helm") { body, _ in
        body.part("nodes", 0, "status", "normal")
        body.part("nodes", 0, "message", "Install complete")
        body.graph("status", "deployed")
        body.graph("progress", 1)
    }

    /// What graphs and components are said to be doing.
    static let statuses: [String: Difference] = [
        "graph-status-no-phase": .change("#14") { body, _ in
            body.graph("status", "deploying")
            body.graph("deployed", true)
        },
        "all-status-no-phase": .answer("#14", 200) { _ in statusList("deploying") },
        "graph-status-deploying-helm-pending": .change("graph status") { body, _ in
            body.part("flows", 1, "message", "Initial install underway")
        },
        "graph-status-helm-status-without-info": helmSaysLittle,
        "graph-status-helm-exits-1": helmSaysLittle,
        "graph-status-deleting": .error("deleting", 404, "graph_not_found"),
        "all-status-deleting": .answer("deleting", 200) { _ in [] },
        "graph-status-identical-deployed": .change("#8") { body, _ in body.graph("version", "1") },
        "graph-status-after-refused": .error("checks", 404, "graph_not_found"),
        // The app had only drafts, and is deleted by now.
        "forbidden-graph-status": .error("reads", 404, "graph_not_found"),
        "forbidden-all-status": .answer("reads", 200) { _ in [] },
        "unreachable-graph-status": .error("pending", 404, "graph_not_found"),
        "unreachable-all-status": .answer("pending", 200) { _ in [] },
        "graph-status-phase-pausing": .change("#16", status: 200) { body, walk in
            body = walk.recorded("graph-status-phase-undeployed")
            body.graph("status", "unknown")
            body.graph("deployed", true)
            body.graph("message", "the resource is in the phase Pausing, which this service does not know")
        },
        "all-status-phase-pausing": .answer("#16", 200) { _ in statusList("unknown") },
        "graph-status-duplicate": .answer("#4", 200) { _ in [] },
        "all-status-applied": .answer("#14", 200) { _ in statusList("deploying") },
        "graph-status-two-entries": .change("graph status") { body, _ in body = .array([body[1] ?? .null]) },
        "graph-status-no-resource-one-entry": .change("drift, graph status") { body, walk in
            // HEAD has brought the resource back, and the controller has not seen it yet.
            body = .array([walk.recorded("graph-status-two-entries")[1] ?? .null])
            body.graph("status", "deploying")
            body.graph("message", "")
        },
    ]

    /// A graph with all that the recorded service took, without the flow that is none, see ``Mended``.
    static let zoo: [String: Difference] = [
        "create-zoo": .error("checks", 422),
        "deploy-zoo": .change("checks") { body, _ in
            let graph = body.at("graph", "spec", "graph") ?? .null
            var flows = graph["flows"] ?? .null
            flows["odd"] = nil
            body["graph"] = body["graph"]?.withGraph(graph.with("flows", flows))
        },
        "graph-status-zoo": .change("checks") { body, _ in
            body.drop("flows", 0)
            body.graph("progress", 0.55)
        },
        "graph-status-zoo-flows-service-down": .change("checks, graph status") { body, _ in
            repositories(&body, "the flows service has not answered within 0.5 seconds")
        },
        "graph-status-zoo-flows-service-503": .change("checks, graph status") { body, _ in
            repositories(&body, "the flows service answered 503")
        },
        "graph-status-flow-without-type": .error("checks", 404, "graph_not_found"),
        "create-numbers": .error("checks", 422),
        "get-app-numbers": .change("#9, checks, helm") { body, _ in
            body["id"] = "11111111-1111-1111-1111-111111111111"
            body["versions"] = .array(Array((body["versions"]?.array ?? []).prefix(1)))
            body.version(1, "status", "deploying")
            body.version(1, "deployed", true)
            body.version(1, "lastDeployment", time)
            body["deployed"] = false
            let graph = body.at("graph", "spec", "graph")
            body["graph"] = body["graph"]?.withGraph(graph?.with("extra", nil))
        },
    ]

    private static func repositories(_ body: inout JSON, _ why: String) {
        body.drop("flows", 0)
        for index in 0...1 { body.part("flows", index, "message", .string(why)) }
        body.graph("progress", 0.36)
    }

    /// Links to components, edges and dashboards.
    static let links: [String: Difference] = [
        "dashboard-urls-identical-4": .error("#8", 404, "graph not found with that name and version"),
        "dashboard-urls-version-abc": .error("#10", 400),
        "forbidden-component-links": .error("reads", 404, "graph_not_found"),
        "forbidden-edge-input": .error("reads", 404, "graph_not_found"),
        "unreachable-component-links": .error("pending", 404, "graph_not_found"),
        "unreachable-edge-input": .error("pending", 404, "graph_not_found"),
    ]

    /// The addresses of the dashboard and of the service, and its files.
    static let settings: [String: Difference] = [
        "dashboard-urls-with-host": .answer("#20", 200) { _ in
            ["k8s": "http://d.example.com/#/workloads?namespace=_all"]
        },
        "dashboard-urls-with-host-port": .answer("#20", 200) { _ in
            ["k8s": "http://d.example.com:8443/#/workloads?namespace=_all"]
        },
        "base-path-slashes-list-apps": .answer("#20", 200) { walk in walk.recorded("base-path-plain-list-apps") },
        "base-path-slashes-list-apps-double-slash": .error("#20", 404),
        "list-apps-truncated-file": .change("#6", status: 200) { body, _ in
            body = [
                [
                    "id": "default_first", "name": "first", "appId": "default_first", "description": "",
                    "deployedVersion": 0, "versionCount": 1, "readOnly": false,
                    "graph": Graph.body("default_first", Graph.small()), "lastDeployment": .null, "lastEdit": time,
                ]
            ]
        },
        "create-truncated-file": .answer("#6", 201) { walk in
            ["graph": walk.sent?["spec"] ?? .null, "appId": "default_demo", "versionId": "1"]
        },
    ]
}
