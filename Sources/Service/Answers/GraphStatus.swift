import Apps
import Foundation
import Health
import JSONValues
import Sync

/// How an app's live graph fares, in the form that the UI knows.
struct GraphStatus: Sendable {
    struct Node: Sendable {
        let component: GraphParts.Component
        let state: NamespaceState
    }

    struct FlowState: Sendable {
        let title: String
        let state: NamespaceState
    }

    /// The word for the whole graph; `deployment_error` where it is deployed but a component is not well.
    static func word(_ view: AppView, nodes: some Sequence<NamespaceState>) -> (word: String, message: String?) {
        guard let live = view.app.live else { return ("undeployed", nil) }
        let state = live.deploys ? LiveState(live, view) : undeployed(view)
        guard state.word == .deployed else { return (state.word.rawValue, state.message) }
        let isIll = nodes.contains { $0.word != .normal && $0.word != .unknown }
        return (isIll ? "deployment_error" : state.word.rawValue, nil)
    }

    /// How the resource of a graph that is not to run is getting on.
    private static func undeployed(_ view: AppView) -> LiveState {
        guard let observed = view.observed else { return LiveState(.undeployed) }
        if observed.isTerminating { return LiveState(.deleting) }
        let state = LiveState(status: observed.status, generation: observed.generation)
        if observed.deploys || state.word == .deploying || state.word == .deployed { return LiveState(.undeploying) }
        return state
    }

    let view: AppView
    let nodes: [Node]
    let flows: [FlowState]

    /// - Parameter dashboard: the Kubernetes dashboard's address, without a slash at the end; empty where there is none.
    func json(dashboard: String) -> JSON {
        let (word, message) = Self.word(view, nodes: nodes.map(\.state))
        let states = nodes.map(\.state.word) + flows.map(\.state.word)
        let normal = states.count { $0 == .normal }
        var object = JSONObject()
        object["name"] = .string(view.app.id.name)
        object["namespace"] = .string(view.app.id.namespace)
        object["readOnly"] = .bool(view.isReadOnly)
        object["appId"] = .string(view.app.id.description)
        object["status"] = .string(word)
        object["deployed"] = .bool(
            view.app.live?.deploys == true && !["undeploying", "undeployed", "deleting"].contains(word))
        object["message"] = .string(message ?? "")
        object["nodes"] = .array(nodes.map { Self.json($0, dashboard) })
        object["flows"] = .array(flows.map(Self.json))
        object["progress"] =
            states.isEmpty ? 0 : .double((Double(normal) / Double(states.count) * 100).rounded() / 100)
        object["version"] = .string(String(view.app.live?.version ?? 0))
        return .object(object)
    }

    private static func json(_ node: Node, _ dashboard: String) -> JSON {
        var object = JSONObject()
        object["componentTitle"] = .string(node.component.title)
        object["status"] = .string(node.state.word.rawValue)
        object["message"] = .string(node.state.message)
        object["k8sUrl"] =
            dashboard.isEmpty
            ? .null : .string("\(dashboard)/#/\(node.component.page)?namespace=\(node.component.namespace)")
        return .object(object)
    }

    private static func json(_ flow: FlowState) -> JSON {
        var object = JSONObject()
        object["flowTitle"] = .string(flow.title)
        object["status"] = .string(flow.state.word.rawValue)
        if !flow.state.message.isEmpty, flow.state.word != .normal { object["message"] = .string(flow.state.message) }
        return .object(object)
    }
}
