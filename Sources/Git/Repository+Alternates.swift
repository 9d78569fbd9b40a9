import CLibgit2

extension Repository {
    /// Opens a repository that sees the objects of other folders too, for example those of a push that git holds in
    /// quarantine.
    ///
    /// - Parameter folders: folders of objects, as `objects/` of a repository.
    public convenience init(opening path: String, withObjectsIn folders: [String]) throws(GitError) {
        try self.init(opening: path)
        for folder in folders {
            try GitError.check(git_odb_add_disk_alternate(database, folder), "read the objects in \(folder)")
        }
    }

    /// The tree of what lies in a work tree now: what is committed, staged, changed and new, without what is ignored.
    ///
    /// Nothing is written, neither objects nor the index.
    /// - Throws: ``GitError`` for a bare repository.
    public func treeOfWorkTree() throws(GitError) -> ObjectID {
        let operation = "read the work tree of \(path)"
        guard !isBare else { throw GitError(.invalid, "it has none", operation: operation) }
        // Objects that are written from here on stay in memory.
        var memory: OpaquePointer?
        try GitError.check(git_mempack_new(&memory), operation)
        try GitError.check(git_odb_add_backend(database, memory, 999), operation)
        var index: OpaquePointer?
        try GitError.check(git_repository_index(&index, pointer), operation)
        defer { git_index_free(index) }
        try GitError.check(git_index_add_all(index, nil, 0, nil, nil), operation)
        try GitError.check(git_index_update_all(index, nil, nil, nil), operation)
        var oid = git_oid()
        try GitError.check(git_index_write_tree(&oid, index), operation)
        return ObjectID(oid)
    }
}
