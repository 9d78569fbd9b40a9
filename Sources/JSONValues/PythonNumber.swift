/// Doubles as Python's `repr` writes them: the shortest digits that read back equal, positional where the decimal
/// point lies within 16 digits, else with an exponent of at least two digits (`1e+16`, `1e-05`).
///
/// Swift finds the same shortest digits, but changes to the exponent at other magnitudes.
enum PythonNumber {
    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        let (digits, point) = shortestDigits(value.magnitude)
        let sign = value.sign == .minus ? "-" : ""
        if point > 16 || point < -3 { return sign + exponential(digits, exponent: point - 1) }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count { return sign + digits + String(repeating: "0", count: point - digits.count) + ".0" }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    private static func exponential(_ digits: String, exponent: Int) -> String {
        let mantissa = digits.count == 1 ? digits : "\(digits.prefix(1)).\(digits.dropFirst())"
        let magnitude = String(exponent.magnitude)
        let padded = magnitude.count < 2 ? "0" + magnitude : magnitude
        return "\(mantissa)e\(exponent < 0 ? "-" : "+")\(padded)"
    }

    /// The shortest decimal digits of a value that is not negative, and how many of them stand before the point.
    private static func shortestDigits(_ value: Double) -> (digits: String, point: Int) {
        let text = value.description
        let parts = text.split(separator: "e", maxSplits: 1)
        let mantissa = parts[0].split(separator: ".", maxSplits: 1)
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        var digits = String(mantissa[0]) + fraction
        var point = mantissa[0].count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        let zeros = digits.prefix { $0 == "0" }.count
        digits.removeFirst(zeros)
        point -= zeros
        while digits.hasSuffix("0") { digits.removeLast() }
        return digits.isEmpty ? ("0", 1) : (digits, point)
    }
}
