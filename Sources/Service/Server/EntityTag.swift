import Git
import Hummingbird

/// The `ETag` of an app: its last commit, and after a point what stands for the state of its resource.
///
/// `If-Match` with it means the commit only: the state of a resource changes by itself, and is nobody's edit.
struct EntityTag: Hashable, Sendable {
    let text: String

    init(commit: ObjectID, state: UInt64? = nil) {
        let suffix = state.map { "." + String($0, radix: 36) } ?? ""
        text = "\"\(commit)\(suffix)\""
    }

    init(commit: ObjectID, version: Int) { text = "\"\(commit).v\(version)\"" }

    init(digest: String) { text = "\"\(digest)\"" }

    /// Whether a client that sent these `If-None-Match` headers has the answer already.
    func isKnown(to headers: HTTPFields) -> Bool {
        guard let header = headers[.ifNoneMatch] else { return false }
        return header == text
            || header.split(separator: ",").contains { tag in
                let tag = tag.drop { $0 == " " || $0 == "\t" }
                return tag == "*" || tag.hasPrefix(text) || tag.hasPrefix("W/" + text)
            }
    }
}
