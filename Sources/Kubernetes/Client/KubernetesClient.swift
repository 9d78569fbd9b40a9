public import Logging
import NIOCore

/// A client of one API server.
///
/// It keeps connections open and makes requests again where that does no harm (``RetryPolicy``). Requests are not
/// limited in number beyond the connections of the pool; callers limit what they have on their way.
public final class KubernetesClient: Sendable {
    /// Where the server is.
    public let configuration: ClusterConfiguration
    /// How this client talks to it.
    public let options: KubernetesClientOptions
    let transport: Transport
    let logger: Logger
    let warnings: WarningLog
    private let fence: (@Sendable () -> Bool)?

    /// - Throws: ``ConfigurationError`` where an address, a certificate or a key does not read.
    public init(
        _ configuration: ClusterConfiguration, options: KubernetesClientOptions = .init(), logger: Logger
    ) throws(ConfigurationError) {
        self.configuration = configuration
        self.options = options
        self.logger = logger
        warnings = WarningLog(logger: logger)
        fence = nil
        transport = try Transport(configuration, options: options, logger: logger)
    }

    private init(_ client: KubernetesClient, fence: @escaping @Sendable () -> Bool) {
        configuration = client.configuration
        options = client.options
        transport = client.transport
        logger = client.logger
        warnings = client.warnings
        self.fence = fence
    }

    /// The same client, over the same connections, whose writes go out only while a condition holds.
    ///
    /// The condition is looked at when the last bytes of a request are about to leave, not when it is made: a request
    /// that has waited for a connection, or a process that has been stopped in between, writes nothing any more. Such a
    /// request fails with ``KubernetesError/Kind/cancelled``. Shutting down either client shuts down both.
    public func fenced(while mayWrite: @escaping @Sendable () -> Bool) -> KubernetesClient {
        KubernetesClient(self, fence: mayWrite)
    }

    /// Closes all connections; requests on their way fail with ``KubernetesError/Kind/cancelled``.
    ///
    /// Every client has to be shut down before it goes.
    public func shutdown() async { await transport.shutdown() }

    /// Sends a request, again where its kind allows.
    func send(_ request: Outgoing) async throws(KubernetesError) -> Reply {
        var request = request
        request.fence = fence
        var attempt = 1
        var refreshed = false
        let start = ContinuousClock.now
        while true {
            let failure: RetryPolicy.Failure
            let error: KubernetesError
            do {
                let reply = try await transport.exchange(request)
                warnings.note(reply.warnings, operation: request.operation)
                return reply
            } catch let caught {
                failure = caught.failure
                error = caught.error
            }
            if error.isUnauthorized, !refreshed, transport.credentials.canRefresh {
                // A refused credential did nothing yet: ask for a new one and try once more, whatever the request.
                refreshed = true
                transport.credentials.invalidate()
                continue
            }
            let decision = options.retry.decide(
                after: failure, attempt: attempt, elapsed: ContinuousClock.now - start,
                repeatability: request.repeatability, random: options.random())
            guard case .retry(let delay) = decision else { throw error }
            logger.debug(
                "Trying a request again",
                metadata: ["operation": "\(request.operation)", "attempt": "\(attempt)", "error": "\(error.message)"])
            attempt += 1
            do {
                try await options.clock.sleep(for: delay)
            } catch {
                throw KubernetesError(.cancelled, operation: request.operation, message: "the task was cancelled")
            }
        }
    }
}
