public import Apps
public import Git
public import HashTreeCollections

/// How an app stands, in one word.
public enum SyncState: String, Sendable, Hashable {
    /// The cluster has what HEAD says.
    case synced
    /// Not looked at yet, or the API server cannot be reached; it is caught up with.
    case pending
    /// A file of the app at HEAD does not check; the cluster keeps the last good state.
    case invalid
    /// The API server refuses, or something stands in the way.
    case failed
}

/// How one app stands.
public struct AppSync: Sendable, Hashable {
    public var state: SyncState
    /// Why, in one sentence; nil where there is nothing to say.
    public var message: String?
    /// The commit whose live graph the cluster has.
    public var appliedCommit: ObjectID?
    /// When this process last wrote it; nil where it found it as it should be.
    public var appliedAt: Timestamp?

    public init(
        state: SyncState, message: String? = nil, appliedCommit: ObjectID? = nil, appliedAt: Timestamp? = nil
    ) {
        self.state = state
        self.message = message
        self.appliedCommit = appliedCommit
        self.appliedAt = appliedAt
    }
}

/// What the loop has done since it started.
public struct SyncCounters: Sendable, Hashable {
    public var applied = 0
    public var healed = 0
    public var pruned = 0
    public var adopted = 0
    public var failed = 0
}

/// What this replica is among several.
public struct Replica: Sendable, Hashable {
    /// The name under which it stands for election.
    public var identity: String
    /// Who writes to the cluster, as far as this replica knows; nil for nobody.
    public var leader: String?
    /// Whether that is this replica.
    public var leads: Bool
    /// The part of all apps that it is about; nil for all of them.
    public var shard: Shard?

    public init(identity: String, leader: String?, leads: Bool, shard: Shard? = nil) {
        self.identity = identity
        self.leader = leader
        self.leads = leads
        self.shard = shard
    }
}

/// How everything stands; a value that is swapped as a whole.
public struct SyncReport: Sendable {
    /// The commit that was last looked at.
    public internal(set) var head: ObjectID?
    public internal(set) var apps: TreeDictionary<AppID, AppSync> = [:]
    /// What would be deleted once somebody says so: more than half of all resources at once. Sorted; mostly empty.
    public internal(set) var heldPrune: [AppID] = []
    /// Why the cluster cannot be reached; nil while it can.
    public internal(set) var unreachable: String?
    /// Whether all resources of the cluster have been seen once.
    public internal(set) var hasSeenCluster = false
    public internal(set) var counters = SyncCounters()
    /// What this replica is among several; nil where it is the only one.
    public internal(set) var replica: Replica?
}
