import Git

extension Repository {
    /// The files that differ between two trees in some folders; all else is not opened.
    ///
    /// - Throws: ``GitError/Code/tooMuch`` where more differ than ``ChangedPaths/most``: one folder that stands in a
    ///   tree a thousand times, with another in it a thousand times, is soon more than any memory.
    func changes(from old: ObjectID?, to new: ObjectID?, in folders: [String]) throws(GitError) -> [FileChange] {
        var changes: [FileChange] = []
        var visited = 0
        let isOnTheWay: (String) -> Bool = { path in
            visited += 1
            return visited <= ChangedPaths.most
                && folders.contains { folder in
                    path == folder || path.hasPrefix("\(folder)/") || folder.hasPrefix("\(path)/")
                }
        }
        try compare(
            old, new, descends: isOnTheWay,
            visit: { change throws(GitError) in
                visited += 1
                guard visited <= ChangedPaths.most else { return }
                changes.append(FileChange(path: change.path, new: change.new.map { ($0.kind, $0.id) }))
            })
        guard visited <= ChangedPaths.most else {
            throw GitError(
                .tooMuch, "more than \(ChangedPaths.most) files and folders differ", operation: "compare two trees")
        }
        return changes
    }
}
