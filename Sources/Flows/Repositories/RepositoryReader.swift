import Git

/// Reads the git repositories of flows, on a thread of its own.
actor RepositoryReader {
    private let executor = GitExecutor()
    private let root: String
    private var opened: [String: (status: FileStatus, path: String, repository: Repository)] = [:]

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// The largest file that is handed out: libgit2 reads a file in one piece.
    static let largestFile = 256 << 20

    /// - Parameter root: the folder that the flows lie in.
    init(root: String) { self.root = root }

    func metadata(of flow: FlowFolder) throws(FlowFault) -> RepositoryMetadata {
        try read(flow) { repository throws(GitError) in
            let head = try repository.symbolicTarget(.head)
            let branches = try Self.names(repository, "refs/heads/")
            return RepositoryMetadata(
                head: head.map { Self.short($0, "refs/heads/") }, branches: branches,
                tags: try Self.names(repository, "refs/tags/"))
        }
    }

    /// Whether the repository can be opened and its HEAD read.
    func check(_ flow: FlowFolder) throws(FlowFault) {
        try read(flow) { repository throws(GitError) in
            if let commit = try repository.reference(.head) { _ = try repository.kind(of: commit) }
        }
    }

    /// The entries of a folder at a branch or a tag, in git's order, with the name that was used.
    func directory(
        _ path: FlowPath, at point: RepositoryPoint, in flow: FlowFolder
    ) throws(FlowFault) -> (name: String, entries: [FolderEntry]) {
        try self.at(point, in: flow) { repository, tree, name throws(GitError) in
            guard let entry = try repository.entry(at: path.text, in: tree) else { return .failure(.noDirectory) }
            switch entry.kind {
            // What a submodule has is not in this repository.
            case .submodule: return .success((name, []))
            case .tree:
                let entries = try repository.tree(entry.id).entries
                return .success(
                    (
                        name,
                        entries.map { FolderEntry(name: $0.name, isFolder: $0.kind == .tree || $0.kind == .submodule) }
                    ))
            case .file, .executable, .link: return .failure(FlowFault(400, "Not a directory: \(path.text)"))
            }
        }
    }

    /// A file at a branch or a tag. Of a symbolic link it is the text of the link.
    ///
    /// - Parameter known: an object id that the client has the content of.
    /// - Returns: the id, and the content unless it is known.
    func file(
        _ path: FlowPath, at point: RepositoryPoint, in flow: FlowFolder, known: (ObjectID) -> Bool
    ) throws(FlowFault) -> (id: ObjectID, content: [UInt8]?) {
        try self.at(point, in: flow) { repository, tree, _ throws(GitError) in
            guard let entry = try repository.entry(at: path.text, in: tree) else { return .failure(.noFile) }
            guard entry.kind != .tree, entry.kind != .submodule else {
                return .failure(FlowFault(400, "Not a file: \(path.text)"))
            }
            if known(entry.id) { return .success((entry.id, nil)) }
            guard try repository.blobSize(entry.id) <= Self.largestFile else {
                return .failure(FlowFault(413, "Larger than \(Self.largestFile >> 20) MiB: \(path.text)"))
            }
            return .success((entry.id, try repository.blob(entry.id)))
        }
    }

    private func at<Value>(
        _ point: RepositoryPoint, in flow: FlowFolder,
        _ body: (Repository, ObjectID, String) throws(GitError) -> Result<Value, FlowFault>
    ) throws(FlowFault) -> Value {
        let result = try read(flow) { repository throws(GitError) -> Result<Value, FlowFault> in
            guard let (reference, name) = try point.reference(in: repository) else {
                return .failure(FlowFault(404, "There is no \(point) in the flow \(flow.name)"))
            }
            guard let id = try repository.reference(reference) else {
                return .failure(FlowFault(404, "There is no \(point) in the flow \(flow.name)"))
            }
            guard try repository.kind(of: id) == "commit" else {
                return .failure(FlowFault(400, "\(name) is no commit in the flow \(flow.name)"))
            }
            return try body(repository, try repository.commit(id).tree, name)
        }
        return try result.get()
    }

    private func read<Value>(
        _ flow: FlowFolder, _ body: (Repository) throws(GitError) -> Value
    ) throws(FlowFault) -> Value {
        guard let place = try RepositoryPlace.find(in: flow) else {
            opened[flow.name] = nil
            throw FlowFault(404, "There is no git repository in the flow \(flow.name)")
        }
        do {
            return try body(try repository(flow.name, place))
        } catch {
            // A packed repository may have lost the file that was just in use; the next one to ask opens it anew.
            opened[flow.name] = nil
            throw FlowFault(500, "Git error: \(error)")
        }
    }

    private func repository(_ flow: String, _ place: RepositoryPlace) throws(GitError) -> Repository {
        if let known = opened[flow], known.path == place.path, known.status.isSame(as: place.status) {
            return known.repository
        }
        let path = place.path.isEmpty ? "\(root)/\(flow)" : "\(root)/\(flow)/\(place.path)"
        let repository = try Repository(opening: path)
        if opened.count >= 64 { opened = [:] }
        opened[flow] = (place.status, place.path, repository)
        return repository
    }

    private static func names(_ repository: Repository, _ prefix: String) throws(GitError) -> [String] {
        try repository.references(prefix + "*").map { short($0.name, prefix) }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func short(_ name: ReferenceName, _ prefix: String) -> String {
        name.rawValue.hasPrefix(prefix) ? String(name.rawValue.dropFirst(prefix.count)) : name.rawValue
    }
}

/// The branches and tags of a repository.
struct RepositoryMetadata: Sendable, Hashable {
    /// The branch that HEAD names; nil where it names none.
    let head: String?
    let branches: [String]
    let tags: [String]
}

/// A commit as a request names it. Names are looked up as references and as nothing else: no `HEAD~1`, no object id.
enum RepositoryPoint: Sendable, Hashable, CustomStringConvertible {
    case branch(String)
    case tag(String)
    /// The branch that HEAD names.
    case head

    /// A tag counts more than a branch, as it always has; empty ones are as if they were not given.
    init(branch: String?, tag: String?) {
        if let tag, !tag.isEmpty {
            self = .tag(tag)
        } else if let branch, !branch.isEmpty {
            self = .branch(branch)
        } else {
            self = .head
        }
    }

    /// - Returns: nil where no reference can have that name, or HEAD names none.
    func reference(in repository: Repository) throws(GitError) -> (name: ReferenceName, short: String)? {
        switch self {
        case .branch(let name): ReferenceName(rawValue: "refs/heads/\(name)").map { ($0, name) }
        case .tag(let name): ReferenceName(rawValue: "refs/tags/\(name)").map { ($0, name) }
        case .head:
            try repository.symbolicTarget(.head).map {
                ($0, $0.rawValue.hasPrefix("refs/heads/") ? String($0.rawValue.dropFirst(11)) : $0.rawValue)
            }
        }
    }

    var description: String {
        switch self {
        case .branch(let name): "branch \(name)"
        case .tag(let name): "tag \(name)"
        case .head: "default branch"
        }
    }
}
