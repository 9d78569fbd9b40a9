public import Apps
public import Health
import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle
public import Sync

/// The REST interface of the Rampart UI: apps, their versions and their state, over HTTP.
public actor RestService: Service {
    /// Where the service listens.
    public struct Address: Sendable, Hashable {
        public let host: String
        public let port: Int
    }

    private let options: ServiceOptions
    private let responder: Responder
    private let logger: Logger
    private var address: Address?
    private var waiting: [CheckedContinuation<Address, any Error>] = []

    /// - Parameters:
    ///   - store: the apps that are read and written.
    ///   - engine: what the cluster has, and who asks it.
    ///   - health: how what the apps run fares; nil where nobody watches it.
    ///   - repositories: who asks the flows services of apps; nil where nobody does.
    public init(
        store: AppStore, engine: SyncEngine, health: ClusterHealth? = nil, repositories: RepositoryCheck? = nil,
        options: ServiceOptions = .init(), logger: Logger
    ) {
        self.init(
            apps: store, cluster: engine, health: WatchedHealth(cluster: health, repositories: repositories),
            options: options, logger: logger)
    }

    init(
        apps: any AppSource, cluster: any ClusterSide,
        health: any HealthSide = WatchedHealth(cluster: nil, repositories: nil), options: ServiceOptions, logger: Logger
    ) {
        self.options = options
        self.logger = logger
        responder = Responder(apps: apps, cluster: cluster, health: health, options: options, logger: logger)
    }

    /// Serves until it is shut down: requests that were accepted are answered, then connections are closed.
    public func run() async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            responder: responder,
            server: .http1(configuration: .init(idleTimeout: TimeAmount(options.idleTimeout))),
            configuration: .init(address: .hostname(options.host, port: options.port), serverName: nil),
            onServerRunning: { [weak self] channel in
                guard let local = channel.localAddress, let port = local.port else { return }
                await self?.listening(at: Address(host: local.ipAddress ?? "", port: port))
            }, logger: quiet)
        defer { ended() }
        try await application.run()
    }

    /// Waits until the service listens.
    /// - Returns: where; with port 0 this is how to learn which one was free.
    public func started() async throws -> Address {
        if let address { return address }
        return try await withCheckedThrowingContinuation { waiting.append($0) }
    }

    private func listening(at address: Address) {
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

/// The service ended before it listened.
struct NotListening: Error, CustomStringConvertible {
    let description = "the REST service has ended"
}
