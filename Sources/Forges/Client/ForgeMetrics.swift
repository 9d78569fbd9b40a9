public import Instruments

/// What requests to a forge's API are measured by. Each counts that was sent; what a forge said before, or a file of a
/// token that cannot be read, sends none.
public struct ForgeMetrics: Sendable {
    /// What a forge is asked for.
    public enum Operation: String, MetricLabel, CaseIterable {
        public static let name = "operation"

        /// To take a commit's status.
        case status
        /// To open a pull request.
        case open
        /// For the open pull requests.
        case find
    }

    /// What was asked for, and how it ended.
    public struct Labels: MetricLabels {
        public static let names = ["operation", "code"]
        public var operation: Operation
        /// The status of the answer, or a word of ``NoReply`` where there was none.
        public var code: String
        public var values: [String] { [operation.rawValue, code] }

        public init(_ operation: Operation, _ code: String) {
            self.operation = operation
            self.code = code
        }

        /// The ones that tell of a token, which are there from the start.
        static let first = Operation.allCases.flatMap { operation in
            ["401", "403", "404"].map { Labels(operation, $0) }
        }
    }

    let requests: Counters<Labels>
    let seconds: Histograms<Operation>

    /// - Parameter registry: where they are read; nobody reads them if left out.
    public init(_ registry: Registry = Registry()) {
        requests = registry.counters(
            "forge_requests_total",
            "Requests to the forge's API by what it was asked for and status; code is a word where no answer came.",
            beginningWith: Labels.first)
        seconds = registry.histograms(
            "forge_request_duration_seconds", "How long requests to the forge's API took.", .quick)
    }

    func note(_ operation: Operation, _ code: String, since start: ContinuousClock.Instant) {
        requests.add(Labels(operation, code))
        seconds.record(operation, ContinuousClock.now - start)
    }
}
