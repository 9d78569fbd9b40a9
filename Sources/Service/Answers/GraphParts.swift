import Apps
import JSONValues
import Sync

/// The components and flows of a live graph, as far as their state is concerned.
struct GraphParts: Sendable {
    struct Component: Sendable, Hashable {
        /// With `-` for `_`, as everything in the cluster has it.
        let title: String
        /// Where its release and its pods are.
        let namespace: String
        /// Which page of the Kubernetes dashboard shows it best.
        let page: String
    }

    struct Flow: Sendable, Hashable {
        enum Kind: Sendable, Hashable {
            /// Its release is in one of these namespaces.
            case volume([String])
            /// What the flows service calls it.
            case repository(String)
            /// What its topics are named after.
            case pulsar(String)
            case other(String)
        }

        let title: String
        let kind: Kind
    }

    let components: [Component]
    let flows: [Flow]

    /// Ordered by name, as the API server orders them.
    init(_ graph: JSON, of id: AppID) {
        func title(_ name: String) -> String { name.replacing("_", with: "-") }
        let prefix = "\(id.namespace)-\(id.name)"
        components = (graph["components"]?.object ?? [:]).sorted().map { name, component in
            Component(
                title: title(name), namespace: ComponentNamespaces.namespace(of: component, named: name, in: id),
                page: Self.serving.contains(component["type"]?.string ?? "") ? "deployment" : "workloads")
        }
        flows = (graph["flows"]?.object ?? [:]).sorted().map { name, flow in
            let own = flow["namespace"]?.string
            switch flow["type"]?.string {
            case "volume":
                let places = ["\(prefix)-rampart-flows-volume", "\(prefix)-rampart-flows", "\(prefix)-\(title(name))"]
                return Flow(title: title(name), kind: .volume((own.map { [$0] } ?? []) + places))
            case "repository":
                return Flow(title: title(name), kind: .repository(own ?? "\(prefix)-\(title(name))"))
            case "pulsar": return Flow(title: title(name), kind: .pulsar(own ?? "\(prefix)-\(title(name))"))
            case let other: return Flow(title: title(name), kind: .other(other ?? "none"))
            }
        }
    }

    /// The types whose pods are a Deployment; others run jobs.
    private static let serving: Set<String> = ["generic-service", "tensorboard", "batch-uploader"]
}
