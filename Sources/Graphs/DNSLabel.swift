/// Names as RFC 1123 wants a host's label, which is what Kubernetes wants namespaces and apps to be called.
public enum DNSLabel {
    /// What to tell somebody whose name is none.
    public static let rule =
        "at most 63 lower case letters, digits and '-', with a letter or digit at both ends"

    /// Whether a name is a DNS-1123 label.
    public static func isValid(_ name: some StringProtocol) -> Bool {
        let units = Array(name.utf8)
        guard (1...63).contains(units.count), units.first != dash, units.last != dash else { return false }
        return units.allSatisfy { isLetterOrDigit($0) || $0 == dash }
    }

    /// Whether a name is a DNS-1123 subdomain: labels with points between them, 253 characters at most.
    public static func isValidSubdomain(_ name: String) -> Bool {
        name.utf8.count <= 253
            && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
                guard let first = part.utf8.first, let last = part.utf8.last, first != dash, last != dash else {
                    return false
                }
                return part.utf8.allSatisfy { isLetterOrDigit($0) || $0 == dash }
            }
    }

    private static let dash = UInt8(ascii: "-")

    private static func isLetterOrDigit(_ unit: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(unit) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(unit)
    }
}
