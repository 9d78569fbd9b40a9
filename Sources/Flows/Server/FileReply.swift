import Hummingbird

/// How a request for a file is answered: all of it, a part, or not again (RFC 9110, 13 and 14).
struct FileReply: Sendable {
    private enum Outcome: Sendable {
        case send(Range<Int>, isPart: Bool)
        case notModified
        case unsatisfiable
    }

    private let outcome: Outcome
    private let size: Int
    private var headers: HTTPFields

    /// - Parameters:
    ///   - modified: seconds since 1970; nil where nobody knows.
    ///   - size: in bytes.
    init(_ request: HTTPFields, entityTag: String, modified: Int?, size: Int, type: String) {
        self.size = size
        headers = [.eTag: entityTag, .acceptRanges: "bytes", .contentType: type, .xContentTypeOptions: "nosniff"]
        let date = modified.map { HTTPDate.text($0) }
        if let date { headers[.lastModified] = date }
        if Self.isKnown(request, entityTag, modified) {
            outcome = .notModified
            return
        }
        // A part of another file would not fit to what the client has.
        let isSame = request[.ifRange].map { $0 == entityTag || $0 == date } ?? true
        switch isSame ? ByteRange(request[.range], size: size) : .whole {
        case .whole: outcome = .send(0..<size, isPart: false)
        case .part(let range): outcome = .send(range.lowerBound..<range.upperBound + 1, isPart: true)
        case .unsatisfiable: outcome = .unsatisfiable
        }
    }

    func response(_ body: (Range<Int>) -> ResponseBody) -> Response {
        var headers = headers
        switch outcome {
        case .send(let range, let isPart):
            if isPart { headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)" }
            return Response(status: isPart ? .partialContent : .ok, headers: headers, body: body(range))
        case .notModified:
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers)
        case .unsatisfiable:
            return Response(
                status: .rangeNotSatisfiable,
                headers: [.contentRange: "bytes */\(size)", .acceptRanges: "bytes", .contentType: "application/json"],
                body: ResponseBody(byteBuffer: .init(string: #"{"detail":"The range lies behind the end"}"#)))
        }
    }

    private static func isKnown(_ request: HTTPFields, _ entityTag: String, _ modified: Int?) -> Bool {
        if let tags = request[.ifNoneMatch] {
            return tags.split(separator: ",").contains { tag in
                let tag = tag.drop { $0 == " " }
                let strong = tag.hasPrefix("W/") ? tag.dropFirst(2) : tag
                return strong.prefix { $0 != " " } == entityTag || strong == "*"
            }
        }
        guard let modified, let since = request[.ifModifiedSince].flatMap(HTTPDate.seconds) else { return false }
        return modified <= since
    }
}
