public import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle

/// Serves HTTP until it is shut down: requests that were accepted are answered, then connections are closed.
public actor HTTPListener<Responder: HTTPResponder>: Service where Responder.Context == BasicRequestContext {
    private let responder: Responder
    private let host: String
    private let port: Int
    private let idleTimeout: Duration
    private let logger: Logger
    private var address: ListeningAddress?
    private var waiting: [CheckedContinuation<ListeningAddress, any Error>] = []

    /// - Parameters:
    ///   - port: 0 takes any free one.
    ///   - idleTimeout: how long a connection may be silent, within a request or between two.
    public init(_ responder: Responder, host: String, port: Int, idleTimeout: Duration, logger: Logger) {
        self.responder = responder
        self.host = host
        self.port = port
        self.idleTimeout = idleTimeout
        self.logger = logger
    }

    public func run() async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            responder: responder,
            server: .http1(configuration: .init(idleTimeout: .nanoseconds(Int64(idleTimeout / .nanoseconds(1))))),
            configuration: .init(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { [weak self] channel in
                guard let local = channel.localAddress, let port = local.port else { return }
                await self?.listening(at: ListeningAddress(host: local.ipAddress ?? "", port: port))
            }, logger: quiet)
        defer { ended() }
        try await application.run()
    }

    /// Waits until the service listens.
    /// - Returns: where; with port 0 this is how to learn which one was free.
    public func started() async throws -> ListeningAddress {
        if let address { return address }
        return try await withCheckedThrowingContinuation { waiting.append($0) }
    }

    private func listening(at address: ListeningAddress) {
        self.address = address
        logger.info("listening", metadata: ["host": "\(address.host)", "port": "\(address.port)"])
        for continuation in waiting { continuation.resume(returning: address) }
        waiting = []
    }

    private func ended() {
        for continuation in waiting { continuation.resume(throwing: NotListening()) }
        waiting = []
    }
}

/// Where a service listens.
public struct ListeningAddress: Sendable, Hashable {
    public let host: String
    public let port: Int
}

/// The service ended before it listened.
struct NotListening: Error, CustomStringConvertible {
    let description = "the service has ended before it listened"
}
