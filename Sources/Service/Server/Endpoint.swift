import Forges
import Hummingbird
import URLText

/// What a path stands for. Parameters are as they were sent, percent-decoded and not yet checked.
enum Endpoint: Hashable, Sendable {
    case graphs
    case schema
    case apps
    case app(id: String)
    case save(id: String)
    case versionGraph(id: String, version: String)
    case redeployment(id: String, version: String)
    case statusList
    case graphStatus(id: String)
    case componentLinks(id: String)
    case dashboardURLs(id: String, version: String)
    case grafanaDashboard(id: String)
    case versions(id: String)
    case history(id: String)
    case diff(id: String)
    /// Undoes a commit: of an app, or as a whole.
    case revert(id: String?)
    case flow(id: String, flow: String, FlowPart)
    case edge(id: String, EdgeSide, component: String, edge: String)
    case nodeConfigs
    case nodeConfig(id: String)
    case sync
    case confirmPrune
    case events
    case webhook(WebhookSource)
    case description
    case docs
    case health
    case readiness
    case metrics
    /// Git's own protocol; the path behind `git/`.
    case git(path: String)

    /// The methods that it answers.
    var methods: [HTTPRequest.Method] {
        switch self {
        case .graphs, .nodeConfigs: [.get, .post]
        case .nodeConfig: [.get, .put, .delete]
        case .app: [.get, .delete]
        case .sync: [.get, .post]
        case .git(let path):
            path.hasSuffix("/info/refs") ? [.get] : path.hasSuffix("-pack") ? [.post] : [.get, .post]
        case .save, .redeployment, .confirmPrune, .revert, .webhook: [.post]
        case .events, .schema, .apps, .statusList, .graphStatus, .versionGraph, .health, .readiness, .componentLinks,
            .dashboardURLs, .grafanaDashboard, .flow, .edge, .versions, .history, .diff, .description, .docs,
            .metrics:
            [.get]
        }
    }
}

/// What the service beside an app's flows can be asked for.
enum FlowPart: String, Hashable, Sendable, CaseIterable {
    case directory
    case file
    case repoMetadata = "repo-metadata"
    case repoDirectory = "repo-directory"
    case repoFile = "repo-file"
}

/// The side of a component that an edge is at.
enum EdgeSide: String, Hashable, Sendable, CaseIterable {
    case input
    case output
}

/// The paths of the service, under a base path.
///
/// A table of its own and not Hummingbird's router: `/api/v1/apps/` and `/api//v1/apps` are other paths than
/// `/api/v1/apps` here, as they always were for the UI, and a known path with another method has to say which it has.
struct Paths: Sendable {
    /// Empty, or `/` and the parts of the base path, without a slash at the end.
    let base: String

    init(basePath: String) {
        base = basePath.split(separator: "/").map { "/" + $0 }.joined()
    }

    /// - Returns: nil where nothing is.
    func endpoint(_ path: String) -> Endpoint? {
        // For the probes of Kubernetes and for Prometheus, which know no base path.
        if path == "/healthz" { return .health }
        if path == "/readyz" { return .readiness }
        if path == "/metrics" { return .metrics }
        guard path.utf8.starts(with: base.utf8) else { return nil }
        let rest = Substring(path.utf8.dropFirst(base.utf8.count))
        if rest == "/healthz" { return .health }
        if rest == "/readyz" { return .readiness }
        if rest == "/metrics" { return .metrics }
        if rest == "/openapi.json" { return .description }
        if rest == "/docs" { return .docs }
        if rest.utf8.starts(with: "/git/".utf8) { return .git(path: String(rest.dropFirst(5))) }
        guard rest.utf8.starts(with: Self.prefix.utf8) else { return nil }
        let parts = rest.utf8.dropFirst(Self.prefix.utf8.count)
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return Self.endpoint(parts.map { Substring($0) })
    }

    private static let prefix = "/api/v1/"

    private static func endpoint(_ parts: [Substring]) -> Endpoint? {
        switch (parts[0], parts.count) {
        case ("apps", 1): return .apps
        case ("apps", 2): return parameter(parts[1]).map { .app(id: $0) }
        case ("apps", 3) where parts[2] == "graph": return parameter(parts[1]).map { .save(id: $0) }
        case ("apps", 3) where parts[1] == "status" && parts[2] == "list": return .statusList
        case ("graph-status", 2): return parameter(parts[1]).map { .graphStatus(id: $0) }
        case ("apps", 4) where parts[1] == "redeployment":
            guard let id = parameter(parts[2]), let version = parameter(parts[3]) else { return nil }
            return .redeployment(id: id, version: version)
        case ("apps", 3) where ["versions", "history", "diff", "revert"].contains(parts[2]):
            return parameter(parts[1]).map { history(String(parts[2]), of: $0) }
        case ("revert", 1): return .revert(id: nil)
        case ("apps", 3) where parts[2] == "component-links": return parameter(parts[1]).map { .componentLinks(id: $0) }
        case ("apps", 5) where parts[2] == "versions":
            guard let id = parameter(parts[1]), let version = parameter(parts[3]) else { return nil }
            if parts[4] == "graph" { return .versionGraph(id: id, version: version) }
            return parts[4] == "dashboard_urls" ? .dashboardURLs(id: id, version: version) : nil
        case ("app", 3) where parts[2] == "grafana_dashboard":
            return parameter(parts[1]).map { .grafanaDashboard(id: $0) }
        case ("app", 5) where parts[2] == "flows_service":
            guard let id = parameter(parts[1]), let flow = parameter(parts[3]),
                let part = FlowPart(rawValue: String(parts[4]))
            else { return nil }
            return .flow(id: id, flow: flow, part)
        case ("app", 6) where parts[2] == "edge":
            guard let id = parameter(parts[1]), let side = EdgeSide(rawValue: String(parts[3])),
                let component = parameter(parts[4]), let edge = parameter(parts[5])
            else { return nil }
            return .edge(id: id, side, component: component, edge: edge)
        case ("graphs", 1): return .graphs
        case ("graphs", 2) where parts[1] == "schema": return .schema
        case ("node-configs", 1): return .nodeConfigs
        case ("node-configs", 2): return parameter(parts[1]).map { .nodeConfig(id: $0) }
        case ("sync", 1): return .sync
        case ("sync", 2) where parts[1] == "confirm": return .confirmPrune
        case ("events", 1): return .events
        case ("webhooks", 2): return WebhookSource(rawValue: String(parts[1])).map { .webhook($0) }
        default: return nil
        }
    }

    private static func history(_ word: String, of id: String) -> Endpoint {
        switch word {
        case "versions": .versions(id: id)
        case "history": .history(id: id)
        case "diff": .diff(id: id)
        default: .revert(id: id)
        }
    }

    /// A parameter with its `%` forms read; nil where it is empty or they are no UTF-8.
    private static func parameter(_ text: Substring) -> String? {
        text.isEmpty ? nil : PercentEncoding.decode(text)
    }
}
