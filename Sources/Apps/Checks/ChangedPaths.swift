import Git

/// The files that differ between two trees of a graph repository.
struct ChangedPaths {
    /// Those under `apps/` and `configs/`, and the settings, in git's order.
    private(set) var ours: [TreeChange] = []
    /// All else, by the name that it has at the root: `README.md`, `.github`.
    private(set) var others: Set<String> = []
    /// Whether there are more than can be looked at; the rest is not listed then.
    let isTooMuch: Bool
    /// How many files and folders were looked at.
    let visited: Int

    /// How many files and folders may differ at once.
    static let most = 200_000

    /// - Parameters:
    ///   - old: the tree before; nil for an empty one.
    ///   - new: the tree after; nil for an empty one.
    init(from old: ObjectID?, to new: ObjectID?, in repository: Repository) throws(GitError) {
        var (ours, others, visited): ([TreeChange], Set<String>, Int) = ([], [], 0)
        let isTooMuch = { visited > Self.most }
        try repository.compare(
            old, new,
            descends: { path in
                visited += 1
                if isTooMuch() { return false }
                if FileRules.isOurs(path) { return true }
                others.insert(path)
                return false
            },
            visit: { change in
                visited += 1
                if isTooMuch() { return }
                if FileRules.isOurs(change.path) { ours.append(change) } else { others.insert(change.path) }
            })
        (self.ours, self.others) = (ours, others)
        self.isTooMuch = isTooMuch()
        self.visited = visited
    }
}
