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

    /// - Throws: ``ConfigurationError`` where an address, a certificate or a key does not read.
    public init(
        _ configuration: ClusterConfiguration, options: KubernetesClientOptions = .init(), logger: Logger
    ) throws(ConfigurationError) {
        self.configuration = configuration
        self.options = options
        self.logger = logger
        warnings = WarningLog(logger: logger)
        transport = try Transport(configuration, options: options, logger: logger)
    }

    /// Closes all connections; requests on their way fail with ``KubernetesError/Kind/cancelled``.
    ///
    /// Every client has to be shut down before it goes.
    public func shutdown() async { await transport.shutdown() }

    /// Sends a request, again where its kind allows.
    func send(_ request: Outgoing) async throws(KubernetesError) -> Reply {
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
