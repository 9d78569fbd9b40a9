import Git

/// The names in folders of two trees; each folder is read once.
final class FolderReader {
    private let repository: Repository
    private let old: ObjectID?
    private let new: ObjectID
    private var folders: [ObjectID: [String: TreeEntry]] = [:]

    init(repository: Repository, old: ObjectID?, new: ObjectID) {
        (self.repository, self.old, self.new) = (repository, old, new)
    }

    func names(in folder: String) throws(GitError) -> Set<String> { try names(in: folder, of: new) }

    func namesBefore(in folder: String) throws(GitError) -> Set<String> {
        guard let old else { return [] }
        return try names(in: folder, of: old)
    }

    private func names(in folder: String, of tree: ObjectID) throws(GitError) -> Set<String> {
        var id = tree
        for name in folder.split(separator: "/") {
            guard let entry = try entries(id)[String(name)], entry.kind == .tree else { return [] }
            id = entry.id
        }
        return Set(try entries(id).keys)
    }

    private func entries(_ id: ObjectID) throws(GitError) -> [String: TreeEntry] {
        if let known = folders[id] { return known }
        var entries: [String: TreeEntry] = [:]
        for entry in try repository.tree(id).entries { entries[entry.name] = entry }
        folders[id] = entries
        return entries
    }
}
