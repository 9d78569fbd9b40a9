import Apps
import Foundation
import Git
import HashTreeCollections
import Health
import Hummingbird
import JSONValues
import NIOCore
import Sync
import Synchronization

/// How apps fare: of one in detail, of all in a word. Answers come from what watches have brought; only the flows
/// service of one app is asked, and not often.
struct Statuses: Sendable {
    let apps: any AppSource
    let cluster: any ClusterSide
    let health: any HealthSide
    let options: ServiceOptions
    private let parts = PartsCache()

    init(apps: any AppSource, cluster: any ClusterSide, health: any HealthSide, options: ServiceOptions) {
        self.apps = apps
        self.cluster = cluster
        self.health = health
        self.options = options
    }

    func list() -> Response {
        let (report, observed, _) = cluster.current
        let (snapshot, health, now) = (apps.snapshot, health.current, options.date())
        let rows = snapshot.sortedApps().map { app -> JSON in
            let view = AppView(
                app: app, observed: observed[app.id], sync: report.apps[app.id],
                hasSeenCluster: report.hasSeenCluster)
            let nodes = app.live.map { live in
                parts[app.id, live].components.lazy.map { health.state(of: $0.namespace, at: now) }
            }
            let word = nodes.map { GraphStatus.word(view, nodes: $0).word } ?? "undeployed"
            return [
                "id": .string(app.id.description), "name": .string(app.id.name),
                "appId": .string(app.id.description), "status": .string(word),
            ]
        }
        return Response(.ok, .array(rows))
    }

    func show(_ id: String) async throws -> Response {
        let view = try AppView(id, apps: apps, cluster: cluster)
        guard let live = view.app.live, view.observed != nil || live.deploys else { return Response(.ok, []) }
        let (health, now, parts) = (health.current, options.date(), parts[view.app.id, live])
        let nodes = parts.components.map { component in
            GraphStatus.Node(component: component, state: health.state(of: component.namespace, at: now))
        }
        let flows = await flows(parts.flows, of: view.app.id, health, now)
        let status = GraphStatus(view: view, nodes: nodes, flows: flows)
        return Response(.ok, [status.json(dashboard: options.dashboardURL)])
    }

    private func flows(
        _ flows: [GraphParts.Flow], of id: AppID, _ health: HealthSnapshot, _ now: Date
    ) async -> [GraphStatus.FlowState] {
        await withTaskGroup(of: (Int, NamespaceState).self) { group in
            for (index, flow) in flows.enumerated() {
                group.addTask { (index, await state(flow, of: id, health, now)) }
            }
            var states = [NamespaceState](repeating: NamespaceState(.unknown), count: flows.count)
            for await (index, state) in group { states[index] = state }
            return zip(flows, states).map { GraphStatus.FlowState(title: $0.title, state: $1) }
        }
    }

    private func state(
        _ flow: GraphParts.Flow, of id: AppID, _ health: HealthSnapshot, _ now: Date
    ) async -> NamespaceState {
        switch flow.kind {
        case .volume(let namespaces):
            let place = namespaces.first { health.release(in: $0) != nil } ?? namespaces[0]
            return health.state(of: place, at: now)
        case .repository(let name): return await self.health.repository(name, of: id)
        case .pulsar: return NamespaceState(.unknown, "Pulsar is not asked by this service")
        case .other(let type): return NamespaceState(.unknown, "a flow of the type '\(type)'")
        }
    }
}

/// The parts of live graphs, so that a list does not read every graph again.
private final class PartsCache: Sendable {
    private let known = Mutex<[AppID: (commit: ObjectID, parts: GraphParts)]>([:])

    subscript(id: AppID, live: LiveGraph) -> GraphParts {
        if let entry = known.withLock({ $0[id] }), entry.commit == live.commit { return entry.parts }
        let parts = GraphParts(live.graph.value.at("spec", "graph") ?? .null, of: id)
        known.withLock { known in
            if known.count > 50_000 { known = [:] }
            known[id] = (live.commit, parts)
        }
        return parts
    }
}
