import AsyncHTTPClient
import Foundation
import JSONValues
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOSSL
import Secrets
import Synchronization
import URLText

/// A running service, asked over its REST API.
struct ServiceClient: Sendable {
    /// Scheme, host, port and base path, without a slash at the end.
    let base: String
    /// The file with the bearer token; read anew for each request, as it may be renewed meanwhile.
    let tokenFile: String?
    /// A token that is known already.
    private let token: Secret?
    private let http: HTTPClient

    /// Says at once where nobody listens, instead of trying again until the time is up; lives as long as the process.
    private static let http = makeHTTP(trusting: nil)

    private static func makeHTTP(trusting authorities: [NIOSSLCertificate]?) -> HTTPClient {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.timeout.connect = .seconds(10)
        configuration.connectionPool.retryConnectionEstablishment = false
        if let authorities {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(authorities)
            configuration.tlsConfiguration = tls
        }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private static let ofAuthority = Mutex<[String: HTTPClient]>([:])

    /// The client that trusts the authorities of a file; one for each file, which lives as long as the process.
    private static func http(trusting file: String) throws -> HTTPClient {
        guard let authorities = try? NIOSSLCertificate.fromPEMFile(file), !authorities.isEmpty else {
            throw Refused("\(file) holds no certificate in PEM that could be trusted (--ca)")
        }
        return ofAuthority.withLock { clients in
            if let client = clients[file] { return client }
            let client = makeHTTP(trusting: authorities)
            clients[file] = client
            return client
        }
    }

    /// What the service answered.
    struct Answer: Sendable {
        let status: Int
        let json: JSON
        let etag: String?
    }

    /// - Throws: ``Refused`` for an address that is none, or that would show the token to the network.
    init(
        url: String, tokenFile: String? = nil, token: Secret? = nil, certificateAuthority: String? = nil
    ) throws {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(), let host = parts.host,
            ["http", "https"].contains(scheme), !host.isEmpty, parts.query == nil, parts.fragment == nil
        else {
            throw Refused("'\(url)' is no address of a service, expected one such as https://rampart.example.com/base")
        }
        let isLocal = ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host)
        guard tokenFile == nil && token == nil || scheme == "https" || isLocal else {
            throw Refused("the token would go to \(host) in plain text; use https, or a tunnel to 127.0.0.1")
        }
        var base = url
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
        self.tokenFile = tokenFile
        self.token = token
        http = try certificateAuthority.map { try Self.http(trusting: $0) } ?? Self.http
    }

    /// Sends a request and reads the answer.
    ///
    /// - Parameter path: below `/api/v1/`, encoded.
    /// - Throws: ``Refused`` with the service's message where it says no, ``Unreachable`` where nothing can be learnt.
    func send(
        _ method: HTTPMethod = .GET, _ path: String, _ body: JSON? = nil, headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "\(base)/api/v1/\(path)")
        request.method = method
        request.headers.add(name: "Accept", value: "application/json")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let token = try credential() { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.bytes()))
        }
        let status: Int
        let json: JSON?
        let etag: String?
        do {
            let response = try await http.execute(request, timeout: .seconds(60))
            let bytes = try await response.body.collect(upTo: 256 << 20)
            status = Int(response.status.code)
            etag = response.headers.first(name: "ETag")
            json = try? JSON(parsing: bytes.readableBytesView)
        } catch {
            throw Unreachable("no answer from \(base): \(error)")
        }
        let message = json?["message"]?.string
        switch status {
        case 200..<300:
            guard let json else { throw Unreachable("\(base) answers no JSON; is this the address of a service?") }
            return Answer(status: status, json: json, etag: etag)
        case 401:
            throw Unreachable(
                "\(base) wants to know who asks: \(message ?? "HTTP 401"). Give a token with --token-file FILE")
        case 400..<500:
            guard let message else { throw Unreachable("\(base) answers HTTP \(status); is this a service?") }
            throw Refused(message)
        default: throw Unreachable("\(base) answers HTTP \(status): \(message ?? "no message")")
        }
    }

    private func credential() throws -> String? {
        guard let tokenFile else {
            guard let token else { return nil }
            guard token.exposed.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw Refused("RAMPART_TOKEN holds no token: expected one word without spaces")
            }
            return token.exposed
        }
        guard let data = FileManager.default.contents(atPath: tokenFile) else {
            throw Refused("the token file \(tokenFile) cannot be read")
        }
        let token = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Refused("the token file \(tokenFile) holds no token: expected one line without spaces")
        }
        return token
    }
}

/// Something was asked for that cannot be done: exit code 1.
struct Refused: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// The service or the repository cannot be asked: exit code 2.
struct Unreachable: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
