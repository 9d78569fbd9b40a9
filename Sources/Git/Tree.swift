/// What a tree entry is, by its mode.
public enum EntryKind: Hashable, Sendable {
    case file, executable, link, tree, submodule

    /// The mode as git writes it (`git ls-tree`), a number of octal digits.
    var mode: UInt32 {
        switch self {
        case .file: 0o100644
        case .executable: 0o100755
        case .link: 0o120000
        case .tree: 0o040000
        case .submodule: 0o160000
        }
    }

    /// - Parameter mode: a mode of any age: old gits wrote group-writable files too.
    init(mode: UInt32) {
        switch mode & 0o170000 {
        case 0o040000: self = .tree
        case 0o120000: self = .link
        case 0o160000: self = .submodule
        default: self = mode & 0o100 == 0 ? .file : .executable
        }
    }
}

/// One entry of a tree.
public struct TreeEntry: Hashable, Sendable {
    /// The name; bytes that are not UTF-8 are shown as U+FFFD, so that such a name matches nothing valid.
    public let name: String
    public let kind: EntryKind
    public let id: ObjectID

    public init(name: String, kind: EntryKind, id: ObjectID) {
        self.name = name
        self.kind = kind
        self.id = id
    }
}

/// One folder of a commit.
public struct Tree: Hashable, Sendable {
    public let id: ObjectID
    /// In git's order: by bytes, a folder as if its name ended with a slash.
    public let entries: [TreeEntry]

    public subscript(name: String) -> TreeEntry? { entries.first { $0.name == name } }
}

/// A change to make in a tree. Paths are separated by slashes, without one at either end.
public enum TreeEdit: Hashable, Sendable {
    /// Writes a file; folders on its way are made, and what stood in its place is gone.
    case put(path: String, blob: ObjectID, kind: EntryKind = .file)
    /// Removes a file or a folder with everything in it; nothing happens where there is none.
    case remove(path: String)

    var path: String {
        switch self {
        case .put(let path, _, _), .remove(let path): path
        }
    }
}

/// A file, link or submodule that differs between two trees.
public struct TreeChange: Hashable, Sendable {
    /// From the root of the tree.
    public let path: String
    /// What stood there before; nil where it is new.
    public let old: TreeEntry?
    /// What stands there now; nil where it is gone.
    public let new: TreeEntry?

    public init(path: String, old: TreeEntry?, new: TreeEntry?) {
        self.path = path
        self.old = old
        self.new = new
    }
}
