/// What Grafana has for an app, as the index file `dashboard.json` tells it.
///
/// None of this is in history: Grafana chooses ids and counts versions. So rows are what the running service has seen,
/// and without one (`rampart index`) the file has none.
public struct DashboardRow: Sendable, Hashable {
    /// `metadata.generation` of the resource that the dashboard was made for; 0 where there is none yet.
    public var generation: Int64
    /// The number that Grafana gave it.
    public var id: Int64
    public var uid: String
    /// How often it was written.
    public var version: Int64
    /// The paths of its panels: a JSON text in a string, as the Python service has it.
    public var urls: String

    public init(generation: Int64, id: Int64, uid: String, version: Int64, urls: String) {
        self.generation = generation
        self.id = id
        self.uid = uid
        self.version = version
        self.urls = urls
    }
}

extension AppStore {
    /// Takes in what Grafana has now, for the index file `dashboard.json`; it is written anew where that differs.
    public nonisolated func note(dashboards: [AppID: DashboardRow]) async { await index.note(dashboards: dashboards) }
}
