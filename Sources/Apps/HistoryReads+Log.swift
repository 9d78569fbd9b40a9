import Git
import Graphs
import HashTreeCollections

extension HistoryReads {
    /// A page of an app's history.
    ///
    /// - Parameters:
    ///   - log: what the fold has noted of it.
    ///   - before: the commit to go on after, towards the past; nil to begin with the newest.
    /// - Returns: nil where the app's history does not have that commit.
    func page(
        _ id: AppID, _ log: TouchLog, limit: Int, before: ObjectID?
    ) throws(GitError) -> LogPage? {
        var end = log.count
        if let before {
            guard let index = log.index(of: before) else { return nil }
            end = index
        }
        let start = max(0, end - max(0, limit))
        let repository = try repository()
        var entries: [LogEntry] = []
        entries.reserveCapacity(end - start)
        for index in (start..<end).reversed() {
            let touch = log[index]
            let commit = try repository.commit(touch.commit)
            let problems = touch.isInvalid ? try problems(of: id, at: commit) : []
            entries.append(
                LogEntry(commit, touch, after: index > 0 ? log[index - 1] : nil, problems: problems))
        }
        return LogPage(entries: entries, next: start > 0 && start < end ? log[start].commit : nil)
    }

    /// What was wrong with an app's files at a commit: its folder, checked as if it had come with that commit.
    private func problems(of id: AppID, at commit: Commit) throws(GitError) -> [Problem] {
        let repository = try repository()
        let reader = ManifestReader(repository: repository, store: nil)
        var history = History()
        let changes = try repository.changes(from: nil, to: commit.tree, in: [id.folder])
        let step = Step(
            commit: commit.id, time: Timestamp(commit.committer), author: commit.author, message: commit.subject,
            changes: changes.filter { $0.path.hasPrefix("\(id.folder)/") })
        try history.take(step) { blob, path throws(GitError) in try reader.read(blob, path: path) }
        return history.snapshot.apps[id]?.problems ?? []
    }
}
