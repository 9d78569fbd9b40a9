import Git
import Glibc
import HashTreeCollections
import Logging

/// A graph repository that was opened and folded, on its way to the ``AppStore``.
struct OpenedStore {
    let graphs: GraphRepository
    /// Whether the index files and caches are this process's to write.
    let ownsFiles: Bool
}

/// Opens a graph repository on git's thread.
actor Opening {
    private let executor: GitExecutor

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ executor: GitExecutor) { self.executor = executor }

    func open(_ options: AppStoreOptions, logger: Logger) throws -> sending OpenedStore {
        // Looked at before anything is written, so that a wrong folder stays as it is.
        _ = try GraphRepository.open(options, store: nil, logger: logger)
        let (store, ownsFiles) = Self.store(options, logger: logger)
        let graphs = try GraphRepository.open(options, store: store, logger: logger)
        try graphs.prepareVerification()
        if let store, ownsFiles {
            if let snapshot = Self.cached(options, store: store, logger: logger) {
                try graphs.resume(snapshot)
            } else {
                store.clear()
            }
        }
        do throws(GitError) {
            try graphs.catchUp()
        } catch {
            // As a service that runs does: it goes on with what it knows, and says at each look what is missing.
            guard error.isDamage, graphs.snapshot.head != nil else { throw error }
            logger.error("the branch cannot be read, going on with what was known", metadata: ["error": "\(error)"])
        }
        if let hold = graphs.hold, graphs.snapshot.head == nil { throw AppStoreError(hold.error.description) }
        return OpenedStore(graphs: graphs, ownsFiles: ownsFiles)
    }

    /// The store beside the index files; one of our own for the time being where another process has that.
    private static func store(_ options: AppStoreOptions, logger: Logger) -> (store: GraphStore?, isOwn: Bool) {
        let folder = options.indexPath
        do throws(FileError) {
            try Files.makeFolder(folder)
        } catch {
            logger.warning("no index files will be written", metadata: ["error": "\(error)"])
            return (nil, false)
        }
        if options.usesCache {
            let path = "\(folder)/fold.graphs"
            let deadline = ContinuousClock.now + options.waitsForFiles
            repeat {
                if let store = GraphStore(path: path) { return (store, true) }
                // This thread is git's own.
                if ContinuousClock.now < deadline { usleep(20_000) }
            } while ContinuousClock.now < deadline
            logger.warning("index files belong to another process", metadata: ["folder": "\(folder)"])
        }
        let path = "\(folder)/fold.\(UInt64.random(in: 0...UInt64.max)).graphs"
        return (GraphStore(path: path, isTemporary: true), false)
    }

    private static func cached(_ options: AppStoreOptions, store: GraphStore, logger: Logger) -> Snapshot? {
        let path = "\(options.indexPath)/fold.state"
        guard let snapshot = FoldCache.read(path, store: store, branch: options.branch) else { return nil }
        let used = snapshot.apps.values.reduce(0) { sum, app in
            app.versions.reduce(sum) { $0 + UInt64($1.extent?.length ?? 0) }
        }
        guard store.length < 4 * used + wasteLimit else {
            logger.info("graph store is mostly waste, folding anew")
            return nil
        }
        return snapshot
    }

    private static let wasteLimit: UInt64 = 64 << 20
}
