import Apps
import Grafana
import Instruments
import Logging
import Sandbox
import Secrets
import Sync

/// The clients of Grafana and Prometheus with the loop that uses them.
struct GrafanaLink {
    let dashboards: DashboardSync
    private let client: GrafanaClient
    private let prometheus: PrometheusClient?

    /// - Parameter sandbox: the Grafana in this process, which is taken where the options name none.
    /// - Returns: nil where there is no Grafana.
    static func make(
        _ options: GrafanaOptions, sandbox: GrafanaSandbox?, store: AppStore, engine: SyncEngine, metrics: Registry,
        logger: Logger
    ) async throws -> GrafanaLink? {
        var address = try options.grafana(logger: logger)
        var prometheus = try options.prometheus(logger: logger)
        if address == nil, let sandbox {
            var own = try ServerAddress(await sandbox.url())
            own.credentials = .basic(user: "admin", password: .text(Secret("admin")))
            address = own
            if prometheus == nil { prometheus = try ServerAddress(await sandbox.prometheusURL()) }
        }
        guard var address else { return nil }
        address.metrics = RequestMetrics(metrics)
        let client = GrafanaClient(address)
        prometheus?.metrics = RequestMetrics(metrics, server: "prometheus")
        let asked = prometheus.map { PrometheusClient($0) }
        let dashboards = DashboardSync(
            store: store, engine: engine, client: client, prometheus: asked, options: try options.dashboardOptions(),
            logger: logger)
        return GrafanaLink(dashboards: dashboards, client: client, prometheus: asked)
    }

    func shutdown() async {
        await client.shutdown()
        await prometheus?.shutdown()
    }
}
