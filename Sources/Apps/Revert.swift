public import Git
import Graphs
import HashTreeCollections

/// What is to be undone.
public struct Revert: Sendable, Hashable {
    /// The commit whose changes go; a merge's are those against its first parent.
    public var commit: ObjectID
    /// The app that the commit has to have touched; nil where it may be any commit.
    public var app: AppID?
    /// Whether the commit may have changed more than the app; it is then undone as a whole.
    public var whole: Bool

    public init(_ commit: ObjectID, of app: AppID?, whole: Bool = false) {
        self.commit = commit
        self.app = app
        self.whole = whole || app == nil
    }
}

/// What undoing a commit would come to, worked out without a commit.
public struct RevertPreview: Sendable {
    /// The apps that it would change, as they would be then; nil for those that would go.
    public let apps: [AppID: App?]
    /// What somebody who pushed the same change would have to be allowed to do.
    public let needs: PushNeeds
}

/// What undoing a commit comes to on top of some state.
struct RevertPlan {
    let commit: Commit
    /// Files to write and to remove in the tree of that state's head.
    let edits: [ActPlan.Edit]
    /// The apps that change, ordered, as they are afterwards.
    let apps: [(id: AppID, after: App?)]
    let needs: PushNeeds

    /// As git writes it (builtin/revert.c).
    var title: String { "Revert \"\(commit.subject)\"" }
    var body: String {
        guard commit.parents.count > 1 else { return "This reverts commit \(commit.id)." }
        return "This reverts commit \(commit.id), reversing\nchanges made to \(commit.parents[0])."
    }
}

/// Works out reverts with one repository, which writes nothing that a reference names.
struct Reverter {
    let repository: Repository

    /// - Parameters:
    ///   - history: the state at whose head the commit is undone.
    ///   - readOnly: false for those who may change what is read-only.
    /// - Throws: ``ActError`` where the commit is none of the branch or of the app, did more than is allowed, cannot be
    ///   undone because of later changes, is undone already, or would leave something that does not check.
    func plan(_ revert: Revert, on history: History, minding readOnly: Bool = true) throws(ActError) -> RevertPlan {
        let snapshot = history.snapshot
        guard let head = snapshot.head, try isOfBranch(revert, snapshot, head) else {
            throw .unknownCommit(revert.commit.description)
        }
        let commit = try git { () throws(GitError) in try repository.commit(revert.commit) }
        let touched = try places(of: commit)
        if let app = revert.app {
            guard touched.apps.contains(app) else { throw .commitOfOthers(revert.commit, app, touched.names) }
            let others = touched.names.filter { $0 != app.description }
            guard revert.whole || others.isEmpty else { throw .commitOfMore(revert.commit, app, others) }
        }
        for id in touched.apps.sorted() where readOnly && snapshot.apps[id]?.isReadOnly == true { throw .readOnly(id) }
        var needs = PushNeeds()
        let (base, changes) = try git { () throws(GitError) -> (ObjectID, [TreeChange]?) in
            let base = try repository.commit(head).tree
            guard case .tree(let tree) = try repository.revert(commit.id, onto: head) else { return (base, nil) }
            var changes: [TreeChange] = []
            try repository.compare(base, tree) { change throws(GitError) in changes.append(change) }
            try needs.addApplied(
                ChangedPaths(from: base, to: tree, in: repository),
                FolderReader(repository: repository, old: base, new: tree), in: repository)
            return (base, changes)
        }
        guard let changes else { throw try conflict(commit.id, head: head, base: base) }
        guard !changes.isEmpty else { throw .nothingToRevert(commit.id, gone: []) }
        let after = try check(changes, of: commit, on: history)
        let ids = Set(changes.compactMap { Layout.place(of: $0.path).app })
        return RevertPlan(
            commit: commit, edits: changes.map(ActPlan.Edit.init),
            apps: ids.sorted().map { ($0, after.apps[$0]) }, needs: needs)
    }

    /// Whether a commit is in the history of the branch; the fold knows that of those that touched an app.
    private func isOfBranch(_ revert: Revert, _ snapshot: Snapshot, _ head: ObjectID) throws(ActError) -> Bool {
        if let app = revert.app, snapshot.touches[app]?.index(of: revert.commit) != nil { return true }
        return try git { () throws(GitError) in
            guard try repository.kind(of: revert.commit) == "commit" else { return false }
            return try repository.isAncestor(revert.commit, of: head)
        }
    }

    /// What a commit changed against its first parent, by names that people know.
    private func places(of commit: Commit) throws(ActError) -> (apps: Set<AppID>, names: [String]) {
        try git { () throws(GitError) in
            var apps: Set<AppID> = []
            var others: Set<String> = []
            let before = try commit.parents.first.map { id throws(GitError) in try repository.commit(id).tree }
            try repository.compare(before, commit.tree) { change throws(GitError) in
                switch Layout.place(of: change.path) {
                case .live(let id, _), .draft(let id, _), .dashboard(let id, _), .inApp(let id): apps.insert(id)
                case .config(let id): others.insert("config \(id)")
                case .settings, .stray, .other: others.insert(change.path)
                }
            }
            return (apps, apps.sorted().map(\.description) + others.sorted())
        }
    }

    private func conflict(_ commit: ObjectID, head: ObjectID, base: ObjectID) throws(ActError) -> ActError {
        try git { () throws(GitError) in
            guard case .conflicts(let conflicts) = try repository.revert(commit, onto: head) else {
                return .nothingToRevert(commit, gone: [])
            }
            let files = Set(conflicts.map(\.path)).sorted()
            var gone: [String] = []
            for file in files where try repository.entry(at: file, in: base) == nil { gone.append(file) }
            return gone.count == files.count
                ? .nothingToRevert(commit, gone: gone) : .revertConflict(commit, files: files)
        }
    }

    /// Folds the changes as the commit to come would be, and refuses what would be wrong then and is not now.
    private func check(
        _ changes: [TreeChange], of commit: Commit, on history: History
    ) throws(ActError) -> Snapshot {
        let reader = ManifestReader(repository: repository, store: nil)
        var next = history
        let step = Step(
            commit: commit.id, time: Timestamp(commit.committer), author: commit.author, message: "",
            changes: changes.map { change in
                FileChange(path: change.path, new: change.new.map { ($0.kind, $0.id) })
            })
        let touched = try git { () throws(GitError) in
            try next.take(
                step, read: { blob, path throws(GitError) in try reader.read(blob, path: path) },
                readFile: { blob throws(GitError) in try reader.file(blob) })
        }
        var problems: [Problem] = []
        for id in touched.sorted() {
            let known = history.snapshot.apps[id]?.problems ?? []
            problems += (next.snapshot.apps[id]?.problems ?? []).filter { !known.contains($0) }
        }
        problems += next.snapshot.problems.filter { !history.snapshot.problems.contains($0) }
        guard problems.isEmpty else { throw .invalid(Problems(problems)) }
        return next.snapshot
    }

    private func git<Value>(_ body: () throws(GitError) -> Value) throws(ActError) -> Value {
        do throws(GitError) {
            return try body()
        } catch {
            throw .storage(error.description)
        }
    }
}

extension ActPlan.Edit {
    fileprivate init(_ change: TreeChange) {
        if let new = change.new {
            self = .put(path: change.path, blob: new.id, kind: new.kind)
        } else {
            self = .remove(path: change.path)
        }
    }
}
