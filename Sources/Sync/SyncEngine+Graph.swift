public import Apps
public import JSONValues

/// What the cluster has of an app right now.
public enum ClusterGraph: Sendable {
    /// The whole resource.
    case found(JSON)
    /// There is no such resource.
    case missing
    /// It cannot be asked now, and why.
    case unanswered(String)
}

extension SyncEngine {
    /// Reads an app's resource with its graph, which is not kept here.
    public nonisolated func clusterGraph(of app: AppID) async -> ClusterGraph {
        await ClusterProbe(client: client, options: options).graph(of: app)
    }
}
