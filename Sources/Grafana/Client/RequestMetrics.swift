public import Instruments

/// What requests to Grafana, or to Prometheus, are measured by.
public struct RequestMetrics: Sendable {
    /// How a request ended.
    public struct Code: MetricLabels {
        public static let names = ["code"]
        /// The status of the answer, or a word of ``GrafanaError/Kind`` where there was none.
        public var code: String
        public var values: [String] { [code] }

        public init(_ code: String) { self.code = code }
    }

    let requests: Counters<Code>
    let seconds: Histogram

    /// - Parameters:
    ///   - registry: where they are read; nobody reads them if left out.
    ///   - server: the name of whom is asked, `grafana` or `prometheus`.
    public init(_ registry: Registry = Registry(), server: String = "grafana") {
        let name = server.prefix(1).uppercased() + server.dropFirst()
        requests = registry.counters(
            "\(server)_requests_total", "Requests to \(name) by status; code is a word where no answer came.")
        seconds = registry.histogram(
            "\(server)_request_duration_seconds", "How long requests to \(name) took.", .quick)
    }

    func note(_ code: String, since start: ContinuousClock.Instant) {
        requests.add(Code(code))
        seconds.record(ContinuousClock.now - start)
    }
}
