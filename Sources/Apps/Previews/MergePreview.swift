public import Git
public import Graphs
import HashTreeCollections

/// What merging one commit into another would do to apps and cluster: a value, worked out of two states.
public struct MergePreview: Sendable, Hashable {
    /// One end of the comparison.
    public struct End: Sendable, Hashable {
        /// As it was asked for: `main`, `HEAD`.
        public let name: String
        public let commit: ObjectID

        public init(name: String, commit: ObjectID) {
            self.name = name
            self.commit = commit
        }
    }

    /// Files of one kind that differ, by a name for people, each list sorted.
    public struct Files: Sendable, Hashable {
        public var added: [String] = []
        public var changed: [String] = []
        public var removed: [String] = []

        public init() {}

        public var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }

        mutating func take(_ name: String, _ change: TreeChange) {
            if change.old == nil {
                added.append(name)
            } else if change.new == nil {
                removed.append(name)
            } else {
                changed.append(name)
            }
        }
    }

    /// Where is merged into.
    public let base: End
    /// What is merged.
    public let head: End
    /// Where the two parted.
    public let mergeBase: ObjectID
    /// The apps that change, ordered by namespace and name.
    public let apps: [AppPreview]
    /// The node configs that change, by id.
    public let configs: Files
    /// Whether `rampart.yaml` changes.
    public let changesSettings: Bool
    /// How many files change that mean nothing to the service.
    public let otherFiles: Int
    /// What would be wrong and is not now, in the order of files and lines.
    public let problems: [Problem]
    /// The files that a person has to merge; the rest is then told as if the merged side had won.
    public let conflicts: [String]
    /// Whether so many resources would be deleted at once that the service asks first.
    public let holdsPrune: Bool
    /// What the cluster says; nil where it was not asked.
    public var cluster: ClusterFindings?

    /// Whether merging would be without a problem that is known.
    public var isGood: Bool { problems.isEmpty && conflicts.isEmpty && (cluster?.refusals.isEmpty ?? true) }

    /// - Parameters:
    ///   - before: the state at the base, of the apps that change.
    ///   - after: the same after the merge.
    ///   - changes: all files that the merge changes.
    ///   - problems: what is wrong with changed files outside of apps' manifests.
    ///   - liveApps: how many apps have a live graph at the base, to judge deletions by.
    init(
        base: End, head: End, mergeBase: ObjectID, before: Snapshot, after: Snapshot, changes: [TreeChange],
        problems: [Problem] = [], conflicts: [String] = [], liveApps: Int = 0
    ) {
        self.base = base
        self.head = head
        self.mergeBase = mergeBase
        var dashboards: [AppID: Files] = [:]
        var touched: Set<AppID> = []
        var configs = Files()
        var (others, settings) = (0, false)
        for change in changes {
            let place = Layout.place(of: change.path, kind: change.new?.kind ?? .file)
            if let id = place.app { touched.insert(id) }
            switch place {
            case .dashboard(let id, let file): dashboards[id, default: Files()].take(file, change)
            case .config(let id): configs.take(id, change)
            case .settings: settings = true
            case .other: others += 1
            case .live, .draft, .inApp, .stray: continue
            }
        }
        self.configs = configs
        changesSettings = settings
        otherFiles = others
        apps = touched.sorted().compactMap { id in
            AppPreview(id, before: before.apps[id], after: after.apps[id], dashboards: dashboards[id] ?? Files())
        }
        let strays = after.problems.filter { !before.problems.contains($0) }
        self.problems = (apps.flatMap(\.problems) + strays + problems).sorted(by: Self.precedes)
        self.conflicts = conflicts.sorted()
        let pruned = apps.count { $0.effect == .pruned }
        holdsPrune = pruned > 1 && pruned * 2 > liveApps
    }

    private static func precedes(_ left: Problem, _ right: Problem) -> Bool {
        (left.file ?? "", left.line ?? 0, left.column ?? 0, left.path)
            < (right.file ?? "", right.line ?? 0, right.column ?? 0, right.path)
    }
}

/// What a cluster says to a merge that is only thought of.
public struct ClusterFindings: Sendable, Hashable {
    /// Why the API server would refuse an app's new graph, in its words.
    public var refusals: [AppID: String] = [:]
    /// Where the cluster is otherwise than the base already, so that the merge is not all that would change.
    public var drift: [AppID: Drift] = [:]
    /// Why something could not be asked; nil where everything was.
    public var unanswered: String?

    public init() {}

    /// How a resource differs from the base.
    public enum Drift: Sendable, Hashable {
        /// It is not there.
        case missing
        /// It is there although the base has no live graph.
        case unexpected
        /// These places of `spec.graph` differ: `old` is what the base says, `new` what the cluster has.
        case fields([GraphComparison.Change])
    }
}
