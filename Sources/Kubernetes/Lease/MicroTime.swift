import FoundationEssentials

/// Times of day as `metav1.MicroTime` has them: exactly six digits after the second, or the API server refuses them.
enum MicroTime {
    static func now() -> String { text(Date().timeIntervalSince1970) }

    /// - Parameter seconds: since 1970.
    static func text(_ seconds: Double) -> String {
        let micros = Int64((seconds * 1_000_000).rounded(.down))
        let (whole, rest) = (micros.quotientAndRemainder(dividingBy: 1_000_000))
        let date = Date(timeIntervalSince1970: Double(whole)).formatted(.iso8601)
        let digits = String(rest)
        return date.dropLast() + "." + String(repeating: "0", count: 6 - digits.count) + digits + "Z"
    }
}
