import Git

extension Repository {
    /// The files that differ between two trees in some folders; all else is not opened.
    func changes(from old: ObjectID?, to new: ObjectID?, in folders: [String]) throws(GitError) -> [FileChange] {
        var changes: [FileChange] = []
        let isOnTheWay: (String) -> Bool = { path in
            folders.contains { folder in
                path == folder || path.hasPrefix("\(folder)/") || folder.hasPrefix("\(path)/")
            }
        }
        try compare(
            old, new, descends: isOnTheWay,
            visit: { change in
                changes.append(FileChange(path: change.path, new: change.new.map { ($0.kind, $0.id) }))
            })
        return changes
    }
}
