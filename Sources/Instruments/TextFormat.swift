/// How metrics are written down.
public enum TextFormat: Sendable, Hashable, CaseIterable {
    /// Prometheus's text format, [0.0.4](https://prometheus.io/docs/instrumenting/exposition_formats/).
    case prometheus
    /// [OpenMetrics 1.0](https://prometheus.io/docs/specs/om/open_metrics_spec/), which Prometheus asks for first.
    case openMetrics

    /// What an answer in it says of itself.
    public var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The format for whoever sends this `Accept`: OpenMetrics only where it is named and not ruled out.
    public init(accepting accept: String?) {
        let named = accept?.lowercased().split(separator: ",").contains { range in
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            return parts.first == "application/openmetrics-text" && quality > 0
        }
        self = named == true ? .openMetrics : .prometheus
    }
}

/// Writes metrics down.
struct TextWriter {
    private var bytes: [UInt8] = []
    private let format: TextFormat
    /// The name of the samples of the family that is being written.
    private var name = ""

    init(_ format: TextFormat) {
        self.format = format
        bytes.reserveCapacity(32 << 10)
    }

    mutating func family(_ family: Family) {
        name = family.name
        var title = family.name
        // OpenMetrics names the family, and `_total` is of its samples.
        if format == .openMetrics, family.kind == .counter { title.removeLast("_total".count) }
        put("# HELP \(title) \(Self.escaped(family.help, quotes: format == .openMetrics))\n")
        put("# TYPE \(title) \(family.kind.rawValue)\n")
        family.write(&self)
    }

    mutating func sample(_ value: UInt64, labels: [(String, String)] = []) {
        line("", labels, String(value))
    }

    mutating func sample(_ value: Double, labels: [(String, String)] = []) {
        line("", labels, Self.number(value))
    }

    mutating func distribution(_ value: Distribution, _ buckets: Buckets, labels: [(String, String)]) {
        var sum: UInt64 = 0
        for (index, count) in value.counts.enumerated() {
            sum &+= count
            let bound = index < buckets.bounds.count ? buckets.bounds[index] : .infinity
            // With a decimal point in both formats, as the bound is part of the series' name.
            let text = bound == .infinity ? "+Inf" : "\(bound)"
            line("_bucket", labels + [("le", text)], String(sum))
        }
        line("_sum", labels, Self.number(value.sum))
        line("_count", labels, String(sum))
    }

    mutating func finish() -> [UInt8] {
        if format == .openMetrics { put("# EOF\n") }
        return bytes
    }

    private mutating func line(_ suffix: String, _ labels: [(String, String)], _ value: String) {
        put(name)
        put(suffix)
        if !labels.isEmpty {
            put("{")
            for (index, label) in labels.enumerated() {
                if index > 0 { put(",") }
                put("\(label.0)=\"\(Self.escaped(label.1, quotes: true))\"")
            }
            put("}")
        }
        put(" \(value)\n")
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value), abs(whole) < 1 << 53 { return String(whole) }
        return "\(value)"
    }

    static func escaped(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x0A || $0 == 0x22 }) else { return text }
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
