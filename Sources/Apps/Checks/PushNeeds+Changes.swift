import Git
import Graphs

extension PushNeeds {
    /// Adds what a change of the branch that is applied needs.
    ///
    /// | what changes | right |
    /// |---|---|
    /// | an app comes | create; deploy too, where it has a live graph |
    /// | a live graph, a dashboard | deploy |
    /// | a draft, another file of an app | save |
    /// | an app goes | delete; save, where it was never live |
    /// | a node config | save, in all namespaces |
    /// | `rampart.yaml` | administer, in all namespaces |
    /// | files that are no app's | deploy, in their namespace or in all |
    mutating func addApplied(
        _ paths: ChangedPaths, _ folders: FolderReader, in repository: Repository
    ) throws(GitError) {
        var touches: [AppID: Touch] = [:]
        for change in paths.ours {
            switch Layout.place(of: change.path) {
            case .live(let id, _): touches[id, default: Touch()].live = true
            case .draft(let id, _): touches[id, default: Touch()].draft = true
            case .dashboard(let id, _): touches[id, default: Touch()].dashboards = true
            case .inApp(let id): touches[id, default: Touch()].draft = true
            case .config(let id): add(.save, in: nil, for: "configs/\(id)")
            case .settings: add(.administer, in: nil, for: change.path)
            case .stray, .other: add(.deploy, in: Self.namespace(of: change.path), for: change.path)
            }
        }
        for name in paths.others { add(.deploy, in: nil, for: name) }
        let mark = ReadOnlyMark(repository: repository)
        for (id, touch) in touches {
            let before = Manifests(in: try folders.entriesBefore(in: id.folder))
            let after = Manifests(in: try folders.entries(in: id.folder))
            for right in touch.rights(before, after) { add(right, in: id.namespace, for: id.description) }
            if try mark.isSet(on: before.standing) { readOnly.insert(id) }
            apps.insert(id)
        }
    }

    /// Adds what it takes to make, move or delete a branch that is not applied: to be allowed to save all that is on it
    /// and not on the one that is.
    mutating func addAside(
        _ commit: ObjectID, _ reference: String, beside head: ObjectID?, in repository: Repository
    ) throws(GitError) {
        guard try repository.kind(of: commit) == "commit" else { return add(.deploy, in: nil, for: reference) }
        let base = try head.flatMap { head throws(GitError) in try repository.mergeBase(head, commit) }
        let (old, new) = (
            try base.map { id throws(GitError) in try repository.commit(id).tree }, try repository.commit(commit).tree
        )
        let paths = try ChangedPaths(from: old, to: new, in: repository)
        if paths.isTooMuch { return add(.deploy, in: nil, for: reference) }
        for change in paths.ours {
            if let id = Layout.place(of: change.path).app {
                add(.save, in: id.namespace, for: id.description)
            } else {
                add(.save, in: Self.namespace(of: change.path), for: change.path)
            }
        }
        for name in paths.others { add(.save, in: nil, for: name) }
    }

    /// The namespace in whose folder a path lies; nil for none.
    private static func namespace(of path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 2, parts[0] == "apps", DNSLabel.isValid(String(parts[1])) else { return nil }
        return String(parts[1])
    }

    /// What of an app changes.
    private struct Touch {
        var live = false
        /// The draft, or a file that nobody reads.
        var draft = false
        var dashboards = false

        func rights(_ before: Manifests, _ after: Manifests) -> [Right] {
            if after.isEmpty { return [before.live.isEmpty ? .save : .delete] }
            if before.isEmpty { return after.live.isEmpty ? [.create] : [.create, .deploy] }
            var rights: [Right] = []
            // Without a live graph its resource goes, as with the app.
            if live { rights.append(after.live.isEmpty ? .delete : .deploy) }
            if dashboards, !rights.contains(.deploy) { rights.append(.deploy) }
            if draft, !rights.contains(.deploy) { rights.append(.save) }
            return rights
        }
    }

    /// The manifests in an app's folder.
    private struct Manifests {
        let live: [TreeEntry]
        let drafts: [TreeEntry]

        init(in entries: [String: TreeEntry]) {
            live = Layout.liveNames.compactMap { entries[$0] }
            drafts = Layout.draftNames.compactMap { entries[$0] }
        }

        var isEmpty: Bool { live.isEmpty && drafts.isEmpty }
        /// Those that stand for the app: the live ones, or else the drafts.
        var standing: [TreeEntry] { live.isEmpty ? drafts : live }
    }
}
