import Git
import Graphs
import Logging

extension GraphRepository {
    /// The newest format of a graph repository that this code reads.
    static let format = 1

    /// What may lie in the data folder although there is no repository yet.
    private static let harmless: Set<String> = ["index", "kubeconfig", "lost+found"]

    /// Opens the graph repository of a data folder, or makes it where the folder is new.
    static func open(
        _ options: AppStoreOptions, store: GraphStore?, logger: Logger
    ) throws(AppStoreError) -> GraphRepository {
        if try isThere(options) {
            let repository = try existing(options)
            return try explained { () throws(GitError) in
                try GraphRepository(repository, options: options, store: store, logger: logger)
            }
        }
        return try explained { () throws(GitError) in
            try GraphRepository(create(options), options: options, store: store, logger: logger)
        }
    }

    /// Whether a data folder holds a graph repository; false where one may be made.
    static func isThere(_ options: AppStoreOptions) throws(AppStoreError) -> Bool {
        let names = Files.names(in: options.data) ?? []
        if names.contains("graphs.git") { return true }
        let others = names.filter { !$0.hasPrefix(".") && !harmless.contains($0) }.sorted()
        if let other = others.first {
            throw AppStoreError(
                "\(options.data) is no data folder: it holds no graphs.git, but \(other). "
                    + "Name an empty folder, or the one that holds graphs.git")
        }
        guard options.createsRepository else {
            throw AppStoreError("\(options.data) holds no graphs.git. Name the folder that a service was started on")
        }
        return false
    }

    static func existing(_ options: AppStoreOptions) throws(AppStoreError) -> Repository {
        let path = options.repositoryPath
        let repository: Repository
        do {
            repository = try Repository(opening: path)
        } catch {
            throw AppStoreError(
                "\(path) is no git repository that can be opened: \(error.message). "
                    + "Put a clone of your graphs there (git clone --bare), or name another folder")
        }
        guard repository.isBare else {
            throw AppStoreError("\(path) has a work tree, expected a bare repository (git clone --bare)")
        }
        let branch = try explained { () throws(GitError) in try ReferenceName.branch(options.branch) }
        let format = try explained { () throws(GitError) -> Int? in
            do throws(GitError) {
                guard let head = try repository.reference(branch) else { return nil }
                return try settings(of: repository.commit(head).tree, in: repository).format
            } catch {
                // Where objects are missing the fold says so, unless a cache tells what is needed.
                guard error.isDamage else { throw error }
                return Self.format
            }
        }
        if let format, format > Self.format {
            throw AppStoreError(
                "\(path) is a graph repository of format \(format), and this service reads up to format "
                    + "\(Self.format). Start a newer service on it")
        }
        if options.createsRepository { try explained { () throws(GitError) in try configure(repository) } }
        if format != nil { return repository }
        let others = try explained { () throws(GitError) in
            try repository.references("refs/heads/*").map { $0.name.rawValue.dropFirst("refs/heads/".count) }
        }
        if let other = others.first {
            throw AppStoreError(
                "\(path) has no branch \(options.branch), but \(others.joined(separator: ", ")). "
                    + "Rename it: git -C \(path) branch -m \(other) \(options.branch)")
        }
        return repository
    }

    /// Settings of the repository for git(1), where nobody has chosen others.
    private static let settings = [
        // Each movement of the branch is written down, also in a bare repository: who lags behind reads its way there.
        ("core.logAllRefUpdates", "true"),
        // A push over ssh or by path is as durable as one over HTTP: by itself git leaves out loose objects and references.
        ("core.fsync", "committed,reference"), ("core.fsyncMethod", "batch"),
    ]

    static func configure(_ repository: Repository) throws(GitError) {
        for (name, value) in settings where try repository.setting(name) == nil { try repository.set(name, to: value) }
    }

    static func explained<Value>(_ body: () throws(GitError) -> Value) throws(AppStoreError) -> Value {
        do {
            return try body()
        } catch {
            throw AppStoreError(error.description)
        }
    }

    private static func create(_ options: AppStoreOptions) throws(GitError) -> Repository {
        let repository = try Repository.create(at: options.repositoryPath, branch: options.branch)
        try configure(repository)
        let commit = try firstCommit(in: repository, options)
        do {
            try repository.update(.branch(options.branch), from: nil, to: commit, reflog: "rampart: start")
        } catch {
            // Another process was first, with the same commit in effect.
            guard error.code == .modified else { throw error }
        }
        return repository
    }

    /// Writes the commit that a graph repository starts with; no reference moves.
    static func firstCommit(
        in repository: Repository, _ options: AppStoreOptions
    ) throws(GitError) -> ObjectID {
        repository.signer = options.signer
        let time = options.now()
        let blob = try repository.writeBlob(Array("# Settings of this graph repository\nformat: \(format)\n".utf8))
        let tree = try repository.edit(nil, [.put(path: Layout.settingsPath, blob: blob)])
        let person = options.committer.at(time)
        let commit = try repository.writeCommit(
            tree: tree, parents: [], author: person, committer: person, message: "Start a graph repository\n")
        try repository.flush()
        return commit
    }
}

extension Signature {
    /// The same person at another time.
    func at(_ time: Timestamp) -> Signature {
        Signature(name: name, email: email, seconds: time.seconds, offsetMinutes: time.offsetMinutes)
    }
}
