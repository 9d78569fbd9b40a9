import Git

/// The references that tell of a remote's branch.
struct RemoteReferences: Sendable {
    /// The branch of the remote.
    let branch: ReferenceName
    /// The last commit of the remote's branch that the branch here was brought to; what is beyond it here was never
    /// there. Moved after the branch, so that a crash between the two leaves what looks like commits that are not
    /// there yet, and the next fetch shows that they are.
    let tracking: ReferenceName
    /// Where a fetch puts what it found, before anybody has looked at it.
    let fetched: ReferenceName
    /// The head before the branch was rewritten.
    let former: ReferenceName

    init(branch name: String) throws(GitError) {
        branch = try .branch(name)
        tracking = try Self.reference("refs/remotes/origin/\(name)")
        fetched = try Self.reference("refs/rampart/fetched/\(name)")
        former = try Self.reference("refs/rampart/former/\(name)")
    }

    /// Where commits are kept that could not be pushed on.
    static func aside(_ commit: ObjectID) throws(GitError) -> ReferenceName {
        try reference("refs/rampart/aside/\(commit.short)")
    }

    private static func reference(_ name: String) throws(GitError) -> ReferenceName {
        if let reference = ReferenceName(rawValue: name) { return reference }
        return try .branch(name)  // whose error says what is wrong with the name
    }
}

extension Repository {
    /// Moves a reference to a commit, wherever it is; nothing happens where it is there already.
    func put(_ name: ReferenceName, at commit: ObjectID, reflog: String) throws(GitError) {
        for attempt in 1... {
            let current = try reference(name)
            if current == commit { return }
            do throws(GitError) {
                return try update(name, from: current, to: commit, reflog: reflog)
            } catch {
                guard error.isPassing, attempt < 20 else { throw error }
            }
        }
    }
}
