import Git

extension Repository {
    /// The files that differ between two trees in one folder; all else is not opened.
    func changes(from old: ObjectID?, to new: ObjectID?, in folder: String) throws(GitError) -> [FileChange] {
        var changes: [FileChange] = []
        let inside = "\(folder)/"
        let isOnTheWay: (String) -> Bool = { path in
            path == folder || path.hasPrefix(inside) || inside.hasPrefix("\(path)/")
        }
        try compare(
            old, new, descends: isOnTheWay,
            visit: { change in
                changes.append(FileChange(path: change.path, new: change.new.map { ($0.kind, $0.id) }))
            })
        return changes
    }
}
