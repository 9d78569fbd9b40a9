import JSONValues
import NIOHTTP1

/// Asks Prometheus which metrics it has.
public final class PrometheusClient: Sendable {
    private let exchange: Exchange

    public init(_ address: ServerAddress) { exchange = Exchange(address) }

    /// Closes all connections.
    public func shutdown() async { await exchange.shutdown() }

    /// Which of these metrics some target of Prometheus has (`GET /api/v1/metadata`, once for each, so that the answers
    /// stay small however many others there are).
    public func known(of metrics: [GPUMetric] = GPUMetric.allCases) async throws(GrafanaError) -> Set<GPUMetric> {
        var known: Set<GPUMetric> = []
        for metric in metrics {
            let json = try await exchange.send(.GET, "/api/v1/metadata", query: [("metric", metric.metric)])
            guard json["status"]?.string == "success", let data = json["data"]?.object else {
                throw GrafanaError(
                    .unreadable, "GET /api/v1/metadata", "the answer is not Prometheus's; is the address right?")
            }
            if data.contains(metric.metric) { known.insert(metric) }
        }
        return known
    }
}
