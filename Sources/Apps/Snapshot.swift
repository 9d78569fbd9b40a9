public import Git
public import Graphs
public import HashTreeCollections

/// All apps at one head of the branch; a value, cheap to copy and to keep.
public struct Snapshot: Sendable {
    /// The newest commit of the branch; nil while the branch has none.
    public internal(set) var head: ObjectID?
    /// The time of that commit.
    public internal(set) var headTime: Timestamp?
    public internal(set) var apps: TreeDictionary<AppID, App> = [:]
    /// The node configs by id, those that have never been good too.
    var configs: TreeDictionary<String, NodeConfig> = [:]
    /// How many node configs there have been.
    var configCount = 0
    /// The commits that touched each app, also those that are gone.
    var touches: TreeDictionary<AppID, TouchLog> = [:]
    /// The files `apps/<namespace>/<name>/dashboards/*.json` of each app, also where it has no graph; ordered by name.
    public internal(set) var dashboards: TreeDictionary<AppID, [DashboardFile]> = [:]
    /// What `rampart.yaml` says.
    public internal(set) var settings = RepositorySettings()
    /// Whether changes come to the branch by pull request only.
    public var isProtected: Bool { settings.isProtected }
    /// What is wrong in the repository outside of any app: links, submodules, names that are no labels.
    public internal(set) var problems: [Problem] = []
    /// What is wrong outside of any app, by the file that it comes from.
    var strays: [String: Problem] = [:]
    /// Set where the branch was rewritten on the remote and nobody has confirmed that yet.
    public internal(set) var rewrite: BranchRewrite?
    /// Where the branch is not followed any further, as a commit is not verified; see ``CommitVerifier``.
    public internal(set) var stop: VerificationStop?
    /// Whether files could not be read, as their objects are missing or damaged: what they say is taken in later, so
    /// that nobody may go on from this state but who knows.
    var isPartial = false
    /// Grows with each change.
    public internal(set) var sequence: UInt64 = 0

    /// An app; nil where there is none of that name.
    public subscript(id: AppID) -> App? { apps[id] }

    /// How many versions all apps have together.
    public var versionCount: Int { apps.values.reduce(0) { $0 + $1.versions.count } }

    /// The apps ordered by namespace and name.
    public func sortedApps() -> [App] { apps.values.sorted { $0.id < $1.id } }
}

/// What is new in a snapshot.
public struct SnapshotChange: Sendable {
    /// The newest snapshot.
    public let snapshot: Snapshot
    public let changed: ChangedApps
    /// When the oldest of these commits came to the branch, as far as this process knows: when it took up the write, or
    /// noticed that the branch had moved.
    public let since: ContinuousClock.Instant
}

/// The apps that a look has to be taken at.
public enum ChangedApps: Sendable, Hashable {
    /// All of them: the first change that a subscriber gets, and after the branch was rewritten.
    case everything
    /// Those whose folder was touched; one that is not in the snapshot is gone.
    case apps(Set<AppID>)

    /// Both together.
    public func union(_ other: ChangedApps) -> ChangedApps {
        switch (self, other) {
        case (.apps(let left), .apps(let right)): .apps(left.union(right))
        default: .everything
        }
    }

    /// Whether an app is among them.
    public func contains(_ id: AppID) -> Bool {
        switch self {
        case .everything: true
        case .apps(let ids): ids.contains(id)
        }
    }
}
