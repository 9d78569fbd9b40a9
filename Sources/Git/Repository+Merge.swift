import CLibgit2

/// A file at which two sides changed the same thing.
public struct Conflict: Hashable, Sendable {
    public let path: String
}

/// What a merge or a revert comes to.
public enum MergeOutcome: Hashable, Sendable {
    /// The merged tree, written.
    case tree(ObjectID)
    /// The files that a person has to look at; nothing was written.
    case conflicts([Conflict])
}

extension Repository {
    /// Undoes what a commit did, on top of another (`git revert -X no-renames`).
    ///
    /// Files are taken by their names alone. With a look for similar files, as git takes it by default, undoing a change
    /// of a file that is gone would change another one that happens to look like it.
    /// - Parameters:
    ///   - commit: the commit to undo.
    ///   - head: the commit on which it is undone.
    ///   - mainline: for a merge, which parent's view counts, from 1; nil for the first.
    public func revert(
        _ commit: ObjectID, onto head: ObjectID, mainline: Int? = nil
    ) throws(GitError) -> MergeOutcome {
        let operation = "revert \(commit.short) on \(head.short)"
        let isMerge = try self.commit(commit).parents.count > 1
        let tree = try self.commit(head).tree
        return try withCommits(commit, head) { commit, head throws(GitError) in
            var options = git_merge_options()
            try GitError.check(git_merge_options_init(&options, UInt32(GIT_MERGE_OPTIONS_VERSION)), operation)
            options.flags &= ~GIT_MERGE_FIND_RENAMES.rawValue
            var index: OpaquePointer?
            let result = git_revert_commit(
                &index, pointer, commit, head, isMerge ? UInt32(mainline ?? 1) : 0, &options)
            try GitError.check(result, operation)
            defer { git_index_free(index) }
            return try outcome(index, over: tree, operation)
        }
    }

    /// Merges two commits' trees over their merge base (`git merge`, without making a commit).
    public func merge(ours: ObjectID, theirs: ObjectID) throws(GitError) -> MergeOutcome {
        let operation = "merge \(theirs.short) into \(ours.short)"
        let tree = try self.commit(ours).tree
        return try withCommits(ours, theirs) { ours, theirs throws(GitError) in
            var options = git_merge_options()
            try GitError.check(git_merge_options_init(&options, UInt32(GIT_MERGE_OPTIONS_VERSION)), operation)
            var index: OpaquePointer?
            try GitError.check(git_merge_commits(&index, pointer, ours, theirs, &options), operation)
            defer { git_index_free(index) }
            return try outcome(index, over: tree, operation)
        }
    }

    /// - Parameter base: the tree that the result is a change of.
    private func outcome(
        _ index: OpaquePointer?, over base: ObjectID, _ operation: String
    ) throws(GitError) -> MergeOutcome {
        guard git_index_has_conflicts(index) == 1 else {
            var oid = git_oid()
            try GitError.check(git_index_write_tree_to(&oid, index, pointer), operation)
            let tree = ObjectID(oid)
            try noteWhatIsNew(in: tree, against: base)
            return .tree(tree)
        }
        var iterator: OpaquePointer?
        try GitError.check(git_index_conflict_iterator_new(&iterator, index), operation)
        defer { git_index_conflict_iterator_free(iterator) }
        var conflicts: [Conflict] = []
        while true {
            var ancestor: UnsafePointer<git_index_entry>?
            var ours: UnsafePointer<git_index_entry>?
            var theirs: UnsafePointer<git_index_entry>?
            let result = git_index_conflict_next(&ancestor, &ours, &theirs, iterator)
            if result == GIT_ITEROVER.rawValue { return .conflicts(conflicts) }
            try GitError.check(result, operation)
            if let path = (ours ?? theirs ?? ancestor)?.pointee.path {
                conflicts.append(Conflict(path: String(cString: path)))
            }
        }
    }

    /// A merge writes folders and files by itself: all that the base does not have may be new.
    private func noteWhatIsNew(in tree: ObjectID, against base: ObjectID?) throws(GitError) {
        guard tree != base else { return }
        unflushed.insert(tree)
        let old = try base.map { id throws(GitError) in try rawTree(id) } ?? .empty
        for (before, after) in try RawTree.differences(old, rawTree(tree)) {
            guard let after else { continue }
            if after.kind == .tree {
                try noteWhatIsNew(in: after.id, against: before?.kind == .tree ? before?.id : nil)
            } else {
                unflushed.insert(after.id)
            }
        }
    }

    private func withCommits<Value>(
        _ one: ObjectID, _ two: ObjectID, _ body: (OpaquePointer?, OpaquePointer?) throws(GitError) -> Value
    ) throws(GitError) -> Value {
        var (first, second) = (one.oid, two.oid)
        var (left, right): (OpaquePointer?, OpaquePointer?) = (nil, nil)
        try GitError.check(git_commit_lookup(&left, pointer, &first), "read the commit \(one)")
        defer { git_commit_free(left) }
        try GitError.check(git_commit_lookup(&right, pointer, &second), "read the commit \(two)")
        defer { git_commit_free(right) }
        return try body(left, right)
    }
}
