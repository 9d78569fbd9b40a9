import CLibgit2

/// Makes the signature of a commit's text: armored, without a line feed at the end.
///
/// Nil where it cannot, and the commit is then not written.
public typealias CommitSigner = @Sendable ([UInt8]) -> String?

extension Repository {
    /// Writes a commit, signed where there is a ``signer``; no reference moves.
    ///
    /// - Parameter message: cleaned of nothing; it should end with a line feed.
    public func writeCommit(
        tree: ObjectID, parents: [ObjectID], author: Signature, committer: Signature, message: String
    ) throws(GitError) -> ObjectID {
        let operation = "write the commit '\(message.prefix { !$0.isNewline })'"
        let id = try author.with { author throws(GitError) in
            try committer.with { committer throws(GitError) in
                try withParents(parents) { parents throws(GitError) in
                    var treeID = tree.oid
                    var treePointer: OpaquePointer?
                    try GitError.check(git_tree_lookup(&treePointer, pointer, &treeID), operation)
                    defer { git_tree_free(treePointer) }
                    var parents = parents
                    let count = parents.count
                    guard let signer else {
                        var oid = git_oid()
                        let result = parents.withUnsafeMutableBufferPointer { parents in
                            git_commit_create(
                                &oid, pointer, nil, author, committer, nil, message, treePointer, count,
                                parents.baseAddress)
                        }
                        try GitError.check(result, operation)
                        return oid
                    }
                    var text = git_buf()
                    defer { git_buf_dispose(&text) }
                    let result = parents.withUnsafeMutableBufferPointer { parents in
                        git_commit_create_buffer(
                            &text, pointer, author, committer, nil, message, treePointer, count, parents.baseAddress)
                    }
                    try GitError.check(result, operation)
                    return try sign(text, with: signer, operation)
                }
            }
        }
        return noted(id)
    }

    private func sign(_ text: git_buf, with signer: CommitSigner, _ operation: String) throws(GitError) -> git_oid {
        guard let start = text.ptr else { throw GitError(.failed, "it is empty", operation: operation) }
        let bytes = UnsafeRawBufferPointer(start: start, count: text.size)
        guard let signature = signer(Array(bytes)) else {
            throw GitError(.failed, "it cannot be signed", operation: operation)
        }
        var oid = git_oid()
        try GitError.check(
            git_commit_create_with_signature(&oid, pointer, start, signature, "gpgsig"), operation)
        return oid
    }

    /// Lends parents as libgit2's objects.
    private func withParents<Value>(
        _ ids: [ObjectID], _ body: ([OpaquePointer?]) throws(GitError) -> Value
    ) throws(GitError) -> Value {
        var parents: [OpaquePointer?] = []
        defer { for parent in parents { git_commit_free(parent) } }
        for id in ids {
            var oid = id.oid
            var parent: OpaquePointer?
            try GitError.check(git_commit_lookup(&parent, pointer, &oid), "read the parent \(id)")
            parents.append(parent)
        }
        return try body(parents)
    }
}
