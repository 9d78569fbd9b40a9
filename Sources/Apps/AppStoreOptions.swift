public import Git

/// Where a store keeps its things, and in whose name it commits.
public struct AppStoreOptions: Sendable {
    /// The folder that holds `graphs.git`.
    public var data: String
    /// The branch that is the truth.
    public var branch: String
    /// The remote repository that has the branch; nil where it is here and nowhere else.
    public var remote: FollowedRemote?
    /// Where the index files and the caches are written; `<data>/index` if nil.
    public var indexFolder: String?
    /// Which dashboards belong to apps, for the index file `dashboard.json`; nil for a file without rows.
    public var dashboards: DashboardRows?
    /// Name and email of the committer; the time in it is not used.
    public var committer: Signature
    /// Signs the commits of the service; nil leaves them unsigned.
    public var signer: CommitSigner?
    /// Says why a commit must not be applied; nil takes every commit. See ``CommitVerifier``.
    public var verifier: CommitVerifier?
    /// Up to which commit the history counts as verified where nothing of it was verified before.
    public var trustedUpTo: ObjectID?
    /// Whether a repository is made where the data folder is new or empty.
    public var createsRepository = true
    /// Whether the fold goes on from its cache; without, everything is read from history alone.
    public var usesCache = true
    /// How long opening waits for another process to be done with the index files, as in a rolling update.
    public var waitsForFiles: Duration = .zero
    /// The time of commits.
    public var now: @Sendable () -> Timestamp
    /// How old a lock file must be to count as left behind by a killed process.
    public var staleLockAge: Duration = .seconds(10)
    /// How often the branch is looked at beside the file system's own notices.
    public var pollInterval: Duration = .seconds(2)
    /// The share of time that writing the index files may take.
    public var indexShare = 0.05
    /// What the store measures of itself.
    public var metrics = StoreMetrics()

    public init(
        data: String, branch: String = "main", indexFolder: String? = nil,
        committer: Signature = Signature(name: "Rampart", email: "rampart@localhost", seconds: 0, offsetMinutes: 0),
        now: @escaping @Sendable () -> Timestamp = { Timestamp.now() }
    ) {
        self.data = data
        self.branch = branch
        self.indexFolder = indexFolder
        self.committer = committer
        self.now = now
    }

    /// The path of the graph repository.
    public var repositoryPath: String { data + "/graphs.git" }
    /// The folder of the index files.
    public var indexPath: String { indexFolder ?? data + "/index" }
}
