import Apps
import HashTreeCollections
import Hummingbird
import JSONValues
import Sync

/// Where to see more of an app: its components' pages and the Kubernetes dashboard.
struct Links: Sendable {
    let apps: any AppSource
    let cluster: any ClusterSide
    let dashboards: (any DashboardSide)?
    let options: ServiceOptions

    /// The paths under which components are served, as Rampart's controller has noted them in the resource's status.
    func components(_ id: String) throws -> Response {
        let view = try AppView(id, apps: apps, cluster: cluster)
        guard let observed = view.observed else {
            guard view.hasSeenCluster else {
                throw RestError.clusterNotSeen
            }
            throw RestError.notDeployed(view.app.id)
        }
        return Response(.ok, .array(Self.endpoints(observed.status)))
    }

    static func endpoints(_ status: JSON?) -> [JSON] {
        guard let text = status?["endpointPaths"]?.string, let paths = try? JSON(parsing: Array(text.utf8)).object
        else { return [] }
        return paths.map { name, paths in
            ["component": .string(name), "endpoints": .array(paths.array?.filter { $0.string != nil } ?? [])]
        }
    }

    /// The paths of the panels in Grafana, null for those that the app's dashboard does not have.
    func grafana(_ id: String) throws -> Response {
        let app = try AppView(id, apps: apps, cluster: cluster).app
        let known = dashboards?.report.apps[app.id]
        guard let urls = known?.urls else {
            let why =
                dashboards == nil
                ? "this service knows no Grafana (--grafana-url)"
                : app.live == nil ? "it was never deployed" : known?.message ?? "Grafana has not been looked at yet"
            throw RestError(
                .notFound, state: "dashboard_not_found", "the app \(app.id) has no dashboard: \(why)")
        }
        return Response(.ok, urls)
    }

    func dashboards(_ id: String, _ version: String) throws -> Response {
        let app = try AppView(id, apps: apps, cluster: cluster).app
        guard let number = try VersionNumber.read(version), app.version(number) != nil else {
            throw RestError.unknownVersion(app.id, version)
        }
        guard let live = app.live, live.deploys, live.version == number else {
            throw RestError(
                .badRequest, state: "version \(version) is not active",
                "the version \(version) of the app \(app.id) is not deployed")
        }
        return Response(.ok, ["k8s": .string("\(options.dashboardURL)/#/workloads?namespace=_all")])
    }
}

extension RestError {
    /// The resources have not been listed yet; that takes seconds after a start, unless the cluster is away.
    static var clusterNotSeen: RestError {
        var error = RestError(
            .serviceUnavailable, state: "cluster_not_seen", "the cluster has not been seen yet, try again in a moment")
        error.headers[.retryAfter] = "1"
        return error
    }
}
