public import Apps
import Grafana
import Graphs
public import JSONValues

/// Where the components of a graph run.
public enum ComponentNamespaces {
    /// The namespace of one component: its own, or one that follows from the app's name.
    public static func namespace(of component: JSON, named name: String, in id: AppID) -> String {
        component["namespace"]?.string ?? "\(id.namespace)-\(id.name)-\(name.replacing("_", with: "-"))"
    }

    /// As the controller says in the resource's status for the graph that is live; what follows from the graph before.
    static func all(of live: LiveGraph, in id: AppID, observed: ObservedGraph?) -> [String] {
        if let observed, let status = observed.status, status["observedGeneration"]?.int == observed.generation,
            let list = status["componentNamespaces"]?.array?.compactMap(\.string), !list.isEmpty
        {
            return list
        }
        return (live.graph.value.at("spec", "graph", "components")?.object ?? [:])
            .map { namespace(of: $0.value, named: $0.key, in: id) }
    }
}

/// What Grafana should have of an app. Where two are equal, nothing has to be done.
struct DesiredDashboards: Hashable, Sendable {
    let own: AppDashboard
    let files: [DashboardFile]
    let edits: RepositorySettings.DashboardEdits

    /// The uids of all of them.
    func uids(_ id: AppID, _ ownership: Ownership) -> [String] { Self.uids(id, files, ownership) }

    /// The uids of an app's own dashboard and of those in files.
    static func uids(_ id: AppID, _ files: [DashboardFile], _ ownership: Ownership) -> [String] {
        [ownership.uid(app: id.description)]
            + files.map { ownership.uid(app: id.description, file: $0.name) }
    }
}
