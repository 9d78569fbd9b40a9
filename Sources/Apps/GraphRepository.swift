import Git
import Graphs
import HashTreeCollections
import Logging
import Logs

/// A graph repository with the fold of its branch: what ``AppStore`` does, one call after the other on one thread.
final class GraphRepository {
    let repository: Repository
    let branch: ReferenceName
    let options: AppStoreOptions
    let logger: Logger
    let store: GraphStore?
    let reader: ManifestReader

    /// The branch as it was folded last.
    var history: History
    /// Set while the branch stands rewritten and nobody has confirmed it.
    var rewrite: BranchRewrite?
    /// What has changed since someone last asked.
    var changes: ChangedApps?
    /// Set while the branch stands on a commit that is not verified.
    var stop: VerificationStop?
    /// Set while the branch stands on a commit that is too large to be taken.
    var hold: BranchHold?
    /// How far the branch was found to be signed.
    var verification = VerifiedLine()
    /// Which requests made, or brought, which commits.
    let causes = Causes()
    /// The request that has the branch followed now; nil where none has.
    var following: RequestID?
    /// When the oldest of these came to the branch, as far as is known here.
    private var changedSince: ContinuousClock.Instant?
    /// One text for each name and email, as thousands of versions share them.
    var names: [String: String] = [:]

    var snapshot: Snapshot { history.snapshot }

    init(
        _ repository: Repository, options: AppStoreOptions, store: GraphStore?, logger: Logger
    ) throws(GitError) {
        self.repository = repository
        self.branch = try .branch(options.branch)
        self.options = options
        self.logger = logger
        self.store = store
        reader = ManifestReader(repository: repository, store: store)
        repository.signer = options.signer
        history = History()
        if let remote = options.remote { rewrite = try openRewrite(remote) }
    }

    /// A rewritten branch that nobody has confirmed before the last process ended.
    private func openRewrite(_ remote: FollowedRemote) throws(GitError) -> BranchRewrite? {
        let name = try RemoteReferences(branch: options.branch).former
        guard let former = try repository.reference(name) else { return nil }
        if remote.allowsRewrite {
            try repository.delete(name, from: former)
            return nil
        }
        return BranchRewrite(former: former)
    }

    /// What has changed since the last call, and when the oldest of it came; nil for nothing.
    func takeChanges() -> (changed: ChangedApps, since: ContinuousClock.Instant)? {
        defer { (changes, changedSince) = (nil, nil) }
        return changes.map { ($0, changedSince ?? .now) }
    }

    /// Makes a new state the newest one.
    ///
    /// - Parameter since: when its commits came to the branch, as far as is known here.
    func adopt(_ new: History, changed: ChangedApps, since: ContinuousClock.Instant = .now) {
        history = new
        history.snapshot.rewrite = rewrite
        history.snapshot.stop = stop
        history.snapshot.isPartial = !reader.lost.isEmpty
        history.countChange()
        changes = changes?.union(changed) ?? changed
        changedSince = changedSince ?? since
    }

    /// Goes on from a state that the fold cache had.
    func resume(_ snapshot: Snapshot) throws(GitError) {
        var resumed = History(snapshot)
        try fillTexts(&resumed, of: nil)
        // A repository that was put in the place of another may not have that commit; it is folded anew then.
        if let head = snapshot.head, try repository.kind(of: head) == "commit" {
            try checkSettings(&resumed, head: head)
        }
        adopt(resumed, changed: .everything)
    }
}
