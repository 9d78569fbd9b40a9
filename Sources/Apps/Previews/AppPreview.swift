public import Graphs
import JSONValues

/// What a merge would do to one app.
public struct AppPreview: Sendable, Hashable {
    /// What the cluster would see of it.
    public enum Effect: String, Sendable, Hashable {
        /// The app starts to run.
        case deployed
        /// Another graph runs.
        case updated
        /// Labels, annotations or the like of the running resource change, the graph does not.
        case relabelled
        /// The app stops to run, and its resource stays.
        case undeployed
        /// The resource is deleted.
        case pruned
        /// Nothing.
        case none
    }

    public let id: AppID
    public let effect: Effect
    /// Whether the app comes, goes or neither.
    public let isNew: Bool
    public let isRemoved: Bool
    /// The version of the live graph now and then; nil for none.
    public let live: Pair
    /// The version of the draft now and then; nil for none.
    public let draft: Pair
    /// The numbers of the versions that the merge makes.
    public let newVersions: [Int]
    /// How the live graph changes, or where that stays, the draft.
    public let graph: GraphComparison
    /// Whether ``graph`` is the draft's change.
    public let isOfDraft: Bool
    /// How the live manifest changes outside of `spec.graph`, by path from the manifest's root.
    public let settings: [GraphComparison.Change]
    public let dashboards: MergePreview.Files
    /// What would be wrong with its files and is not now.
    public let problems: [Problem]
    /// The manifest that the cluster would get, with its version; nil where that stays or there is none.
    public let manifest: GraphText?
    /// The live manifest of now; nil where there is none.
    public let liveNow: GraphText?

    /// A version number now and then.
    public struct Pair: Sendable, Hashable {
        public let before: Int?
        public let after: Int?
        public var changes: Bool { before != after }
    }

    /// - Returns: nil where nothing of the app changes that anybody would see.
    init?(_ id: AppID, before: App?, after: App?, dashboards: MergePreview.Files) {
        self.id = id
        self.dashboards = dashboards
        isNew = before == nil && after != nil
        isRemoved = before != nil && after == nil
        live = Pair(before: before?.live?.version, after: after?.live?.version)
        draft = Pair(before: before?.draft?.version, after: after?.draft?.version)
        let known = before?.versions.count ?? 0
        let count = after?.versions.count ?? 0
        newVersions = count > known ? Array(known + 1...count) : []
        problems = (after?.problems ?? []).filter { !(before?.problems ?? []).contains($0) }
        liveNow = before?.live?.graph
        let (old, new) = (before?.live?.graph.value, after?.live?.graph.value)
        let changesLive = before?.live?.blob != after?.live?.blob
        manifest = changesLive && after?.live?.deploys == true ? after?.live?.graph : nil
        let liveChange = GraphComparison(from: old?.at("spec", "graph"), to: new?.at("spec", "graph"))
        let oldDraft = before?.draft?.graph.value ?? old
        let draftChange =
            after?.draft.map {
                GraphComparison(from: oldDraft?.at("spec", "graph"), to: $0.graph.value.at("spec", "graph"))
            } ?? GraphComparison(from: nil, to: nil)
        isOfDraft = liveChange.isEmpty && !draftChange.isEmpty && before?.draft?.blob != after?.draft?.blob
        graph = isOfDraft ? draftChange : liveChange
        settings = old == nil || new == nil ? [] : Self.outside(old, new)
        effect = Self.effect(
            before?.live, after?.live, changesGraph: !liveChange.isEmpty, changesRest: !settings.isEmpty)
        let isSeen =
            effect != .none || isNew || isRemoved || changesLive || before?.draft?.blob != after?.draft?.blob
            || !dashboards.isEmpty || !problems.isEmpty || before?.problems != after?.problems
        guard isSeen else { return nil }
    }

    private static func effect(
        _ before: LiveGraph?, _ after: LiveGraph?, changesGraph: Bool, changesRest: Bool
    ) -> Effect {
        guard let after else { return before == nil ? .none : .pruned }
        guard after.deploys else { return before?.deploys == true ? .undeployed : .none }
        guard before?.deploys == true else { return .deployed }
        return changesGraph ? .updated : changesRest ? .relabelled : .none
    }

    /// The differences of two manifests without their graphs and without what says that they are deployed.
    private static func outside(_ old: JSON?, _ new: JSON?) -> [GraphComparison.Change] {
        func stripped(_ manifest: JSON?) -> JSON? {
            guard var manifest, var spec = manifest["spec"] else { return manifest }
            spec["graph"] = nil
            spec["deploy"] = nil
            manifest["spec"] = spec
            return manifest
        }
        return GraphComparison(from: stripped(old), to: stripped(new)).changes
    }
}
