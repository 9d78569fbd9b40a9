import Hummingbird
import Listening
import Logging
import NIOSSL

extension HTTPListener {
    /// Serves a double of something: as patient as an API server, and it does not log each client that leaves.
    static func sandbox(
        _ responder: Responder, host: String, port: Int, tls: (@Sendable () -> NIOSSLContext)? = nil, logger: Logger
    ) -> HTTPListener {
        var limits = ListenerLimits(idleTimeout: .seconds(3_600))
        (limits.headerField, limits.headers, limits.headerCount) = (80 << 10, 80 << 10, 1_000)
        var quiet = logger
        quiet.logLevel = .critical
        return HTTPListener(responder, host: host, port: port, limits: limits, tls: tls, logger: quiet)
    }
}
