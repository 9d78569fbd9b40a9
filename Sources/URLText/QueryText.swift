/// The query of a URL by name, decoded; of a name that is given twice the last value counts.
public struct QueryText: Sendable {
    private var values: [String: String] = [:]
    /// The names in it whose values cannot be decoded.
    public private(set) var unreadable: [String] = []

    /// - Parameter text: what stands after `?`; nil for none.
    public init(_ text: Substring?) {
        for pair in (text ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0], plusIsSpace: true) else { continue }
            if let value = PercentEncoding.decode(parts.count > 1 ? parts[1] : "", plusIsSpace: true) {
                values[name] = value
            } else {
                unreadable.append(name)
            }
        }
    }

    /// The value of a name; nil where the query does not have it.
    public subscript(name: String) -> String? { values[name] }
}
