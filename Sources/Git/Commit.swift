/// A commit, as its object says.
public struct Commit: Hashable, Sendable {
    public let id: ObjectID
    public let tree: ObjectID
    public let parents: [ObjectID]
    public let author: Signature
    public let committer: Signature
    /// The whole message; bytes that are not UTF-8 are shown as U+FFFD.
    public let message: String

    /// The first line of the message.
    public var subject: String { String(message.prefix { !$0.isNewline }) }

    public init(
        id: ObjectID, tree: ObjectID, parents: [ObjectID], author: Signature, committer: Signature, message: String
    ) {
        self.id = id
        self.tree = tree
        self.parents = parents
        self.author = author
        self.committer = committer
        self.message = message
    }

    /// Reads the text of a commit object: header lines, an empty line, the message.
    ///
    /// - Throws: ``GitError`` where it has no tree.
    init(id: ObjectID, parsing bytes: UnsafeRawBufferPointer) throws(GitError) {
        let text = String(decoding: bytes, as: UTF8.self)
        var rest = Substring(text).utf8
        var tree: ObjectID?
        var parents: [ObjectID] = []
        var author = Signature(name: "", email: "", seconds: 0)
        var committer = author
        while let end = rest.firstIndex(of: 0x0A), end != rest.startIndex {
            let line = rest[..<end]
            rest = rest[rest.index(after: end)...]
            guard let space = line.firstIndex(of: 0x20), space != line.startIndex else { continue }
            let value = line[line.index(after: space)...]
            switch String(line[..<space]) {
            case "tree": tree = ObjectID(String(Substring(value)))
            case "parent": if let parent = ObjectID(String(Substring(value))) { parents.append(parent) }
            case "author": author = Signature(parsing: value)
            case "committer": committer = Signature(parsing: value)
            default: continue
            }
        }
        guard let tree else { throw GitError(.invalid, "it names no tree", operation: "read the commit \(id)") }
        self.init(
            id: id, tree: tree, parents: parents, author: author, committer: committer,
            message: String(Substring(rest.dropFirst())))
    }
}
