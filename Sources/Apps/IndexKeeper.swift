import Git
import Graphs
import Logging

/// Writes index files and the fold cache on a thread of its own; saves never wait for it.
actor IndexKeeper {
    private let executor = GitExecutor()
    private let options: AppStoreOptions
    private let store: GraphStore?
    private let logger: Logger
    private var ownsFiles: Bool
    private var opened: Repository?
    /// The state that the files in the index folder have.
    private var written: Snapshot?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(options: AppStoreOptions, store: GraphStore?, ownsFiles: Bool, logger: Logger) {
        self.options = options
        self.store = store
        self.ownsFiles = ownsFiles
        self.logger = logger
    }

    /// Brings the files in the index folder up to a snapshot, where they are not.
    ///
    /// - Returns: how long that took; nil where there was nothing to do.
    func bring(upTo snapshot: Snapshot) -> Duration? {
        guard ownsFiles, let store else { return nil }
        if let written, written.head == snapshot.head, written.sequence == snapshot.sequence { return nil }
        let isFirst = written == nil
        let start = ContinuousClock.now
        do {
            let folder = options.indexPath
            if !(isFirst && IndexFiles.areCurrent(in: folder, head: snapshot.head, dashboards: options.dashboards)) {
                try writeFiles(of: snapshot, to: folder)
            }
            if !snapshot.isPartial {
                try FoldCache.write(snapshot, store: store, branch: options.branch, to: "\(folder)/fold.state")
            }
            written = snapshot
        } catch {
            logger.error("cannot write the index files", metadata: ["error": "\(error)"])
        }
        return ContinuousClock.now - start
    }

    /// Leaves the files to the next process, which may wait for them already.
    func giveUp() {
        guard ownsFiles else { return }
        ownsFiles = false
        store?.giveUp()
    }

    /// Writes the four index files into a folder.
    func writeFiles(of snapshot: Snapshot, to folder: String, _ dialect: IndexDialect = .json) throws {
        try Files.makeFolder(folder)
        // The Python service makes its dashboards anew, under uids of its own.
        try IndexFiles.write(snapshot, dashboards: dialect == .json ? options.dashboards : nil, to: folder, dialect) {
            app, version in
            if let live = app.live, live.blob == version.blob { return live.graph.json }
            if let draft = app.draft, draft.blob == version.blob { return draft.graph.json }
            if let extent = version.extent, let text = store?.text(at: extent) { return text }
            let manifest = try Manifest(reading: repository().blob(version.blob), format: version.format)
            return GraphText(manifest).json
        }
    }

    /// See ``AppStore/letGoOfPacks()``.
    func letGoOfPacks() { opened?.dropCaches() }

    private func repository() throws(GitError) -> Repository {
        if let opened { return opened }
        let repository = try Repository(opening: options.repositoryPath)
        opened = repository
        return repository
    }
}
