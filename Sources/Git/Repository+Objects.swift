import CLibgit2

extension Repository {
    /// The content of a file.
    public func blob(_ id: ObjectID) throws(GitError) -> [UInt8] {
        try withObject(id, GIT_OBJECT_BLOB, "file") { bytes throws(GitError) in Array(bytes) }
    }

    /// The content of a file that is not longer than it may be.
    ///
    /// - Parameter most: in bytes.
    /// - Throws: ``GitError/Code/tooMuch`` where it is longer, without having read it.
    public func blob(_ id: ObjectID, atMost most: Int) throws(GitError) -> [UInt8] {
        let size = try blobSize(id)
        guard size <= most else {
            throw GitError(.tooMuch, "it has \(size) bytes, expected at most \(most)", operation: "read \(id.short)")
        }
        return try blob(id)
    }

    /// The size of a file in bytes, without reading it.
    public func blobSize(_ id: ObjectID) throws(GitError) -> Int {
        var size = 0
        var type = GIT_OBJECT_INVALID
        var oid = id.oid
        try GitError.check(git_odb_read_header(&size, &type, database, &oid), "read the header of \(id)")
        guard type == GIT_OBJECT_BLOB else { throw wrongKind(id, "file") }
        return size
    }

    /// The kind of object that an id names, as git calls it: `blob`, `tree`, `commit`, `tag`; nil where there is none.
    public func kind(of id: ObjectID) throws(GitError) -> String? {
        var size = 0
        var type = GIT_OBJECT_INVALID
        var oid = id.oid
        let result = try git_odb_read_header(&size, &type, database, &oid)
        if result == GIT_ENOTFOUND.rawValue { return nil }
        try GitError.check(result, "read the header of \(id)")
        return git_object_type2string(type).map { String(cString: $0) }
    }

    public func commit(_ id: ObjectID) throws(GitError) -> Commit {
        try withObject(id, GIT_OBJECT_COMMIT, "commit") { bytes throws(GitError) in
            try Commit(id: id, parsing: bytes)
        }
    }

    /// The bytes of a commit object.
    func commitBytes(_ id: ObjectID) throws(GitError) -> [UInt8] {
        try withObject(id, GIT_OBJECT_COMMIT, "commit") { bytes throws(GitError) in Array(bytes) }
    }

    /// One folder with all its entries.
    public func tree(_ id: ObjectID) throws(GitError) -> Tree { Tree(id: id, entries: try rawTree(id).entries()) }

    /// What stands at a path; nil where nothing does.
    ///
    /// - Parameter path: separated by slashes; empty for the root itself.
    public func entry(at path: String, in tree: ObjectID) throws(GitError) -> TreeEntry? {
        var entry = TreeEntry(name: "", kind: .tree, id: tree)
        for name in path.split(separator: "/") {
            guard entry.kind == .tree, let next = try rawTree(entry.id).entry(named: String(name)) else { return nil }
            entry = next
        }
        return entry
    }

    /// Writes a file's content; it is durable after the next ``flush()``.
    public func writeBlob(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
        var oid = git_oid()
        let database = try database
        let result = bytes.withUnsafeBytes {
            git_odb_write(&oid, database, $0.baseAddress, $0.count, GIT_OBJECT_BLOB)
        }
        try GitError.check(result, "write a file of \(bytes.count) bytes")
        return noted(oid)
    }

    /// Remembers that an object has to be made durable.
    func noted(_ oid: git_oid) -> ObjectID {
        let id = ObjectID(oid)
        unflushed.insert(id)
        return id
    }

    /// A tree object's bytes, from the cache where it was read a moment ago.
    func rawTree(_ id: ObjectID) throws(GitError) -> RawTree {
        if let tree = trees[id] { return tree }
        let tree = try withObject(id, GIT_OBJECT_TREE, "folder") { bytes throws(GitError) in
            RawTree(bytes: Array(bytes))
        }
        trees.insert(tree, id)
        return tree
    }

    /// Lends the bytes of an object of the kind expected.
    private func withObject<Value>(
        _ id: ObjectID, _ kind: git_object_t, _ name: String,
        _ body: (UnsafeRawBufferPointer) throws(GitError) -> Value
    ) throws(GitError) -> Value {
        if let loose = try looseObject(id, name) {
            guard loose.kind == git_object_type2string(kind).map({ String(cString: $0) }) else {
                throw wrongKind(id, name)
            }
            // Written out, as a closure with a typed error cannot be lent through withUnsafeBytes.
            let result = loose.bytes.withUnsafeBytes { bytes in Result { () throws(GitError) in try body(bytes) } }
            return try result.get()
        }
        var oid = id.oid
        var object: OpaquePointer?
        try GitError.check(git_odb_read(&object, database, &oid), "read the \(name) \(id)")
        defer { git_odb_object_free(object) }
        guard git_odb_object_type(object) == kind else { throw wrongKind(id, name) }
        return try body(UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object)))
    }

    private func wrongKind(_ id: ObjectID, _ name: String) -> GitError {
        GitError(.invalid, "that object is something else", operation: "read the \(name) \(id)")
    }
}
