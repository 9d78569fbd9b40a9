import Synchronization

/// A number that goes up and down.
public final class Gauge: Sendable {
    private let bits: Atomic<UInt64>

    /// - Parameter value: what it begins with.
    init(_ value: Double = 0) { bits = Atomic(value.bitPattern) }

    /// Says what it stands at now.
    public func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    /// What it stands at.
    public var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
}

/// Numbers that go up and down, one for each word of a label.
public final class Gauges<Label: MetricLabel & CaseIterable>: Sendable {
    private let series: [Label: Gauge]

    init() { series = Dictionary(uniqueKeysWithValues: Label.allCases.map { ($0, Gauge()) }) }

    /// Says what one of them stands at now.
    public func set(_ label: Label, _ value: Double) { series[label]?.set(value) }

    /// What one of them stands at.
    public func value(_ label: Label) -> Double { series[label]?.value ?? 0 }
}
