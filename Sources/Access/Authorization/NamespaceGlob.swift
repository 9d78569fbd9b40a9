/// A pattern for namespaces: `team-*`, where `*` stands for any characters, or none, of a DNS-1123 label.
public struct NamespaceGlob: Sendable, Hashable {
    private let pattern: [UInt8]

    /// - Returns: nil for what can match no label: other characters than small letters, digits, `-` and `*`.
    public init?(_ text: String) {
        let units = Array(text.utf8)
        let isPattern =
            (1...128).contains(units.count)
            && units.allSatisfy { unit in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(unit)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(unit) || unit == UInt8(ascii: "-")
                    || unit == Self.star
            }
        guard isPattern else { return nil }
        pattern = units
    }

    private static let star = UInt8(ascii: "*")

    /// Whether it stands for every namespace there may ever be.
    public var isAll: Bool { pattern.allSatisfy { $0 == Self.star } }

    /// Whether a namespace is meant. Takes a time that grows with the product of both lengths, at most.
    public func matches(_ namespace: String) -> Bool {
        let name = Array(namespace.utf8)
        var (at, position) = (0, 0)
        var retry: (at: Int, position: Int)?
        while position < name.count {
            if at < pattern.count, pattern[at] == Self.star {
                at += 1
                retry = (at, position)
            } else if at < pattern.count, pattern[at] == name[position] {
                at += 1
                position += 1
            } else if let last = retry {
                retry = (last.at, last.position + 1)
                (at, position) = (last.at, last.position + 1)
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == Self.star }
    }
}
