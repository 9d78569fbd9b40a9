/// What tells the series of a metric apart.
///
/// Each value comes from a set that is known when the program is written: a route's template, a status, a word of an
/// enumeration. What a request or a repository says (a path, the name of an app) is never one, as each new one would
/// cost memory here and in Prometheus for ever.
public protocol MetricLabels: Hashable, Sendable {
    /// The names of the labels, in the order of ``values``: letters, digits and `_`.
    static var names: [String] { get }
    /// One value for each of ``names``.
    var values: [String] { get }
}

/// The one label of a metric whose values are the words of an enumeration.
public protocol MetricLabel: MetricLabels, RawRepresentable<String> {
    /// The name of the label.
    static var name: String { get }
}

extension MetricLabel {
    public static var names: [String] { [name] }
    public var values: [String] { [rawValue] }
}
