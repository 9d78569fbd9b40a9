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

/// What `If-Match` asks for.
enum Precondition: Sendable {
    case none
    /// The app has not changed since one of these commits.
    case commits([ObjectID])

    init(_ headers: HTTPFields) throws(RestError) {
        guard let header = headers[.ifMatch] else {
            self = .none
            return
        }
        var commits: [ObjectID] = []
        for part in header.split(separator: ",") {
            var tag = part.filter { $0 != " " && $0 != "\t" }[...]
            if tag == "*" {
                self = .none  // the app has to exist, which every act on it asks for anyway
                return
            }
            if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
            let digits = tag.filter { $0 != "\"" }.prefix { $0 != "." }
            guard let commit = ObjectID(String(digits)) else {
                throw RestError(
                    .badRequest, state: "bad_if_match",
                    "'\(part)' in If-Match is no tag of this service, expected the ETag of a read of the app")
            }
            commits.append(commit)
        }
        guard !commits.isEmpty else {
            throw RestError(
                .badRequest, state: "bad_if_match", "If-Match is empty, expected the ETag of a read of the app")
        }
        self = .commits(commits)
    }

    /// The commit that an act is to expect.
    ///
    /// - Parameter last: the last commit of the app.
    func expected(last: ObjectID) -> ObjectID? {
        switch self {
        case .none: nil
        case .commits(let commits): commits.contains(last) ? last : commits.first
        }
    }
}
