import Apps
import CommitStatuses
import Events
import Forges
import Foundation
import Git
import GitHTTP
import Health
import Housekeeping
import Instruments
import Kubernetes
import Logging
import Pulsar
import Sandbox
import Service
import ServiceLifecycle
import Sync
import UnixSignals
import Upstreams

/// Wires the rooms together and runs them until a signal ends the process.
struct Server {
    let command: ServeCommand
    let logger: Logger
    /// What all parts measure.
    let metrics = Registry(prefix: "rampart_")

    func run() async throws {
        let progress = Progress(isShown: command.log.format == .text)
        BuildReading.register(in: metrics)
        ProcessReadings.register(in: metrics)
        let options = try storeOptions()
        // What cannot be read is said before anything is started.
        try command.grafana.check(logger: logger)
        progress.begin("opening the graph repository \(options.repositoryPath)")
        let store = try await AppStore.open(options, logger: logger)
        if command.example { try await ExampleRepository.fill(store, options: options, logger: logger) }
        try installHook(options)
        progress.end("\(store.snapshot.apps.count) apps")

        if let configuration = try command.cluster.configuration() {
            progress.begin("cluster \(configuration.server)")
            progress.end("")
            try await serve(store, configuration: configuration, sandbox: nil, grafana: nil)
        } else {
            progress.begin("starting the sandbox")
            try await withSandbox { sandbox, grafana, configuration in
                progress.end("")
                try await serve(store, configuration: configuration, sandbox: sandbox, grafana: grafana)
            }
        }
    }

    /// Has every push pass this program, whichever way it comes.
    private func installHook(_ options: AppStoreOptions) throws {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let outcome = try PreReceiveHook.install(
            in: options.repositoryPath, program: program, branch: options.branch,
            allowedSigners: command.signing.allowedSigners.map(absolute))
        if outcome != .unchanged {
            logger.info("installed the hook that checks pushes", metadata: ["program": "\(program)"])
        }
        if outcome == .chained { logger.notice("the hook that was there is pre-receive.local now, and runs first") }
    }

    private func storeOptions() throws -> AppStoreOptions {
        var options = AppStoreOptions(data: data, branch: command.branch)
        options.indexFolder = command.indexFolder
        options.waitsForFiles = .seconds(5)
        options.remote = try command.remote.followed(gitMemory: command.gitMemory.bytes)
        options.dashboards = try command.grafana.names.rows()
        try command.signing.apply(to: &options)
        options.metrics = StoreMetrics(metrics)
        return options
    }

    /// Starts the sandbox, writes its kubeconfig, and stops it after `body` has returned.
    private func withSandbox(
        _ body: (SandboxServer, GrafanaSandbox, ClusterConfiguration) async throws -> Void
    ) async throws {
        var options = SandboxOptions()
        options.createsNamespaces = true
        options.playsHelm = true
        let sandbox = SandboxServer(options: options, logger: logger)
        let grafana = GrafanaSandbox(logger: logger)
        let kubeconfig = data + "/kubeconfig"
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sandbox.run() }
            group.addTask { try await grafana.run() }
            _ = try await sandbox.started()
            try PrivateFile.write(await sandbox.kubeconfig(), to: kubeconfig)
            try await body(sandbox, grafana, try ClusterConfiguration.kubeconfig(path: kubeconfig))
            group.cancelAll()
        }
    }

    private func serve(
        _ store: AppStore, configuration: ClusterConfiguration, sandbox: SandboxServer?, grafana: GrafanaSandbox?
    ) async throws {
        var syncOptions = SyncOptions()
        var clientOptions = syncOptions.client
        clientOptions.userAgent = command.replicas.userAgent
        clientOptions.metrics = KubernetesMetrics(metrics)
        let client = try KubernetesClient(configuration, options: clientOptions, logger: logger)
        let candidate = try command.replicas.election(
            in: configuration, metrics: clientOptions.metrics, logger: logger)
        let events = EventLog()
        let recorder = command.cluster.recorder(client, identity: candidate?.election.identity, logger: logger)
        syncOptions.metrics = SyncMetrics(metrics)
        syncOptions.shard = command.replicas.shard
        let engine = SyncEngine(
            store: store, client: client, options: syncOptions, election: candidate?.election, events: events,
            recorder: recorder, logger: logger)
        var serviceOptions = ServiceOptions()
        serviceOptions.host = command.listen.host
        serviceOptions.port = command.listen.port
        serviceOptions.basePath = command.basePath
        serviceOptions.metrics = metrics
        serviceOptions.corsOrigins = command.corsOrigins
        serviceOptions.dashboardURL = command.status.dashboard
        serviceOptions.repository = "\(data)/graphs.git"
        serviceOptions.gitMemory = command.gitMemory.bytes
        serviceOptions.memoryLimit = MemoryLimit.current
        serviceOptions.upstreams = try command.status.upstreams(isSandbox: sandbox != nil)
        serviceOptions.webhooks.secrets = try await command.webhooks.secrets(logger: logger)
        serviceOptions.webhooks.branch = command.branch
        serviceOptions.webhooks.repository = command.remote.remote.flatMap { RemoteRepository(url: $0) }
        let wall: @Sendable () -> Int = { Int(Date().timeIntervalSince1970) }
        var housekeeping = HousekeepingOptions()
        housekeeping.memory = command.gitMemory.bytes
        let housekeeper = Housekeeper(
            repository: "\(data)/graphs.git", options: housekeeping, now: wall, age: AgeClock(wall: wall),
            afterwards: { await store.letGoOfPacks() }, logger: logger)
        serviceOptions.housekeeping = { housekeeper.report }
        let access: AccessParts
        do {
            access = try await AccessParts(command.access, client: client, logger: logger)
        } catch {
            await client.shutdown()
            await candidate?.client.shutdown()
            throw error
        }
        access.apply(to: &serviceOptions)
        let forge = try await command.forge.client(
            remote: command.remote.remote, metrics: ForgeMetrics(metrics), logger: logger)
        serviceOptions.notes = { [files = access.files] in
            files.map { $0() } + (recorder.map { [PartState("events", note: $0.note)] } ?? [])
                + (forge.map { [PartState("forge", problem: $0.problem)] } ?? [])
        }
        serviceOptions.pullRequests = forge
        let statuses = forge.map { forge in
            CommitStatusService(
                store: store, engine: engine, forge: forge, target: command.forge.statusURL, logger: logger)
        }
        let upstream = UpstreamClient(answerTimeout: .seconds(command.status.flowsTimeout))
        let health = ClusterHealth(client: client, logger: logger)
        let pulsar = try command.pulsar.make(logger: logger)
        let link = try await GrafanaLink.make(
            command.grafana, sandbox: grafana, store: store, engine: engine, metrics: metrics, logger: logger)
        let rest = RestService(
            store: store, engine: engine, health: health, messages: ReleaseMessages(client: client),
            pulsar: pulsar?.check, upstream: upstream, dashboards: link?.dashboards, events: events,
            options: serviceOptions, logger: logger)
        let banner = Banner(
            rest: rest, basePath: command.basePath, repository: "\(data)/graphs.git",
            grafana: link?.dashboards.report.address,
            kubeconfig: sandbox == nil ? command.cluster.kubeconfig : data + "/kubeconfig")
        // Ended in reverse: first no more requests, then no more applies, then the index files, at last the Lease.
        let election: [any Service] = candidate.map { [$0.election] } ?? []
        let checks: [any Service] = pulsar.map { [$0.check] } ?? []
        let told: [any Service] = statuses.map { [$0] } ?? []
        let dashboards: [any Service] = link.map { [$0.dashboards] } ?? []
        let group = ServiceGroup(
            services: election + checks + told + access.services + [housekeeper, store, engine, health] + dashboards + [
                CommitEvents(store: store, log: events, logger: logger),
                HangupService(store: store, engine: engine, dashboards: link?.dashboards, logger: logger), rest, banner,
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        let outcome = await Result { try await group.run() }
        await client.shutdown()
        await upstream.shutdown()
        pulsar?.client.shutdown()
        await access.shutdown()
        await forge?.shutdown()
        await link?.shutdown()
        await candidate?.client.shutdown()
        try outcome.get()
    }

    /// The folder of the data, absolute: git is run in another one.
    private var data: String { absolute(command.data) }

    private func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
}

/// Says on standard error what is being done while it takes time.
struct Progress {
    /// Not among the lines of a log that programs read.
    let isShown: Bool

    func begin(_ what: String) {
        if isShown { Terminal.note("· \(what)") }
    }

    func end(_ result: String) {
        if isShown, !result.isEmpty { Terminal.note("  \(result)") }
    }
}

extension Result where Failure == any Error {
    /// What comes of something, to be looked at after what has to be done in either case.
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
