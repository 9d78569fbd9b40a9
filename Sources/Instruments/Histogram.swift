import Synchronization

/// How often something took how long, or was how large.
public final class Histogram: Sendable {
    private let state: Mutex<Distribution>
    let buckets: Buckets

    init(_ buckets: Buckets) {
        self.buckets = buckets
        state = Mutex(Distribution(buckets))
    }

    /// Takes in one more value.
    public func record(_ value: Double) { state.withLock { $0.take(value, buckets) } }

    /// Takes in one more duration, in seconds.
    public func record(_ duration: Duration) { record(duration / .seconds(1)) }

    /// How many values it has taken in.
    public var count: UInt64 { state.withLock(\.count) }
    /// Their sum.
    public var sum: Double { state.withLock(\.sum) }

    var distribution: Distribution { state.withLock { $0 } }
}

/// Histograms, one for each combination of labels.
public final class Histograms<Labels: MetricLabels>: Sendable {
    private let series: Mutex<SeriesTable<Labels, Distribution>>
    let buckets: Buckets

    init(_ buckets: Buckets, limit: Int, beginningWith labels: [Labels]) {
        self.buckets = buckets
        var table = SeriesTable<Labels, Distribution>(limit: limit)
        for label in labels { table.change(label, new: Distribution(buckets)) { _ in } }
        series = Mutex(table)
    }

    /// Takes in one more value.
    public func record(_ labels: Labels, _ value: Double) {
        series.withLock { $0.change(labels, new: Distribution(buckets)) { $0.take(value, buckets) } }
    }

    /// Takes in one more duration, in seconds.
    public func record(_ labels: Labels, _ duration: Duration) { record(labels, duration / .seconds(1)) }

    /// How many values one of them has taken in.
    public func count(_ labels: Labels) -> UInt64 { series.withLock { $0.values[labels]?.count ?? 0 } }

    var sorted: [(labels: [String], value: Distribution)] { series.withLock { $0.sorted } }
}

/// The upper bounds by which a histogram sorts what it takes in.
public struct Buckets: Sendable, Hashable {
    /// Ascending; one more, for all that is larger, goes without saying.
    public let bounds: [Double]

    /// - Parameter bounds: ascending.
    public init(_ bounds: [Double]) {
        precondition(
            zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "the bounds of a histogram have to be ascending")
        self.bounds = bounds
    }

    /// Of requests and other quick things: 1 ms to 30 s.
    public static let quick = Buckets([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30])
    /// Of what may have to wait for another system: 5 ms to half an hour.
    public static let slow = Buckets([0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800])

    /// Which bucket a value falls into; the last is that without a bound.
    func index(of value: Double) -> Int { bounds.firstIndex { value <= $0 } ?? bounds.count }
}

/// What a histogram has taken in.
struct Distribution: Sendable, Hashable {
    /// How many values fell into each bucket, the last without a bound.
    private(set) var counts: [UInt64]
    private(set) var sum = 0.0

    init(_ buckets: Buckets) { counts = Array(repeating: 0, count: buckets.bounds.count + 1) }

    var count: UInt64 { counts.reduce(0, &+) }

    mutating func take(_ value: Double, _ buckets: Buckets) {
        guard !value.isNaN else { return }
        counts[buckets.index(of: value)] &+= 1
        sum += value
    }
}
