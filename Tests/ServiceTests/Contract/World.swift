import Hummingbird
import JSONValues
import Kubernetes
import Synchronization
import TestSupport

/// What there was beside the graphs when an exchange was recorded: Helm's releases, pods, what the controller said, the
/// service of an app's repository flows. The recordings tell it in their notes and in what was answered; here it is done
/// before the exchange.
enum World {
    enum Change: Sendable {
        /// Each of these namespaces has a release in this state of Helm's; nil for none.
        case releases([String], String?)
        /// A pod, and why its container waits; nil where it runs.
        case pod(String, in: String, waits: String?)
        /// What the controller says of a resource in the namespace `default`.
        case status(String, JSON)
        /// `kubectl apply`.
        case resource(JSON)
        case flowsService(FlowsService.State)
    }

    /// The service of the repository flows.
    final class FlowsService: Sendable {
        enum State: Sendable { case well, silent, unavailable }

        let state = Mutex(State.well)

        func answer(_ request: Request) async throws -> Response {
            switch state.withLock({ $0 }) {
            case .well: return Response(status: .ok)
            case .unavailable: return Response(status: .serviceUnavailable)
            case .silent:
                try await Task.sleep(for: .seconds(60))
                return Response(status: .ok)
            }
        }
    }

    private static let board = "default-demo-board"
    private static let demo = [board, "default-demo-trainer", "default-demo-rampart-flows-volume"]

    /// What changed before an exchange, by its name.
    static let before: [String: [Change]] = [
        "graph-status-deploying-helm-pending": [.releases(demo, "pending-install")],
        "list-apps-deployed-no-helm": [.releases(demo, nil)],
        "graph-status-one-component-failed": [.releases(demo, "deployed"), .releases([board], "failed")],
        "graph-status-one-component-pending": [.releases([board], "pending-install")],
        "graph-status-helm-status-without-info": [.releases([board], "deployed")],
        "graph-status-pod-waiting": [.pod("board-0", in: board, waits: "ImagePullBackOff")],
        "save-third-graph-while-deployed": [.pod("board-0", in: board, waits: nil)],
        "graph-status-undeployed": [.releases(demo, nil)],
        "list-apps-deployed-after-undeploy": [.releases(demo, "deployed")],
        "graph-status-version-1-live": [.releases(demo, "deployed")],
        "graph-status-zoo": [
            .releases(["default-zoo-my-service", "special-ns", "default-zoo-rampart-flows-volume"], "deployed"),
            .status(
                "zoo",
                [
                    "phase": "Deployed",
                    "endpointPaths": #"{"my_service": ["/default/zoo/my_service", "/default/zoo/my_service/api"]}"#,
                ]),
        ],
        "graph-status-zoo-flows-service-down": [.flowsService(.silent)],
        "graph-status-zoo-flows-service-503": [.flowsService(.unavailable)],
        "graph-status-empty": [
            .resource(Graph.body("default_bare", ["components": [:], "flows": [:]])),
            .status("bare", ["phase": "Deployed"]),
        ],
        "graph-status-applied-deployed": [.releases(demo, "deployed")],
        "graph-status-two-entries": [
            .status(
                "demo", ["phase": "Failed", "reason": "GraphValidationError", "messages": "no such chart"])
        ],
    ]
}

extension Walk {
    /// Makes the world as it was when this step was recorded.
    func prepareWorld() async throws {
        for change in World.before[step.name] ?? [] {
            switch change {
            case .releases(let namespaces, let status):
                for namespace in namespaces { try await setRelease(in: namespace, status) }
            case .pod(let name, let namespace, let reason): try await setPod(name, namespace, reason)
            case .status(let name, var status):
                status["observedGeneration"] = 0
                try await setStatus(&status, "default", name)
            case .resource(let object):
                try await apply(object)
                try await settle()
            case .flowsService(let state): flows.state.withLock { $0 = state }
            }
        }
    }

    private func setRelease(in namespace: String, _ status: String?) async throws {
        let name = "sh.helm.release.v1.component.v1"
        let there = try await stack.client.list(.secrets, namespace: namespace).items.contains { $0.name == name }
        if there { _ = try await stack.client.delete(.secrets, namespace: namespace, name: name) }
        if let status { try await stack.install(in: namespace, status: status) }
    }

    private func setPod(_ name: String, _ namespace: String, _ reason: String?) async throws {
        let there = try await stack.client.list(.pods, namespace: namespace).items.contains { $0.name == name }
        if !there {
            _ = try await stack.client.create(
                .pods, namespace: namespace,
                body: [
                    "apiVersion": "v1", "kind": "Pod",
                    "metadata": ["name": .string(name), "namespace": .string(namespace)],
                    "spec": ["containers": [["name": "main", "image": "board:1"]]],
                ])
        }
        let state: JSON = reason.map { ["waiting": ["reason": .string($0)]] } ?? ["running": [:]]
        _ = try await stack.client.mergePatch(
            .pods, namespace: namespace, name: name,
            body: ["status": ["containerStatuses": [["name": "main", "state": state]]]], subresource: .status)
    }
}
