import Git

/// How one head of a branch follows from another.
enum BranchRelation: Hashable, Sendable {
    case same
    /// The branch's own line goes on.
    case forward
    /// The line ends in a merge's other parent (a foxtrot, what `git pull` makes); the tip is where it ends.
    case buried(tip: ObjectID)
    /// A merge that somebody else made puts the line right again, which was followed while it was buried.
    case restored
    /// The old head is not in the new one's history.
    case rewritten
}

extension Repository {
    /// - Parameter service: the committer's email of services, by which their commits are known.
    func relation(from old: ObjectID, to new: ObjectID, service: String) throws(GitError) -> BranchRelation {
        if old == new { return .same }
        guard try isAncestor(old, of: new) else { return .rewritten }
        let line = try firstParents(from: new, until: old)
        guard line.reachedEnd else { return try buried(old, under: new) }
        for commit in line.commits where commit.parents.count == 2 {
            if let tip = try lineOfServices(under: commit, from: old, service) { return .buried(tip: tip) }
        }
        return .forward
    }

    /// The branch's own line where a merge has it as its second parent, although the old head is on both.
    ///
    /// A service that has not looked since before the two went apart cannot tell them by its own head. But services
    /// commit on the branch's own line and nowhere else, apart from what they propose on branches `rampart/…`: where the
    /// second parent's side has commits of theirs and the first one's has none, the second one's was the branch.
    private func lineOfServices(
        under merge: Commit, from old: ObjectID, _ service: String
    ) throws(GitError) -> ObjectID? {
        guard let first = merge.parents.first, let second = merge.parents.last, !merge.subject.contains("rampart/"),
            let fork = try mergeBase(first, second), fork != first, fork != second
        else { return nil }
        let ours = try firstParents(from: first, until: fork)
        let theirs = try firstParents(from: second, until: fork)
        guard ours.reachedEnd, theirs.reachedEnd, theirs.commits.contains(where: { $0.committer.email == service }),
            !ours.commits.contains(where: { $0.committer.email == service })
        else { return nil }
        return try firstParents(from: second, until: old).reachedEnd ? second : nil
    }

    /// Looks for the merge that has the old line as another parent than its first.
    ///
    /// The line may have gone on beyond the old head before it was buried, by another service's commits: the tip is the
    /// end of that, so that whoever rights it comes to the same line.
    private func buried(_ old: ObjectID, under new: ObjectID) throws(GitError) -> BranchRelation {
        var next: ObjectID? = new
        while let id = next, try isAncestor(old, of: id) {
            let commit = try commit(id)
            for parent in commit.parents.dropFirst() {
                guard try isAncestor(old, of: parent) else { continue }
                if try isRighting(commit, of: parent) { return .restored }
                if try firstParents(from: parent, until: old).reachedEnd { return .buried(tip: parent) }
                return try buried(old, under: parent)
            }
            next = commit.parents.first
        }
        return .buried(tip: old)
    }

    /// Whether a merge is one that puts the line right: it has its other parent's tree, and its first parent lies in that
    /// one's history, but not on its line.
    private func isRighting(_ merge: Commit, of other: ObjectID) throws(GitError) -> Bool {
        guard merge.parents.count == 2, let first = merge.parents.first, try commit(other).tree == merge.tree,
            try isAncestor(first, of: other)
        else { return false }
        return try !firstParents(from: other, until: first).reachedEnd
    }
}
