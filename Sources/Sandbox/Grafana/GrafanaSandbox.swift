import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import JSONValues
public import Logging
import NIOCore
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

    /// The server, with TLS where there is a certificate.
    func server() throws -> HTTPServerBuilder {
        guard let certificate else { return .http1() }
        let chain = try NIOSSLCertificate.fromPEMFile(certificate.chain)
        let key = try NIOSSLPrivateKey(file: certificate.key, format: .pem)
        let tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        return try .tls(tlsConfiguration: tls)
    }

    var scheme: String { certificate == nil ? "http" : "https" }
}

/// A Grafana in this process: dashboards, folders, search, datasources, health, with the version conflicts and errors of
/// the real one; and beside it what Prometheus says of its metrics, under `/prometheus`.
///
/// It keeps everything in memory and draws nothing.
public actor GrafanaSandbox: Service {
    private let options: GrafanaSandboxOptions
    private let logger: Logger
    private let store: GrafanaStore
    private let log = RequestLog()
    private var address: (host: String, port: Int)?
    private var waiting: [CheckedContinuation<(host: String, port: Int), any Error>] = []

    public init(options: GrafanaSandboxOptions = .init(), logger: Logger) {
        self.options = options
        self.logger = logger
        store = GrafanaStore(options.datasources, path: options.path)
    }

    /// Serves until it is shut down or cancelled.
    public func run() async throws {
        var quiet = logger
        quiet.logLevel = .critical  // it calls each connection that a client leaves an error
        let application = Application(
            responder: GrafanaResponder(store: store, log: log, options: options), server: try options.server(),
            configuration: .init(address: .hostname(options.host, port: options.port), serverName: nil),
            onServerRunning: { [weak self] channel in
                guard let local = channel.localAddress, let port = local.port else { return }
                await self?.listening(local.ipAddress ?? "127.0.0.1", port)
            }, logger: quiet)
        defer {
            for continuation in waiting { continuation.resume(throwing: SandboxError(description: "it has ended")) }
            waiting = []
        }
        try await application.run()
    }

    private func listening(_ host: String, _ port: Int) {
        address = (host, port)
        for continuation in waiting { continuation.resume(returning: (host, port)) }
        waiting = []
    }

    private func started() async throws -> (host: String, port: Int) {
        if let address { return address }
        return try await withCheckedThrowingContinuation { waiting.append($0) }
    }

    /// Waits until it listens.
    /// - Returns: the address of Grafana, for example `http://127.0.0.1:3000/grafana`.
    public func url() async throws -> String {
        let (host, port) = try await started()
        return "\(options.scheme)://\(host):\(port)\(options.path)"
    }

    /// Waits until it listens.
    /// - Returns: the address of Prometheus beside it.
    public func prometheusURL() async throws -> String {
        let (host, port) = try await started()
        return "\(options.scheme)://\(host):\(port)/prometheus"
    }

    // MARK: - For tests

    /// The requests seen so far.
    public nonisolated var requests: [SandboxRequest] { log.requests }

    public nonisolated func clearRequests() { log.clear() }

    /// Switches faults on; an empty list switches them off. The first that fits a request strikes it.
    public nonisolated func setFaults(_ faults: [SandboxFault]) { log.set(faults) }

    /// The metrics that Prometheus knows.
    public nonisolated func setMetrics(_ names: Set<String>) { store.setMetrics(names) }

    /// The models of all dashboards by uid.
    public nonisolated var dashboards: [String: JSON] { store.dashboards }

    /// How many requests were answered at the same time, at most.
    public nonisolated var mostAtOnce: Int { log.mostAtOnce }
}
