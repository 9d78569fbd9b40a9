import Git
import Hummingbird

/// What `If-Match` asks for.
enum Precondition: Sendable {
    case none
    /// The app has not changed since one of these commits.
    case commits([ObjectID])

    /// - Throws: 400 where the header is no `*` and no list of this service's tags.
    init(_ headers: HTTPFields) throws(RestError) {
        guard let header = headers[.ifMatch] else {
            self = .none
            return
        }
        var commits: [ObjectID] = []
        for part in header.split(separator: ",") {
            let tag = part.trimmed
            if tag == "*" {
                self = .none  // the app has to exist, which every act on it asks for anyway
                return
            }
            guard let commit = Self.commit(in: tag) else {
                throw RestError(
                    .badRequest, state: "bad_if_match",
                    "'\(tag)' in If-Match is no tag of this service, expected the ETag of a read of the app")
            }
            commits.append(commit)
        }
        guard !commits.isEmpty else {
            throw RestError(
                .badRequest, state: "bad_if_match", "If-Match is empty, expected the ETag of a read of the app")
        }
        self = .commits(commits)
    }

    /// The commit in a tag: `"<id>"`, or `"<id>.<more>"`; weak ones too, as proxies make them of strong ones. People
    /// who write a commit without quotes are understood.
    private static func commit(in tag: Substring) -> ObjectID? {
        var tag = tag
        if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
        if tag.hasPrefix("\"") {
            guard tag.count > 1, tag.hasSuffix("\"") else { return nil }
            tag = tag.dropFirst().dropLast()
        }
        return ObjectID(String(tag.prefix { $0 != "." }))
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

    /// Checks the headers of a request that makes something new, which no tag can name.
    ///
    /// - Returns: whether the client said that the thing must not be there yet (`If-None-Match: *`).
    /// - Throws: 400 for any other condition.
    @discardableResult
    static func ofNew(_ headers: HTTPFields) throws(RestError) -> Bool {
        if headers[.ifMatch] != nil {
            throw RestError(
                .badRequest, state: "bad_if_match",
                "If-Match cannot hold for what is not there yet; leave it out, or send If-None-Match: *")
        }
        guard let header = headers[.ifNoneMatch] else { return false }
        guard Substring(header).trimmed == "*" else {
            throw RestError(
                .badRequest, state: "bad_if_none_match",
                "If-None-Match is '\(header)', expected * for what is made anew")
        }
        return true
    }
}

extension Substring {
    /// Without the white space that HTTP allows around the parts of a list.
    fileprivate var trimmed: Substring {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
