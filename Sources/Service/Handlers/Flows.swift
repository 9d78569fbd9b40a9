import Apps
import Hummingbird
import JSONValues
import URLText
import Upstreams

/// What the services beside an app's flows and components say: files, repositories, whether edges are alive.
struct Flows: Sendable {
    let apps: any AppSource
    let cluster: any ClusterSide
    let addresses: UpstreamAddresses
    let forwarder: Forwarder

    /// Files of volume flows and of repository flows.
    func show(_ part: FlowPart, of flow: String, in id: String, _ request: Request) async throws -> Response {
        let app = try AppView(id, apps: apps, cluster: cluster).app.id
        let query = try query(part, request)
        guard let flow = PercentEncoding.segment(flow) else { throw RestError.notFound(path: request.uri.path) }
        let (name, template) =
            switch part {
            case .directory, .file: ("the service of the volume flows of \(app)", addresses.volumes)
            case .repoMetadata, .repoDirectory, .repoFile:
                ("the service of the repository flows of \(app)", addresses.repositories)
            }
        let base = template?.url([.namespace: app.namespace, .app: app.name])
        return try await forwarder.forward(
            request, to: name, at: base.map { "\($0)/api/v1/app/flows_service/\(flow)/\(part.rawValue)\(query)" },
            expecting: part == .file || part == .repoFile ? .file : .json)
    }

    /// Which edges write to an input, or whether an output can be written to.
    func edge(
        _ side: EdgeSide, _ edge: String, of component: String, in id: String, _ request: Request
    ) async throws -> Response {
        let view = try AppView(id, apps: apps, cluster: cluster)
        let app = view.app.id
        guard let live = view.app.live, live.deploys || view.observed != nil else {
            throw RestError.notDeployed(app)
        }
        let title = component.replacing("_", with: "-")
        let parts = GraphParts(live.graph.value.at("spec", "graph") ?? .null, of: app)
        guard let found = parts.components.first(where: { $0.title == title }) else {
            throw RestError(
                .notFound, state: "component_not_found", "the live graph of \(app) has no component \(component)")
        }
        guard let segment = PercentEncoding.segment(edge) else { throw RestError.unknownEdge(edge, of: component) }
        let base = addresses.liveness?.url(
            [.namespace: app.namespace, .app: app.name, .componentNamespace: found.namespace])
        let name = "the liveness service of \(component) of \(app)"
        let (status, json) = try await forwarder.json(name, at: base.map { "\($0)/\(side.rawValue)/\(segment)" })
        // The liveness service that came before this one answers 200 with the 404 inside.
        guard status != 404, json["status_code"]?.int != 404 else { throw RestError.unknownEdge(edge, of: component) }
        guard status == 200 else { throw RestError.badUpstream(name, "answered \(status)") }
        return Response(.ok, json)
    }

    /// The query that is passed on: what the part knows, and nothing else.
    private func query(_ part: FlowPart, _ request: Request) throws(RestError) -> String {
        let query = QueryText(request.uri.query.map { $0[...] })
        if let name = query.unreadable.first { throw .unreadableQuery(name) }
        guard part != .repoMetadata else { return "" }
        guard let path = query["path"] else { throw .missingQuery("path") }
        var text = "?path=" + PercentEncoding.encode(path)
        guard part == .repoDirectory || part == .repoFile else { return text }
        for name in ["branch", "tag"] {
            if let value = query[name] { text += "&\(name)=" + PercentEncoding.encode(value) }
        }
        return text
    }
}

extension RestError {
    static func notDeployed(_ id: AppID) -> RestError {
        RestError(.notFound, state: "graph_not_found", "the app \(id) is not deployed")
    }

    static func unknownEdge(_ edge: String, of component: String) -> RestError {
        RestError(.notFound, state: "edge_not_found", "the component \(component) has no such edge: \(edge)")
    }

    /// A parameter that has to be there, in the form that FastAPI gives it.
    static func missingQuery(_ name: String) -> RestError {
        RestError(
            .unprocessableContent, "the query lacks '\(name)'",
            detail: [
                [
                    "type": "missing", "loc": ["query", .string(name)], "msg": "Field required", "input": .null,
                ]
            ])
    }

    static func unreadableQuery(_ name: String) -> RestError {
        RestError(
            .unprocessableContent, "'\(name)' in the query is no percent-encoded UTF-8",
            detail: [
                [
                    "type": "value_error", "loc": ["query", .string(name)], "msg": "is no percent-encoded UTF-8",
                    "input": .null,
                ]
            ])
    }
}
