public import Instruments

/// What requests to API servers are measured by. Each try counts, and a watch when it begins.
public struct KubernetesMetrics: Sendable {
    /// What was asked and how it ended.
    public struct Labels: MetricLabels {
        public static let names = ["verb", "code"]
        /// `get`, `list`, `watch`, `apply`, …
        public var verb: String
        /// The status of the answer, or a word where there was none.
        public var code: String
        public var values: [String] { [verb, code] }

        public init(verb: String, code: String) {
            self.verb = verb
            self.code = code
        }
    }

    /// What was asked.
    public struct Verb: MetricLabels {
        public static let names = ["verb"]
        public var verb: String
        public var values: [String] { [verb] }

        public init(_ verb: String) { self.verb = verb }
    }

    /// What was asked without a right to it.
    public struct Denial: MetricLabels {
        public static let names = ["verb", "resource", "code"]
        public var verb: String
        /// The type in full, `pods` or `widgets.example.com`: there are as many as this program has use for.
        public var resource: String
        /// 401 or 403.
        public var code: Int
        public var values: [String] { [verb, resource, String(code)] }
    }

    let requests: Counters<Labels>
    let denials: Counters<Denial>
    let seconds: Histograms<Verb>

    /// - Parameter registry: where they are read; nobody reads them if left out.
    public init(_ registry: Registry = Registry()) {
        requests = registry.counters(
            "kubernetes_requests_total",
            "Requests to the API server by verb and status; code is a word where no answer came.")
        denials = registry.counters(
            "kubernetes_denials_total",
            "Requests that the API server denied for want of a right or of valid credentials, by verb, resource and "
                + "status. What admission refuses is not in it.")
        seconds = registry.histograms(
            "kubernetes_request_duration_seconds",
            "How long requests to the API server took until their answer was read; of a watch, until it had begun.",
            .quick)
    }

    func note(_ verb: String, _ code: Int, since start: ContinuousClock.Instant) {
        note(verb, String(code), since: start)
    }

    func note(_ error: KubernetesError, since start: ContinuousClock.Instant) {
        let operation = error.operation
        if let code = error.code, error.isDenied {
            denials.add(Denial(verb: operation.verb, resource: operation.resource, code: code))
        }
        let code =
            switch error.kind {
            case .status(let code): String(code)
            case .unreachable: "unreachable"
            case .connectionLost: "connection_lost"
            case .timedOut: "timed_out"
            case .tls: "tls"
            case .decoding: "unreadable"
            case .credentials: "credentials"
            case .invalidRequest: "invalid_request"
            case .cancelled: "cancelled"
            }
        note(operation.verb, code, since: start)
    }

    private func note(_ verb: String, _ code: String, since start: ContinuousClock.Instant) {
        requests.add(Labels(verb: verb, code: code))
        seconds.record(Verb(verb), ContinuousClock.now - start)
    }
}
