import HTTPTypes
import Hummingbird

/// Which pages of other origins may call the service from a browser.
struct CrossOrigin: Sendable {
    private let origins: Set<String>
    private let allowsAll: Bool
    private let asksWho: Bool

    /// - Parameter asksWho: whether anybody is asked who it is.
    init(origins: [String], asksWho: Bool) {
        self.origins = Set(origins)
        allowsAll = origins.contains("*")
        self.asksWho = asksWho
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

    /// A page that is named may use what its browser knows of passwords and certificates; where all are allowed, none may,
    /// as any page could then act as whoever looks at it.
    private func add(to headers: inout HTTPFields, origin: String) {
        if origins.contains(origin) {
            headers[.accessControlAllowOrigin] = origin
            headers[.accessControlAllowCredentials] = "true"
        } else {
            headers[.accessControlAllowOrigin] = "*"
        }
        headers[.accessControlExposeHeaders] = Self.exposed
    }

    /// Whether a browser sent this from a page of another origin that is not allowed.
    ///
    /// Such a request needs no leave to be sent where it has no JSON body, and the browser adds the password that
    /// somebody has typed for the documentation, so it must not be obeyed; not of another host of the same site either.
    func isForeign(_ request: Request) -> Bool {
        guard let origin = request.headers[.origin], isElsewhere(origin, request) else { return false }
        if origins.contains(origin) { return false }
        // A token in the header is the page's own; what the browser adds is not.
        let isBearer = request.headers[.authorization]?.lowercased().hasPrefix("bearer ") ?? false
        return !allowsAll || asksWho && !isBearer
    }

    /// Browsers say whether a page is of another origin, but not to a service without TLS on another machine: there its own
    /// name tells.
    private func isElsewhere(_ origin: String, _ request: Request) -> Bool {
        if let site = request.headers[.secFetchSite] { return ["cross-site", "same-site"].contains(site) }
        guard let host = request.head.authority else { return false }
        return !HostHeader(host).isOrigin(origin)
    }
}

extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .origin
    static let requestID = HTTPField.Name("X-Request-Id") ?? .from
    static let forwardedUser = HTTPField.Name("X-Forwarded-User") ?? .from
    static let forwardedEmail = HTTPField.Name("X-Forwarded-Email") ?? .from
}
