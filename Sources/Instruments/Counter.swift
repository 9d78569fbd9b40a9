import Synchronization

/// A number that only grows.
public final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    init() {}

    /// Counts one more, or several.
    public func add(_ amount: Int = 1) {
        count.wrappingAdd(UInt64(max(amount, 0)), ordering: .relaxed)
    }

    /// What it stands at.
    public var value: UInt64 { count.load(ordering: .relaxed) }
}

/// Numbers that only grow, one for each combination of labels.
public final class Counters<Labels: MetricLabels>: Sendable {
    private let series: Mutex<SeriesTable<Labels, UInt64>>

    init(limit: Int, beginningWith labels: [Labels]) {
        var table = SeriesTable<Labels, UInt64>(limit: limit)
        for label in labels { table.change(label, new: 0) { _ in } }
        series = Mutex(table)
    }

    /// Counts one more, or several.
    public func add(_ labels: Labels, _ amount: Int = 1) {
        series.withLock { $0.change(labels, new: 0) { $0 &+= UInt64(max(amount, 0)) } }
    }

    /// What one of them stands at.
    public func value(_ labels: Labels) -> UInt64 { series.withLock { $0.values[labels] ?? 0 } }

    var sorted: [(labels: [String], value: UInt64)] { series.withLock { $0.sorted } }
}

/// The series of a metric by their labels, so many and no more.
///
/// A belt beside the braces of ``MetricLabels``: what comes after the limit is taken together as `other`.
struct SeriesTable<Labels: MetricLabels, Value: Sendable>: Sendable {
    private(set) var values: [Labels: Value] = [:]
    private var others: Value?
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// - Parameter new: what a series begins with.
    mutating func change(_ labels: Labels, new: @autoclosure () -> Value, _ body: (inout Value) -> Void) {
        if values.count < limit || values[labels] != nil {
            body(&values[labels, default: new()])
        } else {
            var value = others ?? new()
            body(&value)
            others = value
        }
    }

    /// All of them, ordered by the values of their labels.
    var sorted: [(labels: [String], value: Value)] {
        var list = values.map { (labels: $0.key.values, value: $0.value) }
        list.sort { $0.labels.lexicographicallyPrecedes($1.labels) }
        if let others { list.append((Labels.names.map { _ in "other" }, others)) }
        return list
    }
}
