import Apps
import Grafana
import HashTreeCollections
import JSONValues
import Logging
import Sandbox
import Secrets
import Sync
import TestSupport

/// A ``Loop`` with a Grafana beside it and the loop for dashboards.
struct DashboardLoop: Sendable {
    let loop: Loop
    let grafana: GrafanaSandbox
    /// Another such process that is asked for metrics only, so that it can fail by itself.
    let prometheus: GrafanaSandbox
    let client: GrafanaClient
    let dashboards: DashboardSync

    static func options(_ change: (inout DashboardOptions) -> Void = { _ in }) -> DashboardOptions {
        var options = DashboardOptions()
        options.firstRetry = .milliseconds(20)
        options.longestRetry = .milliseconds(200)
        change(&options)
        return options
    }

    /// - Parameters:
    ///   - before: what is done to the repository before the loops begin.
    ///   - credentials: as whom the loop asks.
    ///   - timeout: how long Grafana may take to answer the loop.
    ///   - metrics: how long Prometheus may take; nil for a loop that does not ask it.
    ///   - faults: of Grafana, from the moment when the loop begins.
    ///   - follows: whether the loop itself runs, or a test starts another on the same repository and cluster.
    static func run(
        _ options: DashboardOptions = options(), credentials: Credentials = .token(.text(Secret("editor"))),
        timeout: Duration = .seconds(60), metrics: Duration? = nil, faults: [SandboxFault] = [], follows: Bool = true,
        before: @Sendable (AppStore, GrafanaClient) async throws -> Void = { _, _ in },
        _ body: @Sendable (DashboardLoop) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var sandboxOptions = GrafanaSandboxOptions()
        sandboxOptions.editorTokens = ["editor"]
        sandboxOptions.viewerTokens = ["viewer"]
        let grafana = GrafanaSandbox(options: sandboxOptions, logger: logger)
        let prometheus = GrafanaSandbox(options: sandboxOptions, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await grafana.run() }
            group.addTask { try await prometheus.run() }
            let client = try await Self.client(grafana, .token(.text(Secret("editor"))), .seconds(60))
            let used = try await Self.client(grafana, credentials, timeout)
            var address = try ServerAddress(await prometheus.prometheusURL())
            address.timeout = metrics ?? .seconds(60)
            let asked = PrometheusClient(address)
            var failure: (any Error)?
            do {
                try await Loop.run(before: { store, _ in try await before(store, client) }) { loop in
                    grafana.setFaults(faults)
                    let dashboards = DashboardSync(
                        store: loop.store, engine: loop.engine, client: used,
                        prometheus: metrics == nil ? nil : asked, options: options, logger: logger)
                    try await withThrowingTaskGroup(of: Void.self) { inner in
                        if follows { inner.addTask { try await dashboards.run() } }
                        let all = DashboardLoop(
                            loop: loop, grafana: grafana, prometheus: prometheus, client: client,
                            dashboards: dashboards)
                        defer { inner.cancelAll() }
                        try await body(all)
                    }
                }
            } catch {
                failure = error
            }
            group.cancelAll()
            while await group.nextResult() != nil {}
            await client.shutdown()
            await used.shutdown()
            await asked.shutdown()
            if let failure { throw failure }
        }
    }

    static func client(
        _ grafana: GrafanaSandbox, _ credentials: Credentials, _ timeout: Duration
    ) async throws -> GrafanaClient {
        var address = try ServerAddress(await grafana.url())
        address.credentials = credentials
        address.timeout = timeout
        return GrafanaClient(address)
    }

    /// Another loop on the same Grafana, as after a restart.
    func another(
        _ options: DashboardOptions = options(), engine: SyncEngine? = nil,
        clock: some Clock<Duration> = ContinuousClock()
    ) -> DashboardSync {
        DashboardSync(
            store: loop.store, engine: engine ?? loop.engine, client: client, options: options, clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    var uids: Set<String> { Set(grafana.dashboards.keys) }

    static func uid(_ app: String, file: String? = nil) -> String {
        let ownership = Ownership()
        return file.map { ownership.uid(app: app, file: $0) } ?? ownership.uid(app: app)
    }

    func state(_ app: String) throws -> AppDashboards? { dashboards.report.apps[try Loop.id(app)] }

    func reaches(_ app: String, _ state: DashboardState) async throws {
        try await eventually("the dashboards of \(app) are \(state)") { try self.state(app)?.state == state }
    }

    /// Waits until everything has been asked for anew.
    func lookAgain() async throws {
        let before = grafana.requests.count { $0.path.hasSuffix("/search") }
        await dashboards.look()
        try await eventually("looked again") {
            grafana.requests.count { $0.path.hasSuffix("/search") } > before && grafana.requests.last?.status != 0
        }
    }

    /// How often something was asked for.
    func count(_ method: String, _ path: String) -> Int {
        grafana.requests.count { $0.method == method && $0.path.contains(path) }
    }

    /// What the loops wrote to Grafana.
    var writes: [String] { grafana.requests.filter(\.isWrite).map { "\($0.method) \($0.status)" } }

    /// Commits files to the graph repository, as an engineer does; nil removes one.
    func push(_ files: [String: String?]) async throws {
        let work = loop.folder.appending("work")
        try await Command.output("rm", ["-rf", work])
        try await Command.git("clone", "-q", "graphs.git", "work", in: loop.folder.path)
        for (name, text) in files {
            if let text {
                try loop.folder.write(text, to: "work/\(name)")
            } else {
                try await Command.git("rm", "-q", name, in: work)
            }
        }
        try await Command.git("add", "-A", in: work)
        try await Command.git("commit", "-q", "-m", "Change", in: work)
        try await Command.git("push", "-q", "origin", "HEAD:main", in: work)
    }
}
