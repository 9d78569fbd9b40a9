import Instruments

/// The template of a path, as metrics name it: as many as there are endpoints, whatever paths are asked for.
enum Route: String, CaseIterable, Sendable, Hashable {
    case graphs = "/api/v1/graphs"
    case schema = "/api/v1/graphs/schema"
    case apps = "/api/v1/apps"
    case app = "/api/v1/apps/{app_id}"
    case save = "/api/v1/apps/{app_id}/graph"
    case versionGraph = "/api/v1/apps/{app_id}/versions/{version}/graph"
    case redeployment = "/api/v1/apps/redeployment/{app_id}/{version}"
    case statusList = "/api/v1/apps/status/list"
    case graphStatus = "/api/v1/graph-status/{app_id}"
    case componentLinks = "/api/v1/apps/{app_id}/component-links"
    case dashboardURLs = "/api/v1/apps/{app_id}/versions/{version}/dashboard_urls"
    case grafanaDashboard = "/api/v1/app/{app_id}/grafana_dashboard"
    case versions = "/api/v1/apps/{app_id}/versions"
    case history = "/api/v1/apps/{app_id}/history"
    case diff = "/api/v1/apps/{app_id}/diff"
    case revertOfApp = "/api/v1/apps/{app_id}/revert"
    case revert = "/api/v1/revert"
    case flow = "/api/v1/app/{app_id}/flows_service/{flow_id}/{part}"
    case edge = "/api/v1/app/{app_id}/edge/{side}/{component}/{edge}"
    case nodeConfigs = "/api/v1/node-configs"
    case nodeConfig = "/api/v1/node-configs/{id}"
    case sync = "/api/v1/sync"
    case events = "/api/v1/events"
    case confirmPrune = "/api/v1/sync/confirm"
    case webhook = "/api/v1/webhooks/{source}"
    case git = "/git/{path}"
    case description = "/openapi.json"
    case docs = "/docs"
    case health = "/healthz"
    case readiness = "/readyz"
    case metrics = "/metrics"
    /// No endpoint.
    case unknown = "none"
}

extension Endpoint {
    /// The template of its path. There is no default: what has no route does not compile.
    var route: Route {
        switch self {
        case .graphs: .graphs
        case .schema: .schema
        case .apps: .apps
        case .app: .app
        case .save: .save
        case .versionGraph: .versionGraph
        case .redeployment: .redeployment
        case .statusList: .statusList
        case .graphStatus: .graphStatus
        case .componentLinks: .componentLinks
        case .dashboardURLs: .dashboardURLs
        case .grafanaDashboard: .grafanaDashboard
        case .versions: .versions
        case .history: .history
        case .diff: .diff
        case .revert(let id): id == nil ? .revert : .revertOfApp
        case .flow: .flow
        case .edge: .edge
        case .nodeConfigs: .nodeConfigs
        case .nodeConfig: .nodeConfig
        case .sync: .sync
        case .events: .events
        case .confirmPrune: .confirmPrune
        case .webhook: .webhook
        case .git: .git
        case .description: .description
        case .docs: .docs
        case .health: .health
        case .readiness: .readiness
        case .metrics: .metrics
        }
    }
}
