import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import JSONValues
import NIOCore
import NIOHTTP1
import Upstreams

/// Passes requests on to the services beside an app, and what they answer back, as it comes.
struct Forwarder: Sendable {
    /// What an answer has to be.
    enum Content: Sendable {
        case json
        /// Any content where the service found it, JSON where it did not.
        case file
    }

    let client: UpstreamClient?

    /// - Parameters:
    ///   - name: the service, for whoever reads an error.
    ///   - url: where to; nil where this is not configured.
    /// - Throws: ``RestError`` 502 where the service cannot be reached or answers nonsense, 504 where it is silent.
    func forward(_ request: Request, to name: String, at url: String?, expecting content: Content) async throws
        -> Response
    {
        let answer = try await get(url, of: name, headers: Self.conditions(of: request))
        let code = Int(answer.status.code)
        guard Self.isExpected(answer, content) else {
            throw RestError.badUpstream(name, "answered \(code) without JSON")
        }
        var response = Response(
            status: .init(code: code, reasonPhrase: answer.status.reasonPhrase), body: Self.body(of: answer))
        for field in Self.passedBack {
            if let name = HTTPField.Name(field), let value = answer.headers.first(name: field) {
                // What says how much there is comes from the body itself.
                if name != .contentLength { response.headers[name] = value }
            }
        }
        // A file is somebody's: no page in it may act in the name of whoever looks at it.
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.contentSecurityPolicy] =
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        return response
    }

    /// Asks for a small answer in JSON and reads all of it.
    func json(_ name: String, at url: String?) async throws -> (status: Int, json: JSON) {
        let answer = try await get(url, of: name, headers: [:])
        let body: ByteBuffer
        do {
            body = try await answer.body.collect(upTo: 1 << 20)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw RestError.badUpstream(name, "broke off its answer")
        }
        guard let json = try? JSON(parsing: body.readableBytesView) else {
            throw RestError.badUpstream(name, "answered \(answer.status.code) without JSON")
        }
        return (Int(answer.status.code), json)
    }

    private func get(_ url: String?, of name: String, headers: HTTPHeaders) async throws -> HTTPClientResponse {
        guard let url, let client else {
            throw RestError(.badGateway, state: "not_configured", "\(name) is not configured for this service")
        }
        do {
            return try await client.get(url, headers: headers)
        } catch let error as UpstreamError {
            switch error {
            case .silent: throw RestError(.gatewayTimeout, state: "upstream_timeout", "\(name) \(error)")
            case .unreachable: throw RestError(.badGateway, state: "upstream_unreachable", "\(name) \(error)")
            }
        }
    }

    /// The headers of a request that say which part of a file is wanted, and which is there already (RFC 9110).
    private static func conditions(of request: Request) -> HTTPHeaders {
        var headers = HTTPHeaders()
        for name in [HTTPField.Name.range, .ifRange, .ifNoneMatch, .ifModifiedSince] {
            if let value = request.headers[name] { headers.add(name: name.canonicalName, value: value) }
        }
        return headers
    }

    private static let passedBack = [
        "Content-Type", "Content-Range", "Accept-Ranges", "ETag", "Last-Modified", "Content-Disposition",
    ]

    private static func isExpected(_ answer: HTTPClientResponse, _ content: Content) -> Bool {
        let type = answer.headers.first(name: "Content-Type")?.prefix { $0 != ";" && $0 != " " }
        let isJSON = type?.lowercased() == "application/json"
        switch content {
        case .json: return isJSON || answer.status.code == 304
        case .file: return [200, 206, 304, 416].contains(answer.status.code) || isJSON
        }
    }

    private static func body(of answer: HTTPClientResponse) -> ResponseBody {
        let length = answer.headers.first(name: "Content-Length").flatMap { Int($0) }
        let body = answer.body
        if [204, 304].contains(answer.status.code) { return ResponseBody() }
        return ResponseBody(contentLength: length) { writer in
            for try await chunk in body { try await writer.write(chunk) }
            try await writer.finish(nil)
        }
    }
}

extension RestError {
    static func badUpstream(_ name: String, _ what: String) -> RestError {
        RestError(.badGateway, state: "upstream_invalid", "\(name) \(what)")
    }
}
