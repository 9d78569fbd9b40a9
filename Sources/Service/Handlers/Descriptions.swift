import Crypto
import Hummingbird
import JSONValues
import NIOCore
import OpenAPI
import Synchronization

/// What this service says of itself: `/openapi.json` for programs and `/docs` for people.
///
/// Both are made when somebody first asks, and kept.
final class Descriptions: Sendable {
    private struct Made: Sendable {
        let document: ByteBuffer
        let documentTag: EntityTag
        let page: ByteBuffer
        let pageTag: EntityTag
        let policy: String
    }

    private let basePath: String
    private let made = Mutex<Made?>(nil)

    /// - Parameter basePath: empty, or `/` and the parts of the base path, without a slash at the end.
    init(basePath: String) { self.basePath = basePath }

    func document(_ request: Request) throws -> Response {
        let made = try make()
        if made.documentTag.isKnown(to: request.headers) { return .notModified(made.documentTag) }
        return Response(json: made.document, etag: made.documentTag)
    }

    func page(_ request: Request) throws -> Response {
        let made = try make()
        if made.pageTag.isKnown(to: request.headers) { return .notModified(made.pageTag) }
        var response = Response(status: .ok, body: ResponseBody(byteBuffer: made.page))
        response.headers[.contentType] = "text/html; charset=utf-8"
        response.headers[.eTag] = made.pageTag.text
        response.headers[.contentSecurityPolicy] = made.policy
        response.headers[.xContentTypeOptions] = "nosniff"
        return response
    }

    private func make() throws -> Made {
        try made.withLock { made in
            if let made { return made }
            let json = try Document(basePath: basePath).json
            let page = Page(json)
            let (document, html) = (json.bytes(), Array(page.html.utf8))
            let new = Made(
                document: ByteBuffer(bytes: document), documentTag: Self.tag(document), page: ByteBuffer(bytes: html),
                pageTag: Self.tag(html), policy: page.contentSecurityPolicy)
            made = new
            return new
        }
    }

    private static func tag(_ bytes: [UInt8]) -> EntityTag {
        EntityTag(
            digest: SHA256.hash(data: bytes).prefix(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
                .joined())
    }
}
