import CLibgit2

/// A stretch of a branch's own line.
public struct FirstParentLine: Sendable {
    /// The commits, the newest first, without the one at which the walk was to stop.
    public let commits: [Commit]
    /// Whether the walk came to the commit at which it was to stop; false where the line ended without it.
    public let reachedEnd: Bool
}

extension Repository {
    /// Follows first parents.
    ///
    /// - Parameters:
    ///   - head: the commit to begin with.
    ///   - end: the commit to stop before; nil to go to the root.
    public func firstParents(from head: ObjectID, until end: ObjectID?) throws(GitError) -> FirstParentLine {
        var commits: [Commit] = []
        var next: ObjectID? = head
        while let id = next {
            if id == end { return FirstParentLine(commits: commits, reachedEnd: true) }
            let commit = try self.commit(id)
            commits.append(commit)
            next = commit.parents.first
        }
        return FirstParentLine(commits: commits, reachedEnd: end == nil)
    }

    /// Compares two trees by object id, from the root down; what has the same id is not opened.
    ///
    /// A folder that is new or gone is reported file by file, also where a file stood or stands in its place. What lies
    /// more than 500 folders deep is left out: nobody means to keep anything there, and opening it would cost the stack.
    /// - Parameters:
    ///   - old: the tree before; nil for an empty one.
    ///   - new: the tree after; nil for an empty one.
    ///   - descends: asked with the path of each folder that differs; false leaves it out.
    ///   - visit: called with each difference, in git's order.
    public func compare(
        _ old: ObjectID?, _ new: ObjectID?, descends: (String) -> Bool = { _ in true },
        visit: (TreeChange) throws(GitError) -> Void
    ) throws(GitError) {
        try compare(old, new, under: "", depth: 0, descends, visit)
    }

    private static let deepest = 500

    private func compare(
        _ old: ObjectID?, _ new: ObjectID?, under path: String, depth: Int, _ descends: (String) -> Bool,
        _ visit: (TreeChange) throws(GitError) -> Void
    ) throws(GitError) {
        guard old != new, depth <= Self.deepest else { return }
        let before = try old.map { id throws(GitError) in try rawTree(id) } ?? .empty
        let after = try new.map { id throws(GitError) in try rawTree(id) } ?? .empty
        for (left, right) in try RawTree.differences(before, after) {
            guard let name = (right ?? left)?.name else { continue }
            let below = path.isEmpty ? name : "\(path)/\(name)"
            let isTree = (left ?? right)?.kind == .tree
            if isTree {
                if descends(below) { try compare(left?.id, right?.id, under: below, depth: depth + 1, descends, visit) }
            } else {
                try visit(TreeChange(path: below, old: left, new: right))
            }
        }
    }

    /// The best common ancestor of two commits; nil where their histories have nothing in common.
    public func mergeBase(_ one: ObjectID, _ two: ObjectID) throws(GitError) -> ObjectID? {
        var base = git_oid()
        var (first, second) = (one.oid, two.oid)
        let result = git_merge_base(&base, pointer, &first, &second)
        if result == GIT_ENOTFOUND.rawValue { return nil }
        try GitError.check(result, "find the merge base of \(one.short) and \(two.short)")
        return ObjectID(base)
    }

    /// Whether a commit is an ancestor of another, or the same.
    public func isAncestor(_ ancestor: ObjectID, of commit: ObjectID) throws(GitError) -> Bool {
        if ancestor == commit { return true }
        var (first, second) = (commit.oid, ancestor.oid)
        let result = git_graph_descendant_of(pointer, &first, &second)
        try GitError.check(result, "see whether \(ancestor.short) is an ancestor of \(commit.short)")
        return result == 1
    }
}
