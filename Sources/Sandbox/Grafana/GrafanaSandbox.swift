public import JSONValues
import Listening
public import Logging
import NIOSSL
public import ServiceLifecycle

/// How a Grafana in this process is to run.
public struct GrafanaSandboxOptions: Sendable {
    public var host = "127.0.0.1"
    /// 0 takes any free port.
    public var port = 0
    /// What stands before every path.
    public var path = "/grafana"
    /// The one user, who may do everything.
    public var user = "admin"
    public var password = "admin"
    /// Tokens of service accounts that may do everything.
    public var editorTokens: Set<String> = []
    /// Tokens of service accounts that may only read.
    public var viewerTokens: Set<String> = []
    /// The datasources that it begins with: name and type.
    public var datasources = [("Loki", "loki"), ("Prometheus", "prometheus")]

    /// Files in PEM with a certificate, its chain and its key, to serve TLS with; nil serves without.
    public var certificate: (chain: String, key: String)?

    public init() {}

    /// The settings of TLS where there is a certificate.
    func context() throws -> NIOSSLContext? {
        guard let certificate else { return nil }
        let chain = try NIOSSLCertificate.fromPEMFile(certificate.chain)
        let key = try NIOSSLPrivateKey(file: certificate.key, format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)))
    }

    var scheme: String { certificate == nil ? "http" : "https" }
}

/// A Grafana in this process: dashboards, folders, search, datasources, health, with the version conflicts and errors of
/// the real one; and beside it what Prometheus says of its metrics, under `/prometheus`.
///
/// It keeps everything in memory and draws nothing.
public actor GrafanaSandbox: Service {
    private let options: GrafanaSandboxOptions
    private let store: GrafanaStore
    private let log = RequestLog()
    private let listener: RestartableListener<GrafanaResponder>

    public init(options: GrafanaSandboxOptions = .init(), logger: Logger) {
        self.options = options
        store = GrafanaStore(options)
        let responder = GrafanaResponder(store: store, log: log, options: options)
        listener = RestartableListener { port in
            var tls: (@Sendable () -> NIOSSLContext)?
            if let settings = try? options.context() { tls = { settings } }
            return .sandbox(responder, host: options.host, port: port ?? options.port, tls: tls, logger: logger)
        }
    }

    /// Serves until it is shut down or cancelled.
    /// - Throws: where the certificate cannot be read, or the address is taken.
    public func run() async throws {
        _ = try options.context()
        try await listener.run()
    }

    /// Waits until it listens.
    /// - Returns: the address of Grafana, for example `http://127.0.0.1:3000/grafana`.
    public func url() async throws -> String {
        let address = try await listener.started()
        return "\(options.scheme)://\(address.host):\(address.port)\(options.path)"
    }

    /// Waits until it listens.
    /// - Returns: the address of Prometheus beside it.
    public func prometheusURL() async throws -> String {
        let address = try await listener.started()
        return "\(options.scheme)://\(address.host):\(address.port)/prometheus"
    }

    // MARK: - For tests

    /// The requests seen so far.
    public nonisolated var requests: [SandboxRequest] { log.requests }

    public nonisolated func clearRequests() { log.clear() }

    /// Switches faults on; an empty list switches them off. The first that fits a request strikes it.
    public nonisolated func setFaults(_ faults: [SandboxFault]) { log.set(faults) }

    /// Goes away as a process that is killed, and Prometheus with it: all connections are cut, and none is taken.
    public func stop() async { await listener.stop() }

    /// Comes back on the same port, with the certificate that the files have by then.
    ///
    /// - Parameter isEmpty: whether it has lost everything but its datasources, as one without a volume does.
    public func start(isEmpty: Bool = false) async throws {
        _ = try options.context()
        if isEmpty { store.forget() }
        try await listener.start()
    }

    /// Takes these tokens of service accounts that may do everything, and no other such any more.
    public nonisolated func setEditorTokens(_ tokens: Set<String>) { store.setEditorTokens(tokens) }

    /// The metrics that Prometheus knows.
    public nonisolated func setMetrics(_ names: Set<String>) { store.setMetrics(names) }

    /// The models of all dashboards by uid.
    public nonisolated var dashboards: [String: JSON] { store.dashboards }

    /// The paths of the requests that are being answered.
    public nonisolated var underway: [String] { log.underway }

    /// How many requests were answered at the same time, at most.
    public nonisolated var mostAtOnce: Int { log.mostAtOnce }
}
