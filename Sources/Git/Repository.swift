import CLibgit2

/// A git repository that is open.
///
/// Not `Sendable`: libgit2 wants one thread at a time. Let an actor on a ``GitExecutor`` own it; only values (ids,
/// trees, commits) leave.
public final class Repository {
    /// The folder of the repository itself (`…/graphs.git`), without a slash at the end.
    public let path: String
    let pointer: OpaquePointer
    /// Opened when it is first asked for; see ``dropCaches()``.
    private var openDatabase: OpaquePointer?
    var trees = TreeCache()
    var looseFolders = LooseFolders()
    /// Signs the commits that are written; nil for none.
    public var signer: CommitSigner?
    /// Objects written and not yet known to be durable.
    var unflushed: Set<ObjectID> = []
    /// Objects that could not be made durable, and whose files say no more of what is on the disk.
    var doubtful: Set<ObjectID> = []
    /// Lock files of others as they were first seen.
    var seenLocks: [String: SeenLock] = [:]

    /// Opens a repository, bare or not; does not look in the folders above.
    ///
    /// - Throws: ``GitError``; code ``GitError/Code/notFound`` where the folder is no repository.
    public convenience init(opening path: String) throws(GitError) {
        guard Libgit2.isReady else { throw GitError(.failed, "libgit2 does not start", operation: "open \(path)") }
        var pointer: OpaquePointer?
        try GitError.check(
            git_repository_open_ext(&pointer, path, GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue, nil),
            "open the repository \(path)")
        try self.init(taking: pointer, operation: "open the repository \(path)")
    }

    /// Makes an empty bare repository; a folder that holds one already is an error.
    ///
    /// - Parameter branch: what HEAD names, and so what a clone checks out.
    public static func create(at path: String, branch: String) throws(GitError) -> Repository {
        guard Libgit2.isReady else { throw GitError(.failed, "libgit2 does not start", operation: "make \(path)") }
        _ = try ReferenceName.branch(branch)
        var options = git_repository_init_options()
        try GitError.check(
            git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION)), "prepare \(path)")
        options.flags =
            GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_MKPATH.rawValue
            | GIT_REPOSITORY_INIT_NO_REINIT.rawValue
        var pointer: OpaquePointer?
        let result = branch.withCString { name in
            options.initial_head = name
            return git_repository_init_ext(&pointer, path, &options)
        }
        try GitError.check(result, "make a repository in \(path)")
        return try Repository(taking: pointer, operation: "make a repository in \(path)")
    }

    /// - Parameter pointer: an open repository, freed from now on by this object.
    private init(taking pointer: OpaquePointer?, operation: String) throws(GitError) {
        guard let pointer else { throw GitError(.failed, "no repository", operation: operation) }
        self.pointer = pointer
        var path = git_repository_path(pointer).map { String(cString: $0) } ?? ""
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
        _ = try database
    }

    deinit {
        git_odb_free(openDatabase)
        git_repository_free(pointer)
    }

    /// The object database (`git_odb`).
    var database: OpaquePointer {
        get throws(GitError) {
            if let openDatabase { return openDatabase }
            try GitError.check(git_repository_odb(&openDatabase, pointer), "open the objects of \(path)")
            guard let openDatabase else { throw GitError(.failed, "no object database", operation: "open \(path)") }
            return openDatabase
        }
    }

    /// Gives back what reading has gathered; the next read opens the objects anew, which takes microseconds.
    ///
    /// libgit2 keeps up to 16 MB of unpacked objects for each pack and has no setting for it.
    ///
    /// - Parameter returnsMemory: whether all free memory of the process is given back to the system too, which after
    ///   a long walk is much and takes a millisecond or two.
    public func dropCaches(returnsMemory: Bool = false) {
        git_odb_free(openDatabase)
        openDatabase = nil
        git_repository__cleanup(pointer)
        if returnsMemory {
            trees = TreeCache()
            rampart_return_free_memory()
        }
    }

    public var isBare: Bool { git_repository_is_bare(pointer) == 1 }

    /// A setting of the repository's own configuration; nil where it is not set.
    public func setting(_ name: String) throws(GitError) -> String? {
        try withConfiguration { configuration throws(GitError) in
            var buffer = git_buf()
            defer { git_buf_dispose(&buffer) }
            let result = git_config_get_string_buf(&buffer, configuration, name)
            if result == GIT_ENOTFOUND.rawValue { return nil }
            try GitError.check(result, "read the setting \(name)")
            return buffer.ptr.map { String(cString: $0) }
        }
    }

    /// Writes a setting into the repository's own configuration.
    public func set(_ name: String, to value: String) throws(GitError) {
        try withConfiguration { configuration throws(GitError) in
            try GitError.check(git_config_set_string(configuration, name, value), "write the setting \(name)")
        }
    }

    private func withConfiguration<Value>(
        _ body: (OpaquePointer) throws(GitError) -> Value
    ) throws(GitError) -> Value {
        var configuration: OpaquePointer?
        try GitError.check(git_repository_config(&configuration, pointer), "open the configuration of \(path)")
        guard let configuration else { throw GitError(.failed, "no configuration", operation: "open \(path)") }
        defer { git_config_free(configuration) }
        return try body(configuration)
    }
}
