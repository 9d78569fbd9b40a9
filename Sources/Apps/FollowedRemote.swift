public import Git
public import Remotes

/// The remote repository whose branch is the truth, and how it is followed.
public struct FollowedRemote: Sendable {
    /// Who talks to it.
    public var transport: any Remote
    /// How often it is fetched from, beside being asked to; a fifth more or less each time.
    public var interval: Duration = .seconds(30)
    /// How long it may say nothing before it is given up. A write that has not arrived after twice that is refused.
    public var timeout: Duration = .seconds(20)
    /// How long a write is tried while the remote is known to be away.
    public var patienceWhileAway: Duration = .seconds(5)
    /// Whether this service only follows: nothing is pushed, all writes are refused.
    public var isReadOnly = false
    /// Whether a branch that was rewritten is followed without holding deletions in the cluster.
    public var allowsRewrite = false

    public init(_ transport: any Remote) { self.transport = transport }

    var fetchPatience: Patience { Patience(silence: timeout, total: timeout * 30) }
}

/// A branch that does not go on from where it was.
public struct BranchRewrite: Sendable, Hashable {
    /// The head before; kept as `refs/rampart/former/<branch>` until somebody confirms.
    public let former: ObjectID
}

/// How the remote stands.
public struct RemoteState: Sendable, Hashable {
    /// Where it is; holds no credentials.
    public let address: String
    public let branch: String
    /// Whether this service only follows.
    public let isReadOnly: Bool
    /// Where its branch was last seen, and so where HEAD here is.
    public internal(set) var head: ObjectID?
    /// When it was last heard of; nil before the first time.
    public internal(set) var seenAt: Timestamp?
    /// Why it cannot be asked or written now; nil while all is well, or nothing was asked yet.
    public internal(set) var failure: RemoteError?
    /// Why the last push was not taken, where that is not passing: a full or read-only remote; nil once one is taken.
    public internal(set) var writeFailure: RemoteError?
    /// The head before the branch was rewritten, until somebody confirms; see ``AppStore/confirmRewrite()``.
    public internal(set) var rewrite: BranchRewrite?

    /// How it stands, in one word: `ok`, `pending` before it was first heard of, `rewritten`, or the kind of failure.
    public var word: String {
        if let failure = failure ?? writeFailure { return failure.kind.rawValue }
        if rewrite != nil { return "rewritten" }
        return seenAt == nil ? "pending" : "ok"
    }

    /// Why, in one sentence; nil where there is nothing to say.
    public var message: String? {
        if let failure {
            switch failure.kind {
            case .branchMissing:
                return "the remote has no branch \(branch) any more; nothing was changed here. Push it back, or start "
                    + "the service with another --branch"
            default: return failure.message
            }
        }
        if let writeFailure { return writeFailure.message }
        if let rewrite {
            return "the branch was rewritten: \(rewrite.former.short) is not in its history any more. Nothing is "
                + "deleted from the cluster until somebody confirms (POST /api/v1/sync/confirm)"
        }
        return seenAt == nil ? "not heard of since the start" : nil
    }
}
