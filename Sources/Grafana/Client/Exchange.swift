import AsyncHTTPClient
import JSONValues
import NIOCore
import NIOHTTP1
import NIOSSL
import URLText

/// Sends requests to one server and reads whole answers in JSON, bounded in time and size.
///
/// Nothing is tried twice here: the loops above know better when.
final class Exchange: Sendable {
    /// Whether a write may go out now.
    typealias Fence = @Sendable () -> Bool

    private let client: HTTPClient
    private let address: ServerAddress

    init(_ address: ServerAddress) {
        self.address = address
        let tls = Self.tls(trusting: address.authority?.atStart)
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout = HTTPClient.Configuration.Timeout(
            connect: Self.amount(address.timeout), read: Self.amount(address.timeout))
        configuration.connectionPool = HTTPClient.Configuration.ConnectionPool(
            idleTimeout: .seconds(30), concurrentHTTP1ConnectionsPerHostSoftLimit: address.maximumConnections)
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func shutdown() async {
        // Only a second shutdown fails, which does no harm.
        try? await client.shutdown()
    }

    /// - Parameters:
    ///   - path: after the address, beginning with a slash, already percent-encoded.
    ///   - query: not yet percent-encoded.
    ///   - fence: looked at when the request is about to leave.
    func send(
        _ method: HTTPMethod, _ path: String, query: [(String, String)] = [], body: JSON? = nil, fence: Fence? = nil
    ) async throws(GrafanaError) -> JSON {
        let start = ContinuousClock.now
        do throws(GrafanaError) {
            let (code, json) = try await answer(to: method, path, query: query, body: body, fence: fence)
            address.metrics.note(String(code), since: start)
            return json
        } catch {
            address.metrics.note(error.code.map { String($0) } ?? error.kind.rawValue, since: start)
            throw error
        }
    }

    // Not inlined: Swift 6.3 fails to optimise some callers of what throws a typed error ("while splitting coroutine").
    @inline(never)
    private func answer(
        to method: HTTPMethod, _ path: String, query: [(String, String)], body: JSON?, fence: Fence?
    ) async throws(GrafanaError) -> (code: Int, json: JSON) {
        let operation = "\(method.rawValue) \(path)"
        let tail = query.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        var request = HTTPClientRequest(url: address.url + path + (tail.isEmpty ? "" : "?\(tail)"))
        request.method = method
        request.headers = ["Accept": "application/json", "User-Agent": "rampart-backend"]
        if let value = try await address.credentials.header() {
            request.headers.add(name: "Authorization", value: value)
        }
        if let authority = address.authority, let renewed = await authority.renewed() {
            request.tlsConfiguration = Self.tls(trusting: renewed)
        }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            let bytes = ByteBuffer(bytes: body.bytes())
            request.body = fence.map { FencedBody(bytes, $0, operation).body } ?? .bytes(bytes)
        }
        // The last thing before it leaves: all that is waited for is behind it.
        if let fence, !fence() { throw GrafanaError.fenced(operation) }
        let response: HTTPClientResponse
        let bytes: ByteBuffer
        do {
            response = try await client.execute(request, timeout: Self.amount(address.timeout))
            bytes = try await response.body.collect(upTo: address.maximumBody)
        } catch {
            throw Failures.classify(error, operation, limit: address.timeout, maximum: address.maximumBody)
        }
        let json = try? JSON(parsing: bytes.readableBytesView)
        let code = Int(response.status.code)
        guard (200..<300).contains(code) else {
            throw Failures.answered(code, response.headers, json, operation)
        }
        guard let json else {
            throw GrafanaError(
                .unreadable, operation, "the answer is no JSON; is \(address.url) the right address?", code: code)
        }
        return (code, json)
    }

    private static func tls(trusting certificates: [NIOSSLCertificate]?) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let certificates { tls.trustRoots = .certificates(certificates) }
        return tls
    }

    private static func amount(_ duration: Duration) -> TimeAmount {
        .nanoseconds(Int64(duration / .nanoseconds(1)))
    }
}
