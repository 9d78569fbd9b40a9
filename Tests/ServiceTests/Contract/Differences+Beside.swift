import JSONValues

/// A resource that is edited or deleted beside git is as HEAD wants it again before anybody asks.
extension Differences {
    private static func stays(_ name: String) -> Difference {
        .change("drift", status: 200) { body, walk in body = walk.recorded(name) }
    }

    private static let list = stays("list-apps-applied-deployed")
    private static let app = stays("get-app-applied-deployed")
    private static let graphStatus = stays("graph-status-applied-deployed")
    private static let statusList = stays("all-status-applied-deployed")

    static let headWins: [String: Difference] = [
        "list-apps-edited": list, "get-app-edited": app, "graph-status-edited": graphStatus,
        "list-apps-edited-back": list, "get-app-edited-back": app,
        "list-apps-patched-deploy-false": list, "get-app-patched-deploy-false": app,
        "graph-status-patched-deploy-false": graphStatus, "all-status-patched-deploy-false": statusList,
        "list-apps-kubectl-deleted": list, "get-app-kubectl-deleted": app, "all-status-kubectl-deleted": statusList,
        "list-apps-deleted-meanwhile": .change("#11, times") { body, _ in adopted(&body, at: 1) },
        "get-app-deleted-meanwhile": app, "graph-status-deleted-meanwhile": graphStatus,
        "all-status-deleted-meanwhile": .change("drift") { body, _ in body.change(0, "status", to: "deployed") },
        "undeploy-deleted-meanwhile": .answer("drift", 200) { _ in ["appId": "default_demo"] },
        "list-apps-after-cleanup": .change("#11, times") { body, _ in adopted(&body, at: 0) },
        "get-app-over-draft": .change("#7, helm") { body, walk in
            body["id"] = "11111111-1111-1111-1111-111111111111"
            body.version(2, "status", "deployed")
            let live = walk.recorded("list-apps-over-draft").array?.first { $0["name"] == "both" }
            body["graph"] = live?["graph"]
        },
        "list-apps-over-draft": .change("#11, times, sorting") { body, _ in
            adopted(&body, at: 0)
            body = .array((body.array ?? []).reversed())
        },
    ]

    private static func adopted(_ body: inout JSON, at index: Int) {
        body.change(index, "versionCount", to: 1)
        body.change(index, "lastDeployment", to: time)
    }
}
