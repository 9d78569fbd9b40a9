import Git
import Graphs

/// One commit of the first-parent line with what it changed against the one before: the input of ``History``.
struct Step: Sendable {
    var commit: ObjectID
    /// The time of the commit.
    var time: Timestamp
    var author: Signature
    /// The first line of the message.
    var message: String
    var changes: [FileChange]
}

/// A file that a commit added, changed or removed.
struct FileChange: Sendable {
    var path: String
    /// What lies there now; nil where nothing does.
    var new: (kind: EntryKind, id: ObjectID)?
}

/// What reading a manifest found.
enum Reading: Sendable {
    case good(GoodManifest)
    case bad([Problem])
}

/// A manifest that checks, without its folder in mind.
struct GoodManifest: Sendable {
    var namespace: String?
    var name: String
    var facts: ManifestFacts
    /// The text, where it is at hand; else it lies at ``extent``.
    var text: GraphText?
    var extent: Extent?
}
