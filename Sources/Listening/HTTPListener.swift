public import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import NIOSSL
public import ServiceLifecycle

/// Serves HTTP until it is shut down: requests that were accepted are answered, then connections are closed. Where its task
/// is cancelled, connections are closed at once.
public actor HTTPListener<Responder: HTTPResponder>: Service
where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    private let responder: Responder
    private let host: String
    private let port: Int
    private let limits: ListenerLimits
    private let tls: (@Sendable () -> NIOSSLContext)?
    private let logger: Logger
    private var address: ListeningAddress?
    private var hasEnded = false
    private var waiting: [CheckedContinuation<ListeningAddress, any Error>] = []

    /// - Parameters:
    ///   - port: 0 takes any free one.
    ///   - idleTimeout: how long a connection may be silent, within a request or between two.
    public init(_ responder: Responder, host: String, port: Int, idleTimeout: Duration, logger: Logger) {
        self.init(responder, host: host, port: port, limits: ListenerLimits(idleTimeout: idleTimeout), logger: logger)
    }

    /// - Parameters:
    ///   - port: 0 takes any free one.
    ///   - tls: gives each new connection its settings; nil serves without TLS.
    public init(
        _ responder: Responder, host: String, port: Int, limits: ListenerLimits,
        tls: (@Sendable () -> NIOSSLContext)? = nil, logger: Logger
    ) {
        self.responder = responder
        self.host = host
        self.port = port
        self.limits = limits
        self.tls = tls
        self.logger = logger
    }

    public func run() async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let limits = fittedLimits()
        let application = Application(
            responder: HeadResponder(base: responder), server: server(limits),
            configuration: .init(
                address: .hostname(host, port: port), serverName: nil,
                availableConnectionsDelegate: .maximum(limits.connections, logger: quiet)),
            onServerRunning: { [weak self] channel in
                guard let local = channel.localAddress, let port = local.port else { return }
                await self?.listening(host: local.ipAddress ?? "", port: port)
            }, logger: quiet)
        defer { ended() }
        try await application.run()
    }

    /// The limits, as far as this process may have descriptors.
    private func fittedLimits() -> ListenerLimits {
        let descriptors = DescriptorLimit.raise()
        let fitted = limits.fitted(to: descriptors)
        if fitted.connections < limits.connections {
            logger.notice(
                "takes fewer connections, as the process may have few descriptors (ulimit -n, LimitNOFILE)",
                metadata: ["connections": "\(fitted.connections)", "descriptors": "\(descriptors)"])
        }
        return fitted
    }

    private func server(_ limits: ListenerLimits) -> HTTPServerBuilder {
        let (linger, stall) = (limits.linger.amount, limits.stallTimeout.amount)
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(linger: linger, stall: stall)],
            idleTimeout: limits.idleTimeout.amount,
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerField, maxHeaderListSize: limits.headers,
                maxHeaderFieldCount: limits.headerCount))
        let places = ConnectionPlaces(limits)
        return HTTPServerBuilder { [tls] responder in
            AcceptedChannel(
                base: HTTP1Channel(responder: responder, configuration: configuration), tls: tls, places: places)
        }
    }

    /// Waits until the service listens.
    /// - Returns: where; with port 0 this is how to learn which one was free.
    /// - Throws: where it has ended without.
    public func started() async throws -> ListeningAddress {
        if let address { return address }
        if hasEnded { throw NotListening() }
        return try await withCheckedThrowingContinuation { waiting.append($0) }
    }

    private func listening(host: String, port: Int) {
        let address = ListeningAddress(host: host, port: port, isSecure: tls != nil)
        self.address = address
        logger.info("listening", metadata: ["host": "\(address.host)", "port": "\(address.port)"])
        for continuation in waiting { continuation.resume(returning: address) }
        waiting = []
    }

    private func ended() {
        hasEnded = true
        for continuation in waiting { continuation.resume(throwing: NotListening()) }
        waiting = []
    }
}

/// Where a service listens.
public struct ListeningAddress: Sendable, Hashable {
    public let host: String
    public let port: Int
    /// Whether it speaks TLS.
    public var isSecure = false
}

extension Duration {
    fileprivate var amount: TimeAmount { .nanoseconds(Int64(self / .nanoseconds(1))) }
}

/// The service ended before it listened.
struct NotListening: Error, CustomStringConvertible {
    let description = "the service has ended before it listened"
}
