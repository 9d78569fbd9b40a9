import Apps
import Git
import Graphs
import HashTreeCollections
import Instruments
import JSONValues
import Kubernetes
import Logging
import Sandbox
import TestSupport

@testable import Sync

/// A graph repository, a cluster in this process and the sync loop between them, while a test runs.
struct Loop: Sendable {
    static let graphs = ResourceType(
        group: "rampart.petuum.com", version: "v1beta2", plural: "rampartgraphs", kind: "RampartGraph")
    static let ada = Signature(name: "Ada Lovelace", email: "ada@example.com", seconds: 1_700_000_000, offsetMinutes: 0)

    let folder: TemporaryFolder
    let store: AppStore
    let sandbox: SandboxServer
    /// The loop's own client, which never tries twice.
    let client: KubernetesClient
    /// The test's client, which gets through faults.
    let observer: KubernetesClient
    let engine: SyncEngine
    /// What ``engine`` measures.
    let metrics: SyncMetrics

    /// How the loop and its client are to be, where a test wants them otherwise.
    struct Settings: Sendable {
        var sync = SyncOptions()
        var client = SyncOptions().client
        var credentials = Credentials.none
        /// What the cluster wants to see from the start.
        var token: String?

        init() {
            sync.firstRetry = .milliseconds(20)
            client.retry.maximumAttempts = 1
            client.retry.firstDelay = .milliseconds(5)
            client.retry.longestDelay = .milliseconds(20)
        }

        /// The usual ones, but for a change.
        static func with(_ change: (inout Settings) -> Void) -> Settings {
            var settings = Settings()
            change(&settings)
            return settings
        }
    }

    /// Starts everything, lends it, and ends it.
    ///
    /// - Parameters:
    ///   - settings: how the loop is.
    ///   - syncs: whether the loop itself runs, or a test starts others on the same repository and cluster.
    ///   - before: what is done to the repository and the cluster before the loop begins.
    static func run(
        _ settings: Settings = Settings(), syncs: Bool = true,
        before: @Sendable (AppStore, KubernetesClient) async throws -> Void = { _, _ in },
        _ body: @Sendable (Loop) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var sandboxOptions = SandboxOptions()
        sandboxOptions.controllerDelay = .milliseconds(1)
        sandboxOptions.createsNamespaces = true
        sandboxOptions.token = settings.token
        let sandbox = SandboxServer(options: sandboxOptions, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sandbox.run() }
            let port = try await sandbox.started().port
            let server = "http://127.0.0.1:\(port)"
            let client = try KubernetesClient(
                ClusterConfiguration(server: server, credentials: settings.credentials), options: settings.client,
                logger: logger)
            var patient = Settings().client
            patient.retry.maximumAttempts = 100
            let observer = try KubernetesClient(
                ClusterConfiguration(server: server, credentials: settings.credentials), options: patient,
                logger: logger)
            let store = try await AppStore.open(AppStoreOptions(data: folder.path), logger: logger)
            try await before(store, client)
            let metrics = SyncMetrics()
            var sync = settings.sync
            sync.metrics = metrics
            let engine = SyncEngine(store: store, client: client, options: sync, logger: logger)
            group.addTask { try await store.run() }
            if syncs { group.addTask { try await engine.run() } }
            let loop = Loop(
                folder: folder, store: store, sandbox: sandbox, client: client, observer: observer, engine: engine,
                metrics: metrics)
            var failure: (any Error)?
            do { try await body(loop) } catch { failure = error }
            group.cancelAll()
            while await group.nextResult() != nil {}
            await client.shutdown()
            await observer.shutdown()
            if let failure { throw failure }
        }
    }

    /// A loop on the same repository and cluster, as after a restart.
    func anotherEngine() -> SyncEngine {
        SyncEngine(
            store: store, client: client, options: Settings().sync,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}

extension Loop {
    static func id(_ text: String) throws -> AppID {
        guard let id = AppID(text) else { throw NoApp(text: text) }
        return id
    }

    struct NoApp: Error { let text: String }

    static func manifest(_ id: AppID, _ content: Int) throws -> Manifest { try Manifest(checking: json(id, content)) }

    /// A small graph whose content is told by a number.
    static func json(_ id: AppID, _ content: Int, labels: [String: String] = [:]) -> JSON {
        [
            "apiVersion": "rampart.petuum.com/v1beta2", "kind": "RampartGraph",
            "metadata": [
                "name": .string(id.name), "namespace": .string(id.namespace),
                "labels": .object(JSONObject(pairs: labels.map { ($0.key, .string($0.value)) })),
            ],
            "spec": [
                "graph": [
                    "components": [
                        "trainer": [
                            "chart": ["repo": "charts", "name": "trainer"],
                            "config": ["content": .int(Int64(content))],
                        ]
                    ], "flows": [:],
                ]
            ],
        ]
    }

    /// Makes an app with one version and deploys it.
    static func deploy(_ store: AppStore, _ name: String, _ content: Int = 1) async throws {
        let id = try Loop.id(name)
        let manifest = try Loop.manifest(id, content)
        let exists = store.snapshot.apps[id] != nil
        _ = try await store.perform(exists ? .save(id, manifest) : .create(id, manifest), by: ada)
        _ = try await store.perform(.deploy(id, version: content), by: ada)
    }

    func deploy(_ name: String, _ content: Int = 1) async throws { try await Loop.deploy(store, name, content) }

    func delete(_ name: String) async throws { _ = try await store.perform(.delete(Loop.id(name)), by: Loop.ada) }

    /// The resource as the cluster has it; nil where there is none.
    func resource(_ name: String) async throws -> KubernetesObject? {
        let id = try Loop.id(name)
        return try await observer.listAll(Loop.graphs).items.first {
            $0.namespace == id.namespace && $0.name == id.name
        }
    }

    /// The number in the resource's graph, see ``json(_:_:labels:)``.
    func content(_ name: String) async throws -> Int? {
        let spec = try await resource(name)?.spec
        return spec?.at("graph", "components", "trainer", "config", "content")?.int.map { Int($0) }
    }

    func state(_ name: String) throws -> SyncState? { engine.report.apps[try Loop.id(name)]?.state }

    func reaches(_ name: String, _ content: Int, in engine: SyncEngine? = nil) async throws {
        let engine = engine ?? self.engine
        let id = try Loop.id(name)
        try await eventually("\(name) has \(content)") {
            // A draft is synced before it is deployed: what counts is the commit.
            try await self.content(name) == content && engine.report.apps[id]?.state == .synced
                && engine.report.apps[id]?.appliedCommit == store.snapshot.apps[id]?.live?.commit
        }
    }

    /// Whether no app is looked at, or is about to be.
    var isIdle: Bool { SyncMetrics.QueuePlace.allCases.allSatisfy { metrics.queue.value($0) == 0 } }

    func isGone(_ name: String) async throws {
        try await eventually("\(name) is gone") { try await resource(name) == nil }
    }

    func patch(_ name: String, _ body: JSON) async throws {
        let id = try Loop.id(name)
        _ = try await client.mergePatch(Loop.graphs, namespace: id.namespace, name: id.name, body: body)
    }

    /// What the loop asked to have changed.
    var writes: [SandboxRequest] { sandbox.requests.filter(\.isWrite) }
}
