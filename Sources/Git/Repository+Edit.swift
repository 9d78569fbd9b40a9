import CLibgit2

extension Repository {
    /// Writes a tree that differs from another in some files. Folders that become empty vanish, as git keeps none.
    ///
    /// Only the folders on the way to an edit are written; entries that nobody named stay as they are, byte for byte.
    /// - Parameters:
    ///   - base: the tree to start from; nil for an empty one.
    ///   - edits: done in order.
    /// - Throws: ``GitError`` with code ``GitError/Code/invalidName`` for a path that has an empty part, `.`, `..`,
    ///   `.git` or a NUL in it.
    public func edit(_ base: ObjectID?, _ edits: [TreeEdit]) throws(GitError) -> ObjectID {
        let root = EditedFolder()
        for edit in edits {
            let parts = edit.path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.allSatisfy(Repository.isAllowed) else {
                throw GitError(.invalidName, "git does not allow that path", operation: "write '\(edit.path)'")
            }
            root.add(edit, parts[...])
        }
        if let tree = try write(root, over: base) { return tree }
        return try emptyTree()
    }

    private static func isAllowed(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && name.lowercased() != ".git" && !name.utf8.contains(0)
    }

    private func emptyTree() throws(GitError) -> ObjectID {
        var oid = git_oid()
        try GitError.check(git_odb_write(&oid, database, nil, 0, GIT_OBJECT_TREE), "write an empty tree")
        return noted(oid)
    }

    /// - Returns: the new tree; nil where it would be empty.
    private func write(_ folder: EditedFolder, over base: ObjectID?) throws(GitError) -> ObjectID? {
        var baseTree: OpaquePointer?
        if let base {
            var oid = base.oid
            try GitError.check(git_tree_lookup(&baseTree, pointer, &oid), "read the folder \(base)")
        }
        defer { git_tree_free(baseTree) }
        var builder: OpaquePointer?
        try GitError.check(git_treebuilder_new(&builder, pointer, baseTree), "write a folder")
        defer { git_treebuilder_free(builder) }
        for (name, change) in folder.changes {
            let current = git_treebuilder_get(builder, name)
            var entry: (id: ObjectID, kind: EntryKind)?
            switch change {
            case .put(let blob, let kind):
                entry = (blob, kind)
            case .remove:
                entry = nil
            case .folder(let folder, let replaces):
                let isFolder = current.map { git_tree_entry_filemode($0) == GIT_FILEMODE_TREE } ?? false
                let below = isFolder && !replaces ? git_tree_entry_id(current).map { ObjectID($0.pointee) } : nil
                if let id = try write(folder, over: below) {
                    entry = (id, .tree)
                } else if current != nil, !isFolder, !folder.writes {
                    continue  // a removal below a file: there is nothing to remove
                }
            }
            if let entry {
                var oid = entry.id.oid
                try GitError.check(
                    git_treebuilder_insert(nil, builder, name, &oid, git_filemode_t(entry.kind.mode)), "write '\(name)'"
                )
            } else if current != nil {
                try GitError.check(git_treebuilder_remove(builder, name), "remove '\(name)'")
            }
        }
        guard git_treebuilder_entrycount(builder) > 0 else { return nil }
        var oid = git_oid()
        try GitError.check(git_treebuilder_write(&oid, builder), "write a folder")
        return noted(oid)
    }
}

/// The edits of one folder, collected before anything is written.
private final class EditedFolder {
    enum Change {
        case put(ObjectID, EntryKind)
        case remove
        /// Edits below; `replaces` where what stood there before does not count any more.
        case folder(EditedFolder, replaces: Bool)
    }

    var changes: [String: Change] = [:]

    /// Whether any edit in here wrote something, if only for a moment: a file that stood in the folder's place is gone.
    var writes = false

    func add(_ edit: TreeEdit, _ parts: ArraySlice<String>) {
        guard let name = parts.first else { return }
        if case .put = edit { writes = true }
        guard parts.count > 1 else {
            switch edit {
            case .put(_, let blob, let kind): changes[name] = .put(blob, kind)
            case .remove: changes[name] = .remove
            }
            return
        }
        switch changes[name] {
        case .folder(let folder, _):
            folder.add(edit, parts.dropFirst())
        case .none:
            let folder = EditedFolder()
            changes[name] = .folder(folder, replaces: false)
            folder.add(edit, parts.dropFirst())
        case .put, .remove:
            // Something was written or removed here just before: what the base had in its place does not count.
            if case .remove = edit { return }
            let folder = EditedFolder()
            changes[name] = .folder(folder, replaces: true)
            folder.add(edit, parts.dropFirst())
        }
    }
}
