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

    /// See ``AppStore/letGoOfPacks()``.
    func letGoOfPacks() { opened?.dropCaches() }

    func repository() throws(GitError) -> Repository {
        if let opened { return opened }
        let repository = try Repository(opening: options.repositoryPath)
        opened = repository
        return repository
    }

    /// The content of a dashboard's file; nil where it is too large.
    func content(of file: DashboardFile) throws(GitError) -> [UInt8]? {
        let repository = try repository()
        return try repository.blobSize(file.blob) > DashboardFile.maximumSize ? nil : repository.blob(file.blob)
    }

    /// The author and the first line of the message of a commit; nil where it cannot be read.
    func author(of commit: ObjectID) -> (name: String, subject: String)? {
        guard let commit = try? repository().commit(commit) else { return nil }
        return (commit.author.name, commit.subject)
    }

    /// The text of a version's manifest.
    func text(of version: Version) throws(GitError) -> GraphText {
        if let extent = version.extent, let json = store?.text(at: extent) { return GraphText(json: json) }
        let bytes = try repository().blob(version.blob)
        guard let manifest = try? Manifest(reading: bytes, format: version.format) else { return .missing }
        return GraphText(manifest)
    }
}
