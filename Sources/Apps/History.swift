import Git
import Graphs
import HashTreeCollections

/// The fold of a branch into apps and versions: takes its commits one after the other, from the first.
///
/// A pure state machine. Manifests are read by a function that is handed in, and only where a commit changed one.
struct History: Sendable {
    /// Reads the manifest in a blob; `path` says its format and stands in problems.
    typealias Read = (_ blob: ObjectID, _ path: String) throws(GitError) -> Reading

    var snapshot = Snapshot()

    init() {}

    init(_ snapshot: Snapshot) { self.snapshot = snapshot }

    /// Takes the next commit of the line.
    ///
    /// - Parameter readFile: reads the files of node configs.
    /// - Returns: the apps whose folder it touched.
    @discardableResult
    mutating func take(
        _ step: Step, read: Read, readFile: ReadFile = { _ throws(GitError) in [] }
    ) throws(GitError) -> Set<AppID> {
        var touched: [AppID: [ManifestChange]] = [:]
        var order: [AppID] = []
        var straysChanged = false
        var configs: [(id: String, change: FileChange)] = []
        for change in step.changes {
            let place = Layout.place(of: change.path, kind: change.new?.kind ?? .file)
            if case .config(let id) = place { configs.append((id, change)) }
            if takeStray(change, place: place) { straysChanged = true }
            if case .stray = place, case .dashboard(let id, let name) = Layout.place(of: change.path) {
                takeDashboard(id, name: name, nil)  // a link took the file's place
            }
            guard let id = place.app else { continue }
            if touched[id] == nil { order.append(id) }
            if case .dashboard(_, let name) = place { takeDashboard(id, name: name, change.new?.id) }
            switch place {
            case .live(_, let file), .draft(_, let file):
                touched[id, default: []].append(ManifestChange(name: file, new: change.new))
            default: touched[id, default: []] += []
            }
        }
        for id in order {
            try takeApp(id, changes: touched[id] ?? [], step: step, read: read)
            noteTouch(of: id, by: step.commit)
        }
        for (id, change) in configs {
            try takeConfig(id, change, step: step, others: configs.map(\.change), read: readFile)
            straysChanged = true
        }
        if straysChanged { snapshot.sortProblems() }
        snapshot.head = step.commit
        snapshot.headTime = step.time
        return Set(order)
    }

    private mutating func takeApp(
        _ id: AppID, changes: [ManifestChange], step: Step, read: Read
    ) throws(GitError) {
        if snapshot.apps[id] == nil {
            guard changes.contains(where: { $0.new != nil }) else { return }
            snapshot.apps[id] = App(id: id, lastCommit: step.commit, lastEdit: step.time)
        }
        // In place, through the tree's own storage: a copy of the app would copy all its versions.
        let isGone = try snapshot.apps.change(id) { app throws(GitError) in
            try app.take(changes, step: step, read: read)
        }
        if isGone == true { snapshot.apps[id] = nil }
    }

    /// Remembers what may not lie in the repository, and forgets what has gone.
    ///
    /// - Returns: whether that changed anything.
    private mutating func takeStray(_ change: FileChange, place: Layout.Place) -> Bool {
        let problem: Problem? =
            if change.new != nil, case .stray(let problem) = place { problem } else { nil }
        if case .config = place { return false }
        guard snapshot.strays[change.path] != problem else { return false }
        snapshot.strays[change.path] = problem
        return true
    }

    /// Lists what is wrong with a file outside of any app, or that nothing is any more.
    mutating func note(_ problem: Problem?, at path: String) { snapshot.strays[path] = problem }

    /// Numbers the next state and marks the snapshot with it.
    mutating func countChange() { snapshot.sequence += 1 }

    /// Goes on numbering where another state stands.
    mutating func continueCount(of other: History) { snapshot.sequence = other.snapshot.sequence }

    /// Takes what the settings of the repository say, and what is wrong with them.
    mutating func setSettings(_ settings: RepositorySettings, problem: Problem?) {
        snapshot.settings = settings
        guard snapshot.strays[Layout.settingsPath] != problem else { return }
        snapshot.strays[Layout.settingsPath] = problem
        snapshot.sortProblems()
    }

    /// Puts in the text of a live graph that the fold left in the store.
    mutating func fillLive(of id: AppID, _ text: GraphText) {
        snapshot.apps.change(id) { $0.live?.graph = text }
    }

    /// Puts in the text of a draft that the fold left in the store.
    mutating func fillDraft(of id: AppID, _ text: GraphText) {
        snapshot.apps.change(id) { $0.draft?.graph = text }
    }
}

/// A manifest that a commit added, changed or removed, by its name in the app's folder.
struct ManifestChange {
    var name: String
    var new: (kind: EntryKind, id: ObjectID)?
}

extension Snapshot {
    /// Lists each stray once, ordered by path; all files of a wrongly named folder have one problem.
    mutating func sortProblems() {
        problems = Set(strays.values).sorted { ($0.file ?? "", $0.message) < ($1.file ?? "", $1.message) }
    }
}
