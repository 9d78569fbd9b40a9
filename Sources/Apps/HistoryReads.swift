import Git
import Graphs
import HashTreeCollections

/// Reads old manifests and histories beside the thread that writes, so that no read waits for a commit.
actor HistoryReads {
    private let executor = GitExecutor()
    private let options: AppStoreOptions
    private let store: GraphStore?
    private var opened: Repository?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(options: AppStoreOptions, store: GraphStore?) {
        self.options = options
        self.store = store
    }

    private func repository() throws(GitError) -> Repository {
        if let opened { return opened }
        let repository = try Repository(opening: options.repositoryPath)
        opened = repository
        return repository
    }

    /// The text of a version's manifest.
    func text(of version: Version) throws(GitError) -> GraphText {
        if let extent = version.extent, let json = store?.text(at: extent) { return GraphText(json: json) }
        let bytes = try repository().blob(version.blob)
        guard let manifest = try? Manifest(reading: bytes, format: version.format) else { return .missing }
        return GraphText(manifest)
    }

    /// The commits of a line that touched an app, the newest first.
    func log(_ id: AppID, head: ObjectID) throws(GitError) -> [LogEntry] {
        let repository = try repository()
        let reader = ManifestReader(repository: repository, store: nil)
        var history = History()
        var tree: ObjectID?
        var entries: [LogEntry] = []
        for commit in try repository.firstParents(from: head, until: nil).commits.reversed() {
            let changes = try repository.changes(from: tree, to: commit.tree, in: [id.folder])
                .filter { $0.path.hasPrefix("\(id.folder)/") }
            tree = commit.tree
            if changes.isEmpty { continue }
            let before = history.snapshot.apps[id]
            let step = Step(
                commit: commit.id, time: Timestamp(commit.committer), author: commit.author, message: commit.subject,
                changes: changes)
            try history.take(step) { blob, path throws(GitError) in try reader.read(blob, path: path) }
            let after = history.snapshot.apps[id]
            if before == nil, after == nil { continue }
            entries.append(LogEntry(commit: commit, before: before, after: after))
        }
        return entries.reversed()
    }
}

extension LogEntry {
    fileprivate init(commit: Commit, before: App?, after: App?) {
        let known = before?.versions.count ?? 0
        let count = after?.versions.count ?? 0
        self.init(
            commit: commit.id, author: commit.author, time: Timestamp(commit.committer), message: commit.subject,
            newVersions: count > known ? Array(known + 1...count) : [], activeVersion: after?.activeVersion ?? 0,
            problems: after?.problems ?? [], removed: after == nil)
    }
}
