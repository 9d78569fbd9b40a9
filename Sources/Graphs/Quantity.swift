/// Kubernetes quantities such as `10Gi` (`k8s.io/apimachinery/pkg/api/resource`), not negative.
enum Quantity {
    static func isValid(_ text: String) -> Bool {
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let whole = dropDigits(&rest)
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = dropDigits(&rest)
        }
        guard whole + fraction > 0, let suffix = String(rest) else { return false }
        return suffixes.contains(suffix) || isExponent(rest)
    }

    private static let suffixes: Set<String> = [
        "", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "k", "M", "G", "T", "P", "E",
    ]

    private static func isExponent(_ text: Substring.UTF8View) -> Bool {
        guard text.first == UInt8(ascii: "e") || text.first == UInt8(ascii: "E") else { return false }
        var rest = text.dropFirst()
        return dropDigits(&rest) > 0 && rest.isEmpty
    }

    private static func dropDigits(_ text: inout Substring.UTF8View) -> Int {
        let count = text.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
        text = text.dropFirst(count)
        return count
    }
}
