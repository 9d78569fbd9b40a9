import HTTPTypes
import Hummingbird

/// Which pages of other origins may call the service from a browser.
struct CrossOrigin: Sendable {
    private let origins: Set<String>
    private let allowsAll: Bool

    init(origins: [String]) {
        self.origins = Set(origins)
        allowsAll = origins.contains("*")
    }

    /// The headers of answers that a page may read, beside those that any may.
    private static let exposed =
        "Accept-Ranges, Allow, Content-Disposition, Content-Range, ETag, Location, Retry-After, X-Request-Id"

    private var isOff: Bool { origins.isEmpty }

    func allows(_ origin: String) -> Bool { allowsAll || origins.contains(origin) }

    /// The answer to a browser that asks before it sends a request; nil where this is no such question.
    func preflight(_ request: Request) -> Response? {
        guard request.method == .options, !isOff, let origin = request.headers[.origin],
            request.headers[.accessControlRequestMethod] != nil
        else { return nil }
        guard allows(origin) else {
            return RestError(.badRequest, state: "origin_not_allowed", "the origin \(origin) is not allowed").response
        }
        var headers: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
        add(to: &headers, origin: origin)
        headers[.vary] = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
        headers[.accessControlAllowMethods] = "DELETE, GET, POST, PUT"
        headers[.accessControlMaxAge] = "600"
        if let names = request.headers[.accessControlRequestHeaders] {
            headers[.accessControlAllowHeaders] = names
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: .init(string: "OK")))
    }

    /// Tells the browser that the page may see the answer.
    func add(to headers: inout HTTPFields, for request: Request) {
        guard !isOff else { return }
        headers[.vary] = "Origin"
        if let origin = request.headers[.origin], allows(origin) { add(to: &headers, origin: origin) }
    }

    private func add(to headers: inout HTTPFields, origin: String) {
        headers[.accessControlAllowOrigin] = origin
        headers[.accessControlAllowCredentials] = "true"
        headers[.accessControlExposeHeaders] = Self.exposed
    }

    /// Whether a browser sent this from a page of another origin that is not allowed.
    ///
    /// Such a request needs no leave to be sent where it has no JSON body, and the browser adds the password that
    /// somebody has typed for the documentation, so it must not be obeyed; not of another host of the same site either.
    func isForeign(_ request: Request) -> Bool {
        guard let site = request.headers[.secFetchSite], ["cross-site", "same-site"].contains(site),
            let origin = request.headers[.origin]
        else { return false }
        return !allows(origin)
    }
}

extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .origin
    static let requestID = HTTPField.Name("X-Request-Id") ?? .from
    static let forwardedUser = HTTPField.Name("X-Forwarded-User") ?? .from
    static let forwardedEmail = HTTPField.Name("X-Forwarded-Email") ?? .from
}
