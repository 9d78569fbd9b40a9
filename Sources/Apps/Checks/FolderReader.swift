import Git

/// What stands in folders of two trees; each folder is read once.
final class FolderReader {
    private let repository: Repository
    private let old: ObjectID?
    private let new: ObjectID
    private var folders: [ObjectID: [String: TreeEntry]] = [:]

    init(repository: Repository, old: ObjectID?, new: ObjectID) {
        (self.repository, self.old, self.new) = (repository, old, new)
    }

    func names(in folder: String) throws(GitError) -> Set<String> { Set(try entries(in: folder).keys) }

    func namesBefore(in folder: String) throws(GitError) -> Set<String> { Set(try entriesBefore(in: folder).keys) }

    /// What stands in a folder, by name; nothing where there is no such folder.
    func entries(in folder: String) throws(GitError) -> [String: TreeEntry] { try entries(in: folder, of: new) }

    func entriesBefore(in folder: String) throws(GitError) -> [String: TreeEntry] {
        guard let old else { return [:] }
        return try entries(in: folder, of: old)
    }

    private func entries(in folder: String, of tree: ObjectID) throws(GitError) -> [String: TreeEntry] {
        guard let entry = try repository.entry(at: folder, in: tree), entry.kind == .tree else { return [:] }
        return try entries(entry.id)
    }

    private func entries(_ id: ObjectID) throws(GitError) -> [String: TreeEntry] {
        if let known = folders[id] { return known }
        var entries: [String: TreeEntry] = [:]
        for entry in try repository.tree(id).entries { entries[entry.name] = entry }
        folders[id] = entries
        return entries
    }
}
