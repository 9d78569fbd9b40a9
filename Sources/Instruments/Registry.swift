import Synchronization

/// What a program measures of itself, and the text in which Prometheus reads it.
///
/// Rooms ask it for instruments when they begin, keep them, and record into them: an atomic or a short lock, no more. A
/// room that nobody gives a registry records into one of its own, which nobody reads.
///
/// Names follow Prometheus's [conventions](https://prometheus.io/docs/practices/naming/): base units, counters end in
/// `_total`.
public final class Registry: Sendable {
    private let families = Mutex<[Family]>([])
    private let prefix: String
    private let limit: Int

    /// - Parameters:
    ///   - prefix: what stands before each name, for example `rampart_`.
    ///   - limit: how many series a metric may have.
    public init(prefix: String = "", limit: Int = 2_000) {
        self.prefix = prefix
        self.limit = limit
    }

    /// The names of all metrics, with the prefix, in the order in which they came.
    public var names: [String] { families.withLock { $0.map(\.name) } }

    /// What a metric means, in plain words; nil where there is none of that name.
    public func help(_ name: String) -> String? { families.withLock { $0.first { $0.name == name }?.help } }

    // MARK: - Instruments

    /// - Parameter name: without the prefix; ends in `_total`.
    public func counter(_ name: String, _ help: String) -> Counter {
        let counter = Counter()
        add(name, help, .counter) { $0.sample(UInt64(counter.value)) }
        return counter
    }

    /// - Parameters:
    ///   - name: without the prefix; ends in `_total`.
    ///   - first: the series that are there from the start, at 0, so that a first event shows as a rise.
    public func counters<Labels: MetricLabels>(
        _ name: String, _ help: String, beginningWith first: [Labels] = []
    ) -> Counters<Labels> {
        let counters = Counters<Labels>(limit: limit, beginningWith: first)
        add(name, help, .counter) { writer in
            for (values, value) in counters.sorted { writer.sample(value, labels: Self.pairs(Labels.self, values)) }
        }
        return counters
    }

    /// - Parameter name: without the prefix; ends in the unit where there is one.
    public func gauge(_ name: String, _ help: String) -> Gauge {
        let gauge = Gauge()
        add(name, help, .gauge) { $0.sample(gauge.value) }
        return gauge
    }

    /// - Parameter name: without the prefix; ends in the unit where there is one.
    public func gauges<Label: MetricLabel & CaseIterable>(
        _ name: String, _ help: String, by label: Label.Type
    ) -> Gauges<Label> {
        let gauges = Gauges<Label>()
        add(name, help, .gauge) { writer in
            for label in Label.allCases { writer.sample(gauges.value(label), labels: [(Label.name, label.rawValue)]) }
        }
        return gauges
    }

    /// - Parameter name: without the prefix; ends in the unit, `_seconds` or `_bytes`.
    public func histogram(_ name: String, _ help: String, _ buckets: Buckets) -> Histogram {
        let histogram = Histogram(buckets)
        add(name, help, .histogram) { $0.distribution(histogram.distribution, buckets, labels: []) }
        return histogram
    }

    /// - Parameters:
    ///   - name: without the prefix; ends in the unit, `_seconds` or `_bytes`.
    ///   - first: the series that are there from the start.
    public func histograms<Labels: MetricLabels>(
        _ name: String, _ help: String, _ buckets: Buckets, beginningWith first: [Labels] = []
    ) -> Histograms<Labels> {
        let histograms = Histograms<Labels>(buckets, limit: limit, beginningWith: first)
        add(name, help, .histogram) { writer in
            for (values, value) in histograms.sorted {
                writer.distribution(value, buckets, labels: Self.pairs(Labels.self, values))
            }
        }
        return histograms
    }

    /// What is known elsewhere and only looked up when somebody asks.
    ///
    /// - Parameters:
    ///   - isPrefixed: false for names that all programs share, such as `process_open_fds`.
    ///   - read: called for each scrape, on whatever thread that is; has to be quick.
    public func reading(
        _ name: String, _ help: String, _ kind: ReadingKind = .gauge, labels: [String] = [], isPrefixed: Bool = true,
        _ read: @escaping @Sendable () -> [Reading]
    ) {
        add(name, help, kind == .counter ? .counter : .gauge, isPrefixed: isPrefixed) { writer in
            for reading in read() { writer.sample(reading.value, labels: Array(zip(labels, reading.labels))) }
        }
    }

    // MARK: - Text

    /// Everything, as Prometheus reads it.
    public func text(_ format: TextFormat = .prometheus) -> [UInt8] {
        var writer = TextWriter(format)
        for family in families.withLock({ $0 }) { writer.family(family) }
        return writer.finish()
    }

    private static func pairs<Labels: MetricLabels>(
        _ labels: Labels.Type, _ values: [String]
    ) -> [(String, String)] { Array(zip(Labels.names, values)) }

    /// A name that comes again takes the place of the one before, as when a service starts again in the same process.
    private func add(
        _ name: String, _ help: String, _ kind: Family.Kind, isPrefixed: Bool = true,
        _ write: @escaping @Sendable (inout TextWriter) -> Void
    ) {
        let family = Family(name: isPrefixed ? prefix + name : name, help: help, kind: kind, write: write)
        precondition(
            kind != .counter || name.hasSuffix("_total"), "the name of the counter \(name) has to end in _total")
        families.withLock { families in
            if let index = families.firstIndex(where: { $0.name == family.name }) {
                families[index] = family
            } else {
                families.append(family)
            }
        }
    }
}

/// What a reading is: a number that only grows, or one that goes up and down.
public enum ReadingKind: Sendable, Hashable {
    case counter
    case gauge
}

/// A number that was looked up, with the values of its labels.
public struct Reading: Sendable, Hashable {
    public var labels: [String]
    public var value: Double

    /// - Parameter labels: one value for each label of the metric, in its order.
    public init(_ value: Double, _ labels: String...) {
        self.value = value
        self.labels = labels
    }
}

/// A metric with all its series.
struct Family: Sendable {
    enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    let name: String
    let help: String
    let kind: Kind
    let write: @Sendable (inout TextWriter) -> Void
}
