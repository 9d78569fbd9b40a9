import Git
import Glibc
import Logging
import Remotes

/// What opening a data folder that follows a remote goes by.
private struct Connection: Sendable {
    let options: AppStoreOptions
    let remote: FollowedRemote
    let references: RemoteReferences

    var address: String { remote.transport.address }
}

extension Opening {
    /// Makes a data folder follow a remote: clones where the folder is new, checks where it is not.
    ///
    /// A folder that has followed this remote before is left as it is, so that a service starts while the remote is
    /// away.
    /// - Throws: ``AppStoreError`` where the folder follows another remote or holds a history of its own, or where the
    ///   remote cannot be reached and there is nothing here yet.
    func connect(_ options: AppStoreOptions, to remote: FollowedRemote, logger: Logger) async throws {
        let references = try RemoteReferences(branch: options.branch)
        let connection = Connection(options: options, remote: remote, references: references)
        guard try GraphRepository.isThere(options) else {
            try await clone(connection)
            logger.info("cloned the graph repository", metadata: ["remote": "\(connection.address)"])
            return
        }
        let repository = try GraphRepository.existing(options)
        if try repository.reference(references.tracking) == nil {
            try await join(repository, connection)
            try repository.set("remote.origin.url", to: connection.address)
            logger.info("the graph repository follows a remote now", metadata: ["remote": "\(connection.address)"])
        } else if let recorded = try repository.setting("remote.origin.url"), recorded != connection.address {
            throw AppStoreError(
                "\(options.repositoryPath) follows \(recorded), not \(connection.address). Name another data folder; "
                    + "or, where it is the same repository at a new address: git -C \(options.repositoryPath) config "
                    + "remote.origin.url \(connection.address)")
        }
    }

    /// Clones beside the place of the repository and renames it there when it is whole.
    private func clone(_ connection: Connection) async throws {
        let options = connection.options
        let path = "\(options.data)/.graphs.git.\(getpid()).new"
        try Files.makeFolder(options.data)
        do {
            let repository = try Repository.create(at: path, branch: options.branch)
            try GraphRepository.configure(repository)
            try repository.set("remote.origin.url", to: connection.address)
            let head = try await fetchOrStart(repository, connection)
            try repository.update(.branch(options.branch), from: nil, to: head, reflog: "rampart: clone")
            try repository.put(connection.references.tracking, at: head, reflog: "rampart: clone")
        } catch {
            Files.remove(path)
            throw error
        }
        guard rename(path, options.repositoryPath) == 0 else {
            let reason = String(cString: strerror(errno))
            Files.remove(path)
            throw AppStoreError("cannot make \(options.repositoryPath): \(reason)")
        }
    }

    /// Has a repository that was here alone follow a remote, where one of the two goes on from the other.
    private func join(_ repository: Repository, _ connection: Connection) async throws {
        let references = connection.references
        guard let local = try repository.reference(references.branch) else {
            let head = try await fetchOrStart(repository, connection)
            try repository.update(references.branch, from: nil, to: head, reflog: "rampart: clone")
            return try repository.put(references.tracking, at: head, reflog: "rampart: clone")
        }
        let fetched = try await fetch(repository, connection)
        if let fetched {
            // The first fetch of the store brings it up.
            let isBehind = try repository.isAncestor(local, of: fetched)
            let isUntouched = try isUntouched(local, repository)
            if isBehind || isUntouched {
                if !isBehind {
                    try repository.update(references.branch, from: local, to: fetched, reflog: "rampart: join")
                }
                return try repository.put(references.tracking, at: isBehind ? local : fetched, reflog: "rampart: join")
            }
            guard try repository.isAncestor(fetched, of: local) else {
                throw AppStoreError(
                    "\(connection.options.repositoryPath) and \(connection.address) have histories of which neither goes "
                        + "on from the other. Merge them in a clone and push that, or name another data folder")
            }
        }
        try await push(local, of: repository.path, expecting: fetched, connection)
        try repository.put(references.tracking, at: local, reflog: "rampart: join")
    }

    /// Whether a repository holds nothing but what the service itself started it with.
    private func isUntouched(_ head: ObjectID, _ repository: Repository) throws(GitError) -> Bool {
        let commit = try repository.commit(head)
        guard commit.parents.isEmpty else { return false }
        return try repository.tree(commit.tree).entries.map(\.name) == [Layout.settingsPath]
    }

    /// The remote's head; where the remote is empty, a first commit that it has now.
    private func fetchOrStart(_ repository: Repository, _ connection: Connection) async throws -> ObjectID {
        for _ in 0..<3 {
            if let head = try await fetch(repository, connection) { return head }
            let first = try GraphRepository.firstCommit(in: repository, connection.options)
            do throws(RemoteError) {
                try await push(first, of: repository.path, expecting: nil, connection)
                return first
            } catch {
                // Another service may be starting on the same remote.
                if error.kind != .moved { throw AppStoreError("cannot start a graph repository: \(error)") }
            }
        }
        throw AppStoreError("cannot start a graph repository on \(connection.address): others are at it too")
    }

    /// Fetches the remote's head.
    ///
    /// - Returns: nil where the remote is empty.
    private func fetch(_ repository: Repository, _ connection: Connection) async throws -> ObjectID? {
        let (remote, references) = (connection.remote, connection.references)
        do throws(RemoteError) {
            try await remote.transport.fetch(
                references.branch, into: references.fetched, of: repository.path, patience: remote.fetchPatience)
        } catch {
            guard error.kind == .branchMissing else { throw AppStoreError("cannot fetch the graphs: \(error)") }
            let others = try await branches(connection)
            guard others.isEmpty else {
                throw AppStoreError(
                    "\(connection.address) has no branch \(connection.options.branch), but "
                        + "\(others.joined(separator: ", ")). Name it (--branch), or push \(connection.options.branch)")
            }
            return nil
        }
        return try repository.reference(references.fetched)
    }

    @inline(never)  // as below
    private func branches(_ connection: Connection) async throws(AppStoreError) -> [String] {
        do throws(RemoteError) {
            return try await connection.remote.transport.branches(patience: connection.remote.fetchPatience).keys
                .map { String($0.rawValue.dropFirst("refs/heads/".count)) }.sorted()
        } catch {
            throw AppStoreError("cannot list the branches: \(error)")
        }
    }

    /// Pushes a commit to the remote's branch.
    ///
    /// Not inlined: Swift 6.3 fails to optimise its callers otherwise ("while splitting coroutine").
    @inline(never)
    private func push(
        _ commit: ObjectID, of repository: String, expecting expected: ObjectID?, _ connection: Connection
    ) async throws(RemoteError) {
        guard !connection.remote.isReadOnly else {
            throw RemoteError(
                .followsOnly,
                "\(connection.address) lacks commits of \(repository), and with --remote-read-only nothing is pushed")
        }
        try await connection.remote.transport.push(
            commit, of: repository, to: connection.references.branch, expecting: expected,
            patience: connection.remote.fetchPatience)
    }
}

extension Files {
    /// Removes a folder with everything in it, as far as that is possible.
    static func remove(_ path: String) {
        guard let stream = opendir(path) else {
            unlink(path)
            return
        }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            if Int32(entry.pointee.d_type) == Int32(DT_DIR) {
                remove("\(path)/\(name)")
            } else {
                unlink("\(path)/\(name)")
            }
        }
        closedir(stream)
        rmdir(path)
    }
}
