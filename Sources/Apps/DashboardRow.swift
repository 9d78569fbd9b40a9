/// The dashboard that belongs to an app, as the index file `dashboard.json` tells it.
public struct DashboardRow: Sendable, Hashable {
    public var uid: String
    /// The paths of its panels: a JSON text in a string, as the Python service has it.
    public var urls: String

    public init(uid: String, urls: String) {
        self.uid = uid
        self.urls = urls
    }
}

/// Which dashboards belong to apps: what `dashboard.json` is made from, beside history.
///
/// Only what follows from an app's name and from settings. What Grafana itself decides (its number for a dashboard, how
/// often it was written) is nowhere in history, so it is not in the file: the file could not be made again without Grafana.
public struct DashboardRows: Sendable {
    /// The tag of the service's dashboards, from which uids follow.
    public let owner: String
    /// The path of Grafana's address, with which the paths of panels begin: empty, or `/grafana`.
    public let path: String
    /// The dashboard of an app.
    public let row: @Sendable (AppID) -> DashboardRow

    public init(owner: String, path: String, row: @escaping @Sendable (AppID) -> DashboardRow) {
        self.owner = owner
        self.path = path
        self.row = row
    }
}
