import Apps
import AsyncHTTPClient
import Events
import Git
import Grafana
import HTTPTypes
import Health
import Instruments
import JSONValues
import Kubernetes
import Listening
import Logging
import NIOCore
import NIOHTTP1
import Sandbox
import Secrets
import ServiceLifecycle
import Sync
import TestSupport
import Testing
import Upstreams

@testable import Service

/// The whole service on a free port: a repository in a folder, a cluster in this process, the sync loop, REST.
struct Stack: Sendable {
    let folder: TemporaryFolder
    let store: AppStore
    let sandbox: SandboxServer
    let client: KubernetesClient
    let engine: SyncEngine
    let service: RestService
    let events: EventLog
    /// Grafana and the loop for dashboards, where a test wants them.
    var grafana: GrafanaSandbox?
    var dashboards: DashboardSync?
    let url: String
    /// What stands before every path: empty, or `/base`.
    let base: String
    let judgesAnswers: Bool

    /// How a test wants it.
    struct Options: Sendable {
        var service = ServiceOptions()
        var sandbox = SandboxOptions()
        /// Who hears what the service logs; nobody by default.
        var logger: Logger?
        /// Which commits may be applied; all by default.
        var verifier: CommitVerifier?
        /// Whether the cluster is there.
        var hasCluster = true
        /// Who asks the services beside apps; ended with the rest.
        var upstream: UpstreamClient?
        /// How long the service of repository flows may take, and how long its answer counts.
        var repositoryAnswers: (within: Duration, for: Duration) = (.seconds(2), .seconds(10))
        /// Who says how pulsar flows fare; run with the rest.
        var pulsar: PulsarCheck?
        /// Whether every answer is compared with the description; not where a test plays an odd service beside apps.
        var judgesAnswers = true
        /// Who is told of webhooks; the store if nil.
        var branch: (any BranchSource)?
        /// Whether there is a Grafana, with all GPU metrics beside it.
        var hasGrafana = false
        /// How many events are kept.
        var keptEvents = 4_096

        init() {
            service.port = 0
            service.dashboardURL = "https://dash.example.com/k8s"
            sandbox.controllerDelay = .milliseconds(1)
            sandbox.createsNamespaces = true
        }
    }

    /// Starts everything, lends it, and ends it.
    static func run(
        _ options: Options = Options(), folder: TemporaryFolder? = nil,
        _ body: @Sendable (Stack) async throws -> Void
    ) async throws {
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let logger = options.logger ?? quiet
        let folder = try folder ?? TemporaryFolder()
        let sandbox = SandboxServer(options: options.sandbox, logger: logger)
        // The cluster ends after all who watch it.
        try await withThrowingTaskGroup(of: Void.self) { cluster in
            defer { cluster.cancelAll() }
            cluster.addTask { try await sandbox.run() }
            try await run(options, folder: folder, sandbox, logger, body)
        }
    }

    private static func run(
        _ options: Options, folder: TemporaryFolder, _ sandbox: SandboxServer, _ logger: Logger,
        _ body: @Sendable (Stack) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            let port = options.hasCluster ? try await sandbox.started().port : 1
            var settings = KubernetesClientOptions()
            // Where nobody is there, connecting is tried until then.
            settings.connectTimeout = options.hasCluster ? .seconds(30) : .milliseconds(500)
            settings.metrics = KubernetesMetrics(options.service.metrics)
            let client = try KubernetesClient(
                ClusterConfiguration(server: "http://127.0.0.1:\(port)"), options: settings, logger: logger)
            var storeOptions = AppStoreOptions(data: folder.path)
            storeOptions.metrics = StoreMetrics(options.service.metrics)
            storeOptions.verifier = options.verifier
            let store = try await AppStore.open(storeOptions, logger: logger)
            var syncOptions = SyncOptions()
            syncOptions.metrics = SyncMetrics(options.service.metrics)
            syncOptions.firstRetry = .milliseconds(20)
            let events = EventLog(capacity: options.keptEvents)
            let engine = SyncEngine(
                store: store, client: client, options: syncOptions, events: events, logger: logger)
            let health = ClusterHealth(client: client, logger: logger)
            let repositories = options.upstream.flatMap { upstream in
                options.service.upstreams.repositories.map { template in
                    RepositoryCheck(
                        template: template, client: upstream, timeout: options.repositoryAnswers.within,
                        lifetime: options.repositoryAnswers.for)
                }
            }
            let grafana = options.hasGrafana ? GrafanaSandbox(logger: logger) : nil
            var link: GrafanaPieces?
            if let grafana {
                group.addTask { try await grafana.run() }
                let pieces = try await GrafanaPieces(
                    grafana, store, engine, options.service.metrics, logger)
                group.addTask { try await pieces.dashboards.run() }
                link = pieces
            }
            let service = RestService(
                apps: store, branch: options.branch ?? store, cluster: engine,
                health: WatchedHealth(
                    cluster: health, repositories: repositories, pulsar: options.pulsar,
                    messages: ReleaseMessages(client: client)),
                upstream: options.upstream, dashboards: link?.dashboards, events: events, options: options.service,
                logger: logger)
            group.addTask { try await health.run() }
            group.addTask { try await CommitEvents(store: store, log: events, logger: logger).run() }
            if let pulsar = options.pulsar { group.addTask { try await pulsar.run() } }
            group.addTask { try await store.run() }
            group.addTask { try await engine.run() }
            group.addTask { try await service.run() }
            let address = try await service.started()
            // What is answered depends on what the loop knows of the cluster.
            try await eventually {
                options.hasCluster ? engine.report.hasSeenCluster : engine.report.unreachable != nil
            }
            let stack = Stack(
                folder: folder, store: store, sandbox: sandbox, client: client, engine: engine, service: service,
                events: events,
                grafana: grafana, dashboards: link?.dashboards,
                url: "\(address.isSecure ? "https" : "http")://127.0.0.1:\(address.port)",
                base: Paths(basePath: options.service.basePath).base,
                judgesAnswers: options.judgesAnswers)
            do {
                try await body(stack)
            } catch {
                group.cancelAll()
                await client.shutdown()
                await link?.shutdown()
                await options.upstream?.shutdown()
                throw error
            }
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
            await client.shutdown()
            await link?.shutdown()
            await options.upstream?.shutdown()
        }
    }
}

/// The loop for dashboards with its clients.
struct GrafanaPieces: Sendable {
    let dashboards: DashboardSync
    private let client: GrafanaClient
    private let prometheus: PrometheusClient

    init(
        _ grafana: GrafanaSandbox, _ store: AppStore, _ engine: SyncEngine, _ metrics: Registry, _ logger: Logger
    ) async throws {
        grafana.setMetrics(Set(GPUMetric.allCases.map(\.metric)))
        var address = try ServerAddress(await grafana.url())
        address.credentials = .basic(user: "admin", password: .text(Secret("admin")))
        address.metrics = RequestMetrics(metrics)
        client = GrafanaClient(address)
        var other = try ServerAddress(await grafana.prometheusURL())
        other.metrics = RequestMetrics(metrics, server: "prometheus")
        prometheus = PrometheusClient(other)
        var options = DashboardOptions()
        options.firstRetry = .milliseconds(20)
        dashboards = DashboardSync(
            store: store, engine: engine, client: client, prometheus: prometheus, options: options, logger: logger)
    }

    func shutdown() async {
        await client.shutdown()
        await prometheus.shutdown()
    }
}

/// An answer as it came over the wire.
struct Answer: Sendable {
    let status: Int
    let headers: [String: String]
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The body in JSON; null where it is none.
    var json: JSON { (try? JSON(parsing: bytes)) ?? .null }
    var state: String? { json["state"]?.string }
    var message: String? { json["message"]?.string }
    var etag: String? { headers["etag"] }
}

extension Stack {
    func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
        try await send("GET", path, headers: headers)
    }

    func post(_ path: String, _ body: JSON, headers: [String: String] = [:]) async throws -> Answer {
        try await send("POST", path, body: body.bytes(), headers: headers)
    }

    func delete(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
        try await send("DELETE", path, headers: headers)
    }

    /// - Parameter headers: `Content-Type: application/json` goes with a body unless another one is given; an empty
    ///   value leaves a header out.
    func send(
        _ method: String, _ path: String, body: [UInt8]? = nil, headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = .init(rawValue: method)
        var headers = headers
        if body != nil, headers["Content-Type"] == nil { headers["Content-Type"] = "application/json" }
        for (name, value) in headers where !value.isEmpty { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(body) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(180))
        let buffer = try await response.body.collect(upTo: 64 << 20)
        var fields: [String: String] = [:]
        for header in response.headers {
            let before = fields[header.name.lowercased()].map { "\($0), " } ?? ""
            fields[header.name.lowercased()] = before + header.value
        }
        let answer = Answer(
            status: Int(response.status.code), headers: fields, bytes: Array(buffer.readableBytesView))
        if judgesAnswers { await judge(answer, to: method, path) }
        return answer
    }

    /// Every answer is as the service's description says.
    private func judge(_ answer: Answer, to method: String, _ path: String) async {
        var target = String(path.prefix { $0 != "?" })
        if target.hasPrefix(base + "/") {
            target.removeFirst(base.count)
        } else if !["/healthz", "/readyz", "/metrics"].contains(target) {
            target = "outside of the base path: \(target)"
        }
        for complaint in await AnswerCheck.shared.complaints(method, target, answer) {
            Issue.record("not as described: \(complaint)\n\(answer.text.prefix(2_000))")
        }
    }

    /// The body of an answer, as it comes.
    func open(_ path: String) async throws -> HTTPClientResponse.Body {
        try await HTTPClient.shared.execute(HTTPClientRequest(url: url + path), timeout: .seconds(180)).body
    }

    // MARK: - Acts

    @discardableResult
    func create(_ id: String, graph: JSON = Graph.small()) async throws -> Answer {
        try await post("/api/v1/graphs", Graph.body(id, graph))
    }

    @discardableResult
    func save(_ id: String, _ graph: JSON, headers: [String: String] = [:]) async throws -> Answer {
        try await post("/api/v1/apps/\(id)/graph", Graph.body(id, graph), headers: headers)
    }

    @discardableResult
    func redeploy(
        _ id: String, _ version: Int, deployed: Bool = true, headers: [String: String] = [:]
    ) async throws -> Answer {
        try await post(
            "/api/v1/apps/redeployment/\(id)/\(version)",
            ["appId": .string(id), "version": .string(String(version)), "deployed": .bool(deployed)],
            headers: headers)
    }

    /// Waits until the active version of an app stands in some way.
    func reaches(_ status: String, _ id: String) async throws {
        try await eventually("\(id) is \(status)") {
            let app = try await get("/api/v1/apps/\(id)").json
            return app["versions"]?.array?.contains { $0["status"]?.string == status } ?? false
        }
    }
}

/// Graphs for tests.
enum Graph {
    static func small(_ x: Int = 1) -> JSON {
        [
            "components": [
                "web": [
                    "type": "generic-service", "chart": ["repo": "rampart-repo", "name": "web"],
                    "config": ["x": .int(Int64(x))],
                ]
            ], "flows": [:],
        ]
    }

    /// The body of a create or save.
    static func body(_ id: String, _ graph: JSON) -> JSON {
        let parts = id.split(separator: "_").map(String.init)
        return [
            "apiVersion": "rampart.petuum.com/v1beta2", "kind": "RampartGraph",
            "metadata": ["namespace": .string(parts[0]), "name": .string(parts.last ?? "")],
            "spec": ["graph": graph],
        ]
    }
}
