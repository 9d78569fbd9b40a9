import Apps
import Grafana
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
        _ options: GrafanaOptions, sandbox: GrafanaSandbox?, store: AppStore, engine: SyncEngine, logger: Logger
    ) async throws -> GrafanaLink? {
        var address = try options.grafana(logger: logger)
        var prometheus = try options.prometheus()
        if address == nil, let sandbox {
            var own = try ServerAddress(await sandbox.url())
            own.credentials = .basic(user: "admin", password: .text(Secret("admin")))
            address = own
            if prometheus == nil { prometheus = try ServerAddress(await sandbox.prometheusURL()) }
        }
        guard let address else { return nil }
        let client = try GrafanaClient(address)
        let metrics = try prometheus.map { try PrometheusClient($0) }
        let dashboards = DashboardSync(
            store: store, engine: engine, client: client, prometheus: metrics, options: try options.dashboardOptions(),
            logger: logger)
        return GrafanaLink(dashboards: dashboards, client: client, prometheus: metrics)
    }

    func shutdown() async {
        await client.shutdown()
        await prometheus?.shutdown()
    }
}
