public import Grafana

/// How the loop for dashboards works.
public struct DashboardOptions: Sendable {
    /// By what the service knows its dashboards again.
    public var ownership = Ownership()
    /// Whether each namespace of apps gets a folder of its own.
    public var usesFolders = false
    /// The names or uids of datasources by type, where Grafana has several of one.
    public var datasources: [String: String] = [:]
    /// Whose log is the deployment log.
    public var controller = AppDashboard.Controller(
        namespace: "rampart-system", deployment: "rampart-controller-manager")
    /// How many apps are worked on at once, each with one request at a time.
    public var concurrency = 3
    /// The wait after an app's first failure; it doubles with each further one.
    public var firstRetry: Duration = .milliseconds(500)
    /// The longest wait between two tries.
    public var longestRetry: Duration = .seconds(60)
    /// How often all dashboards are compared without anything having changed, so that edits by others are seen.
    public var fullLook: Duration = .seconds(300)

    public init() {}
}
