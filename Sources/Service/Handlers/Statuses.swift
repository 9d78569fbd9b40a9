import Access
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

/// How apps fare: of one in detail, of all in a word. Answers come from what watches have brought; only for the flows of
/// one app its flows service and Pulsar are asked, and not often.
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

    func list() async throws -> Response {
        let visible = try await Exchange.visibility()
        let (report, observed, _) = cluster.current
        let (snapshot, health, now) = (apps.snapshot, health.current, options.date())
        let rows = snapshot.sortedApps().filter { visible.contains($0.id.namespace) }.map { app -> JSON in
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
        let words = await words(of: parts, health)
        let nodes = parts.components.map { component in
            let state = words.state(in: component.namespace, health, now)
            return GraphStatus.Node(component: component, state: state)
        }
        let flows = await flows(parts.flows, of: view.app.id, health, words, now)
        let status = GraphStatus(view: view, nodes: nodes, flows: flows)
        return Response(.ok, [status.json(dashboard: options.dashboardURL)])
    }

    private func flows(
        _ flows: [GraphParts.Flow], of id: AppID, _ health: HealthSnapshot, _ words: ReleaseWords, _ now: Date
    ) async -> [GraphStatus.FlowState] {
        await withTaskGroup(of: (Int, NamespaceState).self) { group in
            for (index, flow) in flows.enumerated() {
                group.addTask { (index, await state(flow, of: id, health, words, now)) }
            }
            var states = [NamespaceState](repeating: NamespaceState(.unknown), count: flows.count)
            for await (index, state) in group { states[index] = state }
            return zip(flows, states).map { GraphStatus.FlowState(title: $0.title, state: $1) }
        }
    }

    private func state(
        _ flow: GraphParts.Flow, of id: AppID, _ health: HealthSnapshot, _ words: ReleaseWords, _ now: Date
    ) async -> NamespaceState {
        switch flow.kind {
        case .volume(let namespaces): return words.state(in: Self.place(namespaces, health), health, now)
        case .repository(let name): return await self.health.repository(name, of: id)
        case .pulsar(let name): return await self.health.pulsar(name)
        case .other(let type): return NamespaceState(.unknown, "a flow of the type '\(type)'")
        }
    }

    /// Where the release of a volume flow is.
    private static func place(_ namespaces: [String], _ health: HealthSnapshot) -> String {
        namespaces.first { health.release(in: $0) != nil } ?? namespaces[0]
    }

    /// What Helm says of those releases of an app that have failed or are on their way; nobody is asked where all are well.
    private func words(of parts: GraphParts, _ health: HealthSnapshot) async -> ReleaseWords {
        guard health.releasesProblem == nil else { return ReleaseWords() }
        var namespaces = parts.components.map(\.namespace)
        for case .volume(let places) in parts.flows.map(\.kind) { namespaces.append(Self.place(places, health)) }
        let releases = Set(namespaces.compactMap { health.release(in: $0) }.filter(\.isUnsettled))
        guard !releases.isEmpty else { return ReleaseWords() }
        return await withTaskGroup(of: (String, String?).self) { group in
            var words = ReleaseWords()
            for (index, release) in releases.enumerated() {
                // A few at a time.
                if index >= 8, let (namespace, message) = await group.next() { words.messages[namespace] = message }
                group.addTask { (release.namespace, await self.health.message(of: release)) }
            }
            for await (namespace, message) in group { words.messages[namespace] = message }
            return words
        }
    }
}

/// Helm's own words about releases, by the namespaces they are in.
private struct ReleaseWords: Sendable {
    var messages: [String: String] = [:]

    /// How what runs in a namespace fares, in Helm's own words where there are any.
    func state(in namespace: String, _ health: HealthSnapshot, _ now: Date) -> NamespaceState {
        let state = health.state(of: namespace, at: now)
        return messages[namespace].map { NamespaceState(state.word, $0) } ?? state
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
