public import Git

/// Decides which commits of the branch may be applied.
///
/// All commits of the branch's own line since the last one that was found good are asked about. The first that is refused
/// stops everything: the service goes on with the state before it, and commits nothing on top. What a merge brings in is
/// vouched for by whoever signed the merge.
///
/// How far the line was found good stands in the reference `refs/rampart/verified` of the graph repository itself: it
/// is true of one repository, is kept with it and needs no other store. It cannot be pushed to. Who has access to the
/// repository's files can move it, `git update-ref refs/rampart/verified <commit>`, and so take the responsibility for
/// everything up to that commit.
public struct CommitVerifier: Sendable {
    /// Changes when other commits may be good than before; one that was refused is looked at again then.
    public var revision: @Sendable () -> UInt64
    /// Says why a commit is refused; nil where it is good. `committed` is the committer's time, as git takes it too.
    public var refusal: @Sendable (_ text: SignedText, _ committed: Timestamp) -> String?

    public init(
        revision: @escaping @Sendable () -> UInt64 = { 0 },
        refusal: @escaping @Sendable (_ text: SignedText, _ committed: Timestamp) -> String?
    ) {
        self.revision = revision
        self.refusal = refusal
    }
}

/// The commit at which a branch is not followed any further, and why.
public struct VerificationStop: Sendable, Hashable, CustomStringConvertible {
    public let commit: ObjectID
    /// Whose it says it is: `Ada Lovelace <ada@example.com>`.
    public let author: String
    /// The first line of its message.
    public let title: String
    /// The last good commit before it, which is what runs; nil where there is none.
    public let verified: ObjectID?
    public let reason: String

    init(_ commit: Commit, verified: ObjectID?, reason: String) {
        let author = commit.author.cleaned
        self.commit = commit.id
        self.author = "\(author.name) <\(author.email)>"
        title = commit.subject
        self.verified = verified
        self.reason = reason
    }

    public var description: String {
        "commit \(commit.short) of \(author) is not applied, nor anything after it: \(reason). What runs is "
            + "\(verified?.short ?? "nothing"), the last verified commit. Take it off the branch, or put one in its place that "
            + "is signed by somebody who may (git commit --amend -S). Or look at it and let it through, in the graph "
            + "repository: git update-ref \(ReferenceName.verified) \(commit)"
    }
}

extension Repository {
    /// Why a commit is not good; nil where it is.
    func refusal(of commit: Commit, by verifier: CommitVerifier) throws(GitError) -> String? {
        verifier.refusal(try signedText(of: commit.id), Timestamp(commit.committer))
    }

    /// The first commit that is not good of a line that goes down from a head until it meets the history of another.
    ///
    /// Looked at from the head down, so that who has no key cannot have a long line looked at.
    /// - Parameter history: where it ends; nil to go to the root.
    /// - Returns: nil where all are good.
    func refusedCommit(
        downFrom head: ObjectID, toHistoryOf history: ObjectID?, _ verifier: CommitVerifier
    ) throws(GitError) -> (commit: Commit, reason: String)? {
        var next: ObjectID? = head
        while let id = next {
            if let history, try isAncestor(id, of: history) { return nil }
            let commit = try self.commit(id)
            if let reason = try refusal(of: commit, by: verifier) { return (commit, reason) }
            next = commit.parents.first
        }
        return nil
    }
}
