public import JSONValues
import Listening
public import Logging
public import ServiceLifecycle

/// A Kubernetes API server in this process: RampartGraphs and a few built-in kinds, with Rampart's controller played.
///
/// It keeps everything in memory and speaks what the service, `kubectl` and the Python client need.
public actor SandboxServer: Service {
    private let options: SandboxOptions
    private let logger: Logger
    private let cluster: Cluster
    private let log = RequestLog()
    private let listener: RestartableListener<Responder>
    private var address: (host: String, port: Int)?

    public init(options: SandboxOptions, logger: Logger) {
        self.options = options
        self.logger = logger
        cluster = Cluster(now: options.now)
        let responder = Responder(cluster: cluster, log: log, options: options)
        listener = RestartableListener { port in
            .sandbox(responder, host: options.host, port: port ?? options.port, logger: logger)
        }
    }

    /// Serves until it is shut down or cancelled.
    public func run() async throws {
        do { try await cluster.bootstrap() } catch { throw SandboxError(description: error.message) }
        let controller = Controller(cluster: cluster, options: options, logger: logger)
        let (cluster, listener) = (cluster, listener)
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
                    try await listener.run()
                    throw CancellationError()
                }
                while try await group.next() != nil {}
            }
        } catch is CancellationError {
            await cluster.cutWatches()
        }
    }

    /// Waits until it listens.
    /// - Returns: where.
    public func started() async throws -> (host: String, port: Int) {
        let listening = try await listener.started()
        let address = (listening.host, listening.port)
        self.address = address
        return address
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

    /// The faults that are on, each with what is left of its count.
    public nonisolated var faults: [SandboxFault] { log.faults }

    /// The paths of the requests that are being answered; a watch is from the first byte on no more.
    public nonisolated var underway: [String] { log.underway }

    /// From now on requests must carry this token; those that carry another are a 401.
    public nonisolated func setToken(_ token: String) { log.token = token }

    /// Ends all watches without a word.
    public func cutWatches() async { await cluster.cutWatches() }

    /// Forgets the past: lists that go on and watches that begin in it get 410.
    public func compact() async { await cluster.compact() }

    /// Goes away as a process that is killed: all connections are cut, and none is taken.
    public func stop() async {
        await listener.stop()
        await cluster.cutWatches()
    }

    /// Comes back on the same port, with what etcd kept and no memory of the changes before.
    ///
    /// - Parameter backup: what etcd was put back from, with the resource versions of then; nil where it lost nothing.
    public func start(from backup: SandboxBackup? = nil) async throws {
        if let backup { await cluster.put(back: backup) }
        await cluster.compact()
        try await listener.start()
    }

    /// Everything that the cluster has now, as a snapshot of etcd has it.
    public func backup() async -> SandboxBackup { await cluster.backup() }

    /// Refuses writes of RampartGraphs for which a message is returned, as an admission webhook does.
    ///
    /// - Parameter code: of the answer: 400 where a webhook names none, 403 where it says so.
    public func refuse(code: Int = 400, _ check: (@Sendable (JSON) -> String?)?) async {
        guard let check else {
            await cluster.setAdmission(nil)
            return
        }
        await cluster.setAdmission(code: code) { kind, object in kind == .rampartGraphs ? check(object) : nil }
    }
}

/// Why a sandbox does not run.
public struct SandboxError: Error, CustomStringConvertible {
    public let description: String
}
