import Hummingbird
public import JSONValues
public import Logging
import NIOCore
public import ServiceLifecycle
import Synchronization

/// A Kubernetes API server in this process: RampartGraphs and a few built-in kinds, with Rampart's controller played.
///
/// It keeps everything in memory and speaks what the service, `kubectl` and the Python client need.
public actor SandboxServer: Service {
    private let options: SandboxOptions
    private let logger: Logger
    private let cluster: Cluster
    private let log = RequestLog()
    private var address: (host: String, port: Int)?
    private var waiting: [CheckedContinuation<(host: String, port: Int), any Error>] = []

    public init(options: SandboxOptions, logger: Logger) {
        self.options = options
        self.logger = logger
        cluster = Cluster(now: options.now)
    }

    /// Serves until it is shut down or cancelled.
    public func run() async throws {
        do { try await cluster.bootstrap() } catch { throw SandboxError(description: error.message) }
        let application = Application(
            responder: Responder(cluster: cluster, log: log, options: options),
            configuration: .init(address: .hostname(options.host, port: options.port), serverName: nil),
            onServerRunning: { [weak self] channel in
                guard let local = channel.localAddress, let port = local.port else { return }
                await self?.listening(local.ipAddress ?? "127.0.0.1", port)
            }, logger: quiet)
        let controller = Controller(cluster: cluster, options: options, logger: logger)
        let cluster = cluster
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                if options.playsController {
                    group.addTask { await controller.run() }
                }
                // Watches would keep connections open: they end first.
                group.addTask {
                    try? await gracefulShutdown()
                    await cluster.cutWatches()
                }
                group.addTask {
                    try await application.run()
                    throw CancellationError()
                }
                while try await group.next() != nil {}
            }
        } catch is CancellationError {
            await cluster.cutWatches()
        }
        fail(SandboxError(description: "the sandbox has ended"))
    }

    private var quiet: Logger {
        var logger = logger
        logger.logLevel = .critical  // it calls each connection that a client leaves an error
        return logger
    }

    private func listening(_ host: String, _ port: Int) {
        address = (host, port)
        for continuation in waiting { continuation.resume(returning: (host, port)) }
        waiting = []
    }

    private func fail(_ error: any Error) {
        for continuation in waiting { continuation.resume(throwing: error) }
        waiting = []
    }

    /// Waits until it listens.
    /// - Returns: where.
    public func started() async throws -> (host: String, port: Int) {
        if let address { return address }
        return try await withCheckedThrowingContinuation { waiting.append($0) }
    }

    /// A kubeconfig file's text for `kubectl`. Ask after ``started()``.
    public func kubeconfig() -> String {
        let server = "http://\(address?.host ?? options.host):\(address?.port ?? options.port)"
        return """
            apiVersion: v1
            kind: Config
            clusters:
            - name: sandbox
              cluster:
                server: \(server)
            contexts:
            - name: sandbox
              context:
                cluster: sandbox
                user: sandbox
                namespace: default
            current-context: sandbox
            users:
            - name: sandbox
              user:
                token: \(options.token ?? "sandbox")

            """
    }

    // MARK: - For tests

    /// The requests seen so far, watches when they ended.
    public nonisolated var requests: [SandboxRequest] { log.requests }

    public nonisolated func clearRequests() { log.clear() }

    /// Switches faults on; an empty list switches them off. The first that fits a request strikes it.
    public nonisolated func setFaults(_ faults: [SandboxFault]) { log.set(faults) }

    /// Ends all watches without a word.
    public func cutWatches() async { await cluster.cutWatches() }

    /// Forgets the past: lists that go on and watches that begin in it get 410.
    public func compact() async { await cluster.compact() }

    /// Refuses writes of RampartGraphs for which a message is returned, as an admission webhook does.
    public func refuse(_ check: (@Sendable (JSON) -> String?)?) async {
        guard let check else {
            await cluster.setAdmission(nil)
            return
        }
        await cluster.setAdmission { kind, object in kind == .rampartGraphs ? check(object) : nil }
    }
}

/// Why a sandbox does not run.
public struct SandboxError: Error, CustomStringConvertible {
    public let description: String
}
