import CLibgit2

extension Repository {
    /// The commit that a reference names, through symbolic references and annotated tags; nil where it does not exist.
    public func reference(_ name: ReferenceName) throws(GitError) -> ObjectID? {
        var reference: OpaquePointer?
        let result = git_reference_lookup(&reference, pointer, name.rawValue)
        if result == GIT_ENOTFOUND.rawValue { return nil }
        try GitError.check(result, "read the reference \(name)")
        defer { git_reference_free(reference) }
        var target: OpaquePointer?
        let peeled = git_reference_peel(&target, reference, GIT_OBJECT_ANY)
        if peeled == GIT_ENOTFOUND.rawValue, git_reference_type(reference) == GIT_REFERENCE_SYMBOLIC { return nil }
        try GitError.check(peeled, "read what \(name) names")
        defer { git_object_free(target) }
        guard let id = git_object_id(target) else { return nil }
        return ObjectID(id.pointee)
    }

    /// The name that a symbolic reference such as HEAD points to; nil where it is missing or names an object.
    public func symbolicTarget(_ name: ReferenceName) throws(GitError) -> ReferenceName? {
        var reference: OpaquePointer?
        let result = git_reference_lookup(&reference, pointer, name.rawValue)
        if result == GIT_ENOTFOUND.rawValue { return nil }
        try GitError.check(result, "read the reference \(name)")
        defer { git_reference_free(reference) }
        return git_reference_symbolic_target(reference).flatMap { ReferenceName(rawValue: String(cString: $0)) }
    }

    /// Points a symbolic reference such as HEAD to a branch.
    public func setSymbolic(_ name: ReferenceName, to target: ReferenceName) throws(GitError) {
        var reference: OpaquePointer?
        try GitError.check(
            git_reference_symbolic_create(&reference, pointer, name.rawValue, target.rawValue, 1, nil),
            "point \(name) to \(target)")
        git_reference_free(reference)
    }

    /// Moves a reference, if it still is where the caller last saw it (compare-and-swap), and makes that durable.
    ///
    /// Takes git's own lock file, so that it is safe beside a `git push`.
    /// - Parameters:
    ///   - old: where it has to be; nil where it must not exist.
    ///   - reflog: the message for the reference's log, where it has one.
    /// - Throws: ``GitError`` with code ``GitError/Code/modified`` where it is somewhere else by now,
    ///   ``GitError/Code/locked`` where another process is moving it. Where it cannot be made durable it is put back;
    ///   where even that fails, the message says so.
    public func update(
        _ name: ReferenceName, from old: ObjectID?, to new: ObjectID, reflog: String
    ) throws(GitError) {
        let operation = "move \(name) to \(new.short)"
        guard Libgit2.isReady else { throw GitError(.failed, "libgit2 does not start", operation: operation) }
        var target = new.oid
        var reference: OpaquePointer?
        if let old {
            var expected = old.oid
            let result = git_reference_create_matching(
                &reference, pointer, name.rawValue, &target, 1, &expected, reflog)
            if result == GIT_ENOTFOUND.rawValue { throw moved(operation) }
            try GitError.check(result, operation)
        } else {
            let result = git_reference_create(&reference, pointer, name.rawValue, &target, 0, reflog)
            if result == GIT_EEXISTS.rawValue { throw moved(operation) }
            try GitError.check(result, operation)
        }
        git_reference_free(reference)
        do throws(GitError) {
            try Durability.flush(file: "\(path)/\(name.rawValue)", operation: operation)
        } catch {
            throw putBack(name, from: new, to: old)
                ? error : error.adding("yet it has moved, and may be elsewhere after a loss of power")
        }
    }

    /// Undoes a movement that could not be made durable, so that what is said to have failed has not happened.
    ///
    /// - Returns: false where that fails too, or somebody has moved the reference on.
    private func putBack(_ name: ReferenceName, from new: ObjectID, to old: ObjectID?) -> Bool {
        defer { git_error_clear() }
        var reference: OpaquePointer?
        defer { git_reference_free(reference) }
        guard let old else {
            guard git_reference_lookup(&reference, pointer, name.rawValue) == 0,
                let target = git_reference_target(reference), ObjectID(target.pointee) == new
            else { return false }
            return git_reference_delete(reference) == 0
        }
        var (target, expected) = (old.oid, new.oid)
        return git_reference_create_matching(
            &reference, pointer, name.rawValue, &target, 1, &expected, "rampart: could not be made durable") == 0
    }

    private func moved(_ operation: String) -> GitError {
        git_error_clear()
        return GitError(.modified, "it has moved in the meantime", category: .reference, operation: operation)
    }

    /// Removes a reference, if it still is where the caller last saw it.
    public func delete(_ name: ReferenceName, from old: ObjectID) throws(GitError) {
        let operation = "delete \(name)"
        var reference: OpaquePointer?
        try GitError.check(git_reference_lookup(&reference, pointer, name.rawValue), operation)
        defer { git_reference_free(reference) }
        guard let target = git_reference_target(reference), ObjectID(target.pointee) == old else {
            throw moved(operation)
        }
        try GitError.check(git_reference_delete(reference), operation)
    }

    /// The references whose full name matches a shell pattern such as `refs/heads/*`, with what they name.
    public func references(_ pattern: String) throws(GitError) -> [(name: ReferenceName, target: ObjectID)] {
        var iterator: OpaquePointer?
        try GitError.check(
            git_reference_iterator_glob_new(&iterator, pointer, pattern), "list the references \(pattern)")
        defer { git_reference_iterator_free(iterator) }
        var found: [(name: ReferenceName, target: ObjectID)] = []
        while true {
            var name: UnsafePointer<CChar>?
            let result = git_reference_next_name(&name, iterator)
            if result == GIT_ITEROVER.rawValue { return found }
            try GitError.check(result, "list the references \(pattern)")
            guard let name, let reference = ReferenceName(rawValue: String(cString: name)),
                let target = try self.reference(reference)
            else { continue }
            found.append((reference, target))
        }
    }

    /// The commit that a person's expression names: `main`, `HEAD~2`, an abbreviated id (`git rev-parse`).
    ///
    /// For command lines only; a request's branch names go through ``ReferenceName``.
    public func resolve(_ revision: String) throws(GitError) -> ObjectID {
        var object: OpaquePointer?
        try GitError.check(git_revparse_single(&object, pointer, revision), "find '\(revision)'")
        defer { git_object_free(object) }
        var commit: OpaquePointer?
        try GitError.check(git_object_peel(&commit, object, GIT_OBJECT_COMMIT), "find the commit '\(revision)'")
        defer { git_object_free(commit) }
        guard let id = git_object_id(commit) else {
            throw GitError(.notFound, "it names nothing", operation: "find '\(revision)'")
        }
        return ObjectID(id.pointee)
    }

    /// The commit that a full id or an abbreviation of at least seven digits names; nothing else is understood, so that
    /// a request's text can be handed in.
    ///
    /// - Returns: nil where it is no such text or there is no such commit.
    /// - Throws: ``GitError`` with code ``GitError/Code/ambiguous`` where more than one object begins so.
    public func commit(abbreviated text: String) throws(GitError) -> ObjectID? {
        let digits = Array(text.utf8)
        let isHexadecimal = digits.allSatisfy { digit in
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                UInt8(ascii: "A")...UInt8(ascii: "F"):
                true
            default: false
            }
        }
        guard isHexadecimal, (7...40).contains(digits.count) else { return nil }
        var (prefix, found) = (git_oid(), git_oid())
        try GitError.check(git_oid_fromstrn(&prefix, text, digits.count), "read '\(text)'")
        let result = try git_odb_exists_prefix(&found, database, &prefix, digits.count)
        if result == GIT_ENOTFOUND.rawValue {
            git_error_clear()
            return nil
        }
        try GitError.check(result, "find the commit '\(text)'")
        let id = ObjectID(found)
        return try kind(of: id) == "commit" ? id : nil
    }
}
