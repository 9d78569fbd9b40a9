import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// How a try ended: for the caller, and for the decision about another.
struct TransportFailure: Error {
    var failure: RetryPolicy.Failure
    var error: KubernetesError
}

/// Whoever may not write any more has been about to.
struct Fenced: Error {}

/// Sends requests over two pools of connections: one for requests, one for watches, which take a connection each for
/// minutes and may be silent for as long.
final class Transport: Sendable {
    let credentials: CredentialSource
    private let renewed: RenewedTLS?
    private let requests: HTTPClient
    private let streams: HTTPClient
    private let base: String
    private let options: KubernetesClientOptions
    /// What every request carries.
    private let headers: HTTPHeaders

    init(
        _ configuration: ClusterConfiguration, options: KubernetesClientOptions, logger: Logger
    ) throws(ConfigurationError) {
        let address = try ServerAddress(configuration)
        let tls = try TLSSettings.make(configuration)
        self.options = options
        renewed = RenewedTLS(configuration, logger: logger)
        base = address.base
        credentials = CredentialSource(configuration.credentials, tls: tls, options: options, logger: logger)
        var headers = HTTPHeaders()
        headers.add(name: "Host", value: address.hostHeader)
        headers.add(name: "Accept", value: "application/json")
        headers.add(name: "User-Agent", value: options.userAgent)
        for (name, value) in configuration.impersonation?.headers ?? [] { headers.add(name: name, value: value) }
        self.headers = headers

        var client = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        client.httpVersion = options.allowsHTTP2 ? .automatic : .http1Only
        client.proxy = try address.proxy(configuration.proxy)
        client.dnsOverride = address.nameOverride
        client.timeout = HTTPClient.Configuration.Timeout(
            connect: TimeAmount(options.connectTimeout), read: TimeAmount(options.readTimeout),
            write: TimeAmount(options.readTimeout))
        client.connectionPool = HTTPClient.Configuration.ConnectionPool(
            idleTimeout: TimeAmount(options.idleTimeout),
            concurrentHTTP1ConnectionsPerHostSoftLimit: max(options.maximumConnections, 1))
        client.connectionPool.retryConnectionEstablishment = false
        client.http1_1ConnectionDebugInitializer = KeepAlive.enable
        client.http2ConnectionDebugInitializer = KeepAlive.enable
        // One event loop for a request and its connection. Where they have two, AsyncHTTPClient (1.37) hears of a body's end a
        // moment late: of a connection that has answered early and closed meanwhile it then says that it is idle, and the
        // pool, which does not know it any more, ends the process.
        requests = HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton.any()), configuration: client)
        client.timeout.read = TimeAmount(options.watchTimeout + options.watchGrace)
        streams = HTTPClient(eventLoopGroupProvider: .singleton, configuration: client)
    }

    func shutdown() async {
        // Shutting down a second time is the only thing that fails here, and it does no harm.
        try? await requests.shutdown()
        try? await streams.shutdown()
    }

    /// Sends a request once and reads the whole answer.
    func exchange(_ outgoing: Outgoing) async throws(TransportFailure) -> Reply {
        let start = ContinuousClock.now
        do throws(TransportFailure) {
            let reply = try await answer(to: outgoing)
            options.metrics.note(outgoing.operation.verb, reply.code, since: start)
            return reply
        } catch {
            options.metrics.note(error.error, since: start)
            throw error
        }
    }

    // Not inlined: Swift 6.3 fails to optimise some callers of what throws a typed error ("while splitting coroutine").
    @inline(never)
    private func answer(to outgoing: Outgoing) async throws(TransportFailure) -> Reply {
        // Who may not write is told so at once; who may is asked again when there is a connection for it.
        if outgoing.body != nil, let fence = outgoing.fence, !fence() {
            throw TransportError.classify(
                Fenced(), wasSent: false, limit: options.requestTimeout, operation: outgoing.operation)
        }
        let authorization = try await authorization(outgoing.operation)
        let delegate = ExchangeDelegate(limit: options.maximumResponseSize)
        let answer: ExchangeDelegate.Answer
        do {
            let request = try HTTPClient.Request(
                url: base + outgoing.target, method: outgoing.method, headers: headers(authorization, outgoing),
                body: outgoing.body.map { Self.body($0, fence: outgoing.fence) }, tlsConfiguration: authorization.tls)
            let task = requests.execute(
                request: request, delegate: delegate, deadline: .now() + TimeAmount(options.requestTimeout))
            answer = try await withTaskCancellationHandler {
                try await task.get()
            } onCancel: {
                task.cancel()
            }
        } catch {
            throw TransportError.classify(
                error, wasSent: delegate.wasSent, limit: options.requestTimeout, operation: outgoing.operation)
        }
        let code = Int(answer.head.status.code)
        guard (200..<300).contains(code) else {
            throw StatusBody.failure(
                code: code, headers: answer.head.headers, body: answer.body, operation: outgoing.operation)
        }
        return Reply(
            code: code, warnings: answer.head.headers["Warning"].compactMap(WarningHeader.text), body: answer.body,
            operation: outgoing.operation)
    }

    /// A body that goes out only where the fence is open at that very moment; a server does nothing with a request whose
    /// body is missing.
    private static func body(_ bytes: ByteBuffer, fence: (@Sendable () -> Bool)?) -> HTTPClient.Body {
        guard let fence else { return .byteBuffer(bytes) }
        return .stream(contentLength: Int64(bytes.readableBytes)) { writer in
            guard fence() else {
                return MultiThreadedEventLoopGroup.singleton.any().makeFailedFuture(Fenced())
            }
            return writer.write(.byteBuffer(bytes))
        }
    }

    /// Sends a request and hands over the answer's body as it comes.
    func stream(_ outgoing: Outgoing) async throws(TransportFailure) -> HTTPClientResponse {
        let start = ContinuousClock.now
        do throws(TransportFailure) {
            let response = try await begin(outgoing)
            options.metrics.note(outgoing.operation.verb, Int(response.status.code), since: start)
            return response
        } catch {
            options.metrics.note(error.error, since: start)
            throw error
        }
    }

    @inline(never)  // as above
    private func begin(_ outgoing: Outgoing) async throws(TransportFailure) -> HTTPClientResponse {
        let authorization = try await authorization(outgoing.operation)
        var request = HTTPClientRequest(url: base + outgoing.target)
        request.method = outgoing.method
        request.headers = headers(authorization, outgoing)
        request.tlsConfiguration = authorization.tls
        do {
            let response = try await streams.execute(request, timeout: TimeAmount(options.requestTimeout))
            let code = Int(response.status.code)
            guard code == 200 else {
                let body = try await response.body.collect(upTo: 1 << 20)
                throw StatusBody.failure(
                    code: code, headers: response.headers, body: body, operation: outgoing.operation)
            }
            return response
        } catch let failure as TransportFailure {
            throw failure
        } catch {
            throw TransportError.classify(
                error, wasSent: false, limit: options.requestTimeout, operation: outgoing.operation)
        }
    }

    private func authorization(
        _ operation: KubernetesError.Operation
    ) async throws(TransportFailure) -> CredentialSource.Authorization {
        do {
            var authorization = try await credentials.authorization()
            guard let renewed = await renewed?.current() else { return authorization }
            if authorization.tls == nil {
                authorization.tls = renewed
            } else {
                // The plugin's certificate, and whom to trust as it is now.
                authorization.tls?.trustRoots = renewed.trustRoots
            }
            return authorization
        } catch {
            let isCancelled = error.isCancelled
            throw TransportFailure(
                failure: .final,
                error: KubernetesError(
                    isCancelled ? .cancelled : .credentials, operation: operation, message: error.description))
        }
    }

    private func headers(_ authorization: CredentialSource.Authorization, _ outgoing: Outgoing) -> HTTPHeaders {
        var headers = headers
        if let value = authorization.header { headers.add(name: "Authorization", value: value) }
        if let accept = outgoing.accept { headers.replaceOrAdd(name: "Accept", value: accept) }
        if let contentType = outgoing.contentType { headers.add(name: "Content-Type", value: contentType) }
        return headers
    }
}
