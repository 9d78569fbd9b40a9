import Git
import Glibc
import Graphs
import HashTreeCollections

/// Why a merge cannot be previewed: what, where, and what to do.
public struct PreviewError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
}

/// Works out previews on git's own thread, in any clone of a graph repository.
///
/// History is read of the apps that change and of no other.
public actor PreviewReads {
    private let executor = GitExecutor()
    private let path: String

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameter path: a work tree, a folder in one, or a bare repository.
    public init(path: String) { self.path = path }

    /// What merging would do.
    ///
    /// The merge is tried with git's own rules, so that what the base has got since the two parted counts too. A merge
    /// counts as one step of the base's line, whatever commits it brings.
    ///
    /// - Parameters:
    ///   - base: the revision that is merged into.
    ///   - head: the revision that is merged.
    /// - Throws: ``PreviewError``.
    public func preview(base: String, head: String) throws(PreviewError) -> MergePreview {
        let repository = try open()
        guard access("\(repository.path)/shallow", F_OK) != 0 else {
            throw PreviewError(
                description: "\(path) is a shallow clone, and versions are numbered by the whole history. "
                    + "Fetch it: git fetch --unshallow (in CI: fetch-depth: 0, GIT_DEPTH: 0)")
        }
        do throws(GitError) {
            let base = MergePreview.End(name: base, commit: try repository.resolve(base))
            let head = MergePreview.End(name: head, commit: try repository.resolve(head))
            if let parting = try repository.mergeBase(base.commit, head.commit) {
                return try Preview(repository: repository, base: base, head: head, mergeBase: parting).read()
            }
        } catch {
            throw PreviewError(description: error.description)
        }
        throw PreviewError(description: "\(base) and \(head) have no commit in common: nothing can be merged")
    }

    private func open() throws(PreviewError) -> Repository {
        var folder = path
        var failure: GitError?
        // As git looks for the repository of a folder: there, or above it.
        for _ in 0..<64 {
            do throws(GitError) {
                return try Repository(opening: folder)
            } catch {
                failure = failure ?? error
                guard error.code == .notFound, access(folder, F_OK) == 0 else { break }
                folder += "/.."
            }
        }
        throw PreviewError(
            description: "\(path) is no git repository, nor in one: \(failure?.message ?? "not found")")
    }
}

/// One preview on its way.
private struct Preview {
    let repository: Repository
    let base: MergePreview.End
    let head: MergePreview.End
    let mergeBase: ObjectID

    func read() throws(GitError) -> MergePreview {
        let old = try repository.commit(base.commit).tree
        let (changes, conflicts, new) = try merge(over: old)
        var ids: Set<AppID> = []
        for change in changes {
            if let id = Layout.place(of: change.path, kind: change.new?.kind ?? .file).app { ids.insert(id) }
        }
        let before = try fold(ids)
        let after = try step(changes, on: before, ids)
        return MergePreview(
            base: base, head: head, mergeBase: mergeBase, before: before.snapshot, after: after.snapshot,
            changes: changes, problems: try problems(changes, new), conflicts: conflicts,
            liveApps: try liveApps(in: old, worthCounting: after, before))
    }

    /// The files that the merge changes; where it needs a person, those that the merged side changed.
    private func merge(
        over old: ObjectID
    ) throws(GitError) -> (changes: [TreeChange], conflicts: [String], new: ObjectID) {
        let theirs = try repository.commit(head.commit).tree
        if mergeBase == base.commit { return (try differences(old, theirs), [], theirs) }
        if mergeBase == head.commit { return ([], [], old) }
        switch try repository.merge(ours: base.commit, theirs: head.commit) {
        case .tree(let tree): return (try differences(old, tree), [], tree)
        case .conflicts(let conflicts):
            let parted = try repository.commit(mergeBase).tree
            return (try differences(parted, theirs), Set(conflicts.map(\.path)).sorted(), theirs)
        }
    }

    private func differences(_ old: ObjectID, _ new: ObjectID) throws(GitError) -> [TreeChange] {
        var changes: [TreeChange] = []
        try repository.compare(old, new) { change throws(GitError) in changes.append(change) }
        return changes
    }

    /// The history of some apps up to the base.
    private func fold(_ ids: Set<AppID>) throws(GitError) -> History {
        var history = History()
        guard !ids.isEmpty else { return history }
        let reader = ManifestReader(repository: repository, store: nil)
        let scope = AppScope(ids)
        var tree: ObjectID?
        var steps: [Step] = []
        var wanted: [(blob: ObjectID, path: String)] = []
        for commit in try repository.firstParents(from: base.commit, until: nil).commits.reversed() {
            var changes: [FileChange] = []
            try repository.compare(tree, commit.tree, descends: scope.holds) { change throws(GitError) in
                guard scope.owns(change.path) else { return }
                changes.append(FileChange(path: change.path, new: change.new.map { ($0.kind, $0.id) }))
                if let new = change.new, new.kind == .file || new.kind == .executable {
                    switch Layout.place(of: change.path) {
                    case .live, .draft: wanted.append((new.id, change.path))
                    default: break
                    }
                }
            }
            tree = commit.tree
            if changes.isEmpty { continue }
            steps.append(
                Step(
                    commit: commit.id, time: Timestamp(commit.committer), author: commit.author,
                    message: commit.subject, changes: changes))
            if wanted.count >= 512 { try take(&steps, &wanted, reader, into: &history) }
        }
        try take(&steps, &wanted, reader, into: &history)
        return history
    }

    private func take(
        _ steps: inout [Step], _ wanted: inout [(blob: ObjectID, path: String)], _ reader: ManifestReader,
        into history: inout History
    ) throws(GitError) {
        try reader.prepare(wanted)
        for step in steps {
            try history.take(step) { blob, path throws(GitError) in try reader.read(blob, path: path) }
        }
        reader.forget()
        (steps, wanted) = ([], [])
    }

    /// The state after the merge: one more step.
    private func step(
        _ changes: [TreeChange], on before: History, _ ids: Set<AppID>
    ) throws(GitError) -> History {
        let commit = try repository.commit(head.commit)
        let reader = ManifestReader(repository: repository, store: nil)
        var after = before
        let step = Step(
            commit: commit.id, time: Timestamp(commit.committer), author: commit.author, message: commit.subject,
            changes: changes.compactMap { change in
                // Node configs have no history here, and are checked by themselves.
                if case .config = Layout.place(of: change.path) { return nil }
                return FileChange(path: change.path, new: change.new.map { ($0.kind, $0.id) })
            })
        try after.take(step) { blob, path throws(GitError) in try reader.read(blob, path: path) }
        return after
    }

    /// What is wrong with changed node configs and settings.
    private func problems(_ changes: [TreeChange], _ tree: ObjectID) throws(GitError) -> [Problem] {
        var problems: [Problem] = []
        for change in changes {
            guard let new = change.new else { continue }
            switch Layout.place(of: change.path, kind: new.kind) {
            case .config(let id): problems += try configProblems(id, change.path, new, tree)
            case .settings:
                let format = try GraphRepository.settings(of: tree, in: repository).format
                if format > GraphRepository.format {
                    problems.append(
                        Problem(
                            file: change.path, path: "format",
                            message: "is \(format), expected at most \(GraphRepository.format)"))
                }
            default: continue
            }
        }
        return problems
    }

    private func configProblems(
        _ id: String, _ path: String, _ entry: TreeEntry, _ tree: ObjectID
    ) throws(GitError) -> [Problem] {
        if let problem = Layout.linkProblem(path, entry.kind) { return [problem] }
        guard NodeConfig.isID(id) else {
            return [
                Problem(
                    file: path, path: "",
                    message: "'\(id)' is no id: expected letters, digits, '.', '_' and '-', at most 128")
            ]
        }
        for ending in Layout.endings where "configs/\(id).\(ending)" != path {
            if try repository.entry(at: "configs/\(id).\(ending)", in: tree) != nil {
                return [
                    Problem(file: path, path: "", message: "configs/\(id).\(ending) has the same id; keep one of them")
                ]
            }
        }
        do throws(Problems) {
            let bytes: [UInt8]
            do throws(GitError) { bytes = try repository.blob(entry.id, atMost: ManifestReader.maximumSize) } catch {
                return [Problem(file: path, path: "", message: error.description)]
            }
            _ = try NodeConfigContent(reading: bytes, format: ManifestFormat(path: path) ?? .yaml, file: path)
            return []
        } catch {
            return error.list
        }
    }

    /// How many apps have a live graph; looked for only where enough go that it matters.
    private func liveApps(in tree: ObjectID, worthCounting after: History, _ before: History) throws(GitError) -> Int {
        let pruned = before.snapshot.apps.values.count { $0.live != nil && after.snapshot.apps[$0.id]?.live == nil }
        guard pruned > 1, let apps = try repository.entry(at: "apps", in: tree), apps.kind == .tree else { return 0 }
        var count = 0
        for namespace in try repository.tree(apps.id).entries where namespace.kind == .tree {
            for app in try repository.tree(namespace.id).entries where app.kind == .tree {
                let names = try repository.tree(app.id).entries.map(\.name)
                if names.contains(where: Layout.liveNames.contains) { count += 1 }
            }
        }
        return count
    }
}

/// The folders of some apps, asked for very often.
private struct AppScope {
    private let onTheWay: Set<String>
    private let folders: Set<String>

    init(_ ids: Set<AppID>) {
        folders = Set(ids.map(\.folder))
        onTheWay = Set(["apps"] + ids.map { "apps/\($0.namespace)" })
    }

    /// Whether a folder is one of them, in one, or above one.
    func holds(_ path: String) -> Bool { onTheWay.contains(path) || owns(path) }

    /// Whether a path is one of the folders or in one.
    func owns(_ path: String) -> Bool {
        var slashes = 0
        for (index, byte) in zip(path.utf8.indices, path.utf8) where byte == UInt8(ascii: "/") {
            slashes += 1
            if slashes == 3 { return folders.contains(String(path[..<index])) }
        }
        return folders.contains(path)
    }
}
