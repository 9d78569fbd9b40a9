/// A commit, as its object says.
public struct Commit: Hashable, Sendable {
    public let id: ObjectID
    public let tree: ObjectID
    public let parents: [ObjectID]
    public let author: Signature
    public let committer: Signature
    /// The first line of the message, of a longer one ``mostSubject`` bytes and "…"; what is not UTF-8 is shown as U+FFFD.
    public let subject: String

    /// A whole history is held in memory where it is walked, and anybody may write a megabyte into one line.
    public static let mostSubject = 1_000
    /// As many parents are read; people's merges have a handful.
    public static let mostParents = 256

    public init(
        id: ObjectID, tree: ObjectID, parents: [ObjectID], author: Signature, committer: Signature, subject: String
    ) {
        self.id = id
        self.tree = tree
        self.parents = parents
        self.author = author
        self.committer = committer
        self.subject = subject
    }

    /// Reads the text of a commit object: header lines, an empty line, the message.
    ///
    /// - Throws: ``GitError`` where it has no tree.
    init(id: ObjectID, parsing bytes: UnsafeRawBufferPointer) throws(GitError) {
        var rest = bytes[...]
        var tree: ObjectID?
        var parents: [ObjectID] = []
        var author = Signature(name: "", email: "", seconds: 0)
        var committer = author
        while let end = rest.firstIndex(of: 0x0A), end != rest.startIndex {
            let line = rest[..<end]
            rest = rest[rest.index(after: end)...]
            guard let space = line.firstIndex(of: 0x20), space != line.startIndex else { continue }
            let value = line[line.index(after: space)...]
            // Of what is longer than any name and email only the end says when.
            let text = { String(decoding: value.suffix(1_000), as: UTF8.self) }
            switch String(decoding: line[..<space].prefix(16), as: UTF8.self) {
            case "tree": tree = ObjectID(text())
            case "parent":
                if parents.count < Self.mostParents, let parent = ObjectID(text()) { parents.append(parent) }
            case "author": author = Signature(parsing: text().utf8[...])
            case "committer": committer = Signature(parsing: text().utf8[...])
            default: continue
            }
        }
        guard let tree else { throw GitError(.invalid, "it names no tree", operation: "read the commit \(id)") }
        self.init(
            id: id, tree: tree, parents: parents, author: author, committer: committer,
            subject: Self.subject(of: rest.dropFirst()))
    }

    private static func subject(of message: Slice<UnsafeRawBufferPointer>) -> String {
        // One more, to see whether the line ends there.
        let text = String(decoding: message.prefix(mostSubject + 1), as: UTF8.self)
        let line = text.prefix { !$0.isNewline }
        guard line.endIndex == text.endIndex, message.count > mostSubject else { return String(line) }
        // The last character may be half of one.
        return line.dropLast() + "…"
    }
}
