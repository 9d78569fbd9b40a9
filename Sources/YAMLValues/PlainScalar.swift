import JSONValues

/// What a plain (unquoted) YAML scalar means to kubectl: the YAML 1.1 rules of go-yaml 2, which `sigs.k8s.io/yaml` uses.
///
/// Dates stay strings, `0o17`, `017` and `0x1f` are integers, `y` and `no` are booleans.
enum PlainScalar {
    enum Meaning: Equatable {
        case value(JSON)
        /// What it is and why that cannot be taken.
        case refused(String)
    }

    static func meaning(_ text: String) -> Meaning {
        // Most texts are neither: told by their first letter, which spares them thirty comparisons.
        guard let first = text.utf8.first else { return .value(.null) }
        let canBeWord: Bool
        let canBeNumber: Bool
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): (canBeWord, canBeNumber) = (false, true)
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): (canBeWord, canBeNumber) = (true, true)
        case UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "y"), UInt8(ascii: "Y"),
            UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"),
            UInt8(ascii: "O"):
            (canBeWord, canBeNumber) = (true, false)
        default: return .value(.string(text))
        }
        if canBeWord, text.utf8.count <= 5, let word = word(text) { return word }
        return canBeNumber ? number(text) : .value(.string(text))
    }

    /// Whether a plain scalar is a text, as a key has to be.
    static func isText(_ text: String) -> Bool {
        if case .value(.string) = meaning(text) { true } else { false }
    }

    private static func word(_ text: String) -> Meaning? {
        switch text {
        case "~", "null", "Null", "NULL": return .value(.null)
        case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": return .value(.bool(true))
        case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": return .value(.bool(false))
        case ".nan", ".NaN", ".NAN": return .refused("NaN is no JSON value; quote it if it is a text")
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF":
            return .refused("infinity is no JSON value; quote it if it is a text")
        default: return nil
        }
    }

    private static func number(_ text: String) -> Meaning {
        let digits = text.utf8.contains(UInt8(ascii: "_")) ? text.replacing("_", with: "") : text
        var magnitude = digits[...]
        let isNegative = magnitude.hasPrefix("-")
        if isNegative || magnitude.hasPrefix("+") { magnitude = magnitude.dropFirst() }
        let (radix, body) = split(magnitude)
        if !body.isEmpty, body.utf8.allSatisfy({ isDigit($0, radix) }) {
            if let value = Int64((isNegative ? "-" : "") + body, radix: radix) { return .value(.int(value)) }
            return .refused("an integer beyond 64 bits; quote it, or write it with a decimal point")
        }
        if isFloat(digits.utf8) {
            guard let value = Double(digits.hasPrefix("+") ? String(digits.dropFirst()) : digits), value.isFinite else {
                return .refused("a number beyond the range of a double; quote it if it is a text")
            }
            return .value(.double(value))
        }
        return .value(.string(text))
    }

    /// The radix that a prefix tells, and the digits after it: `0x`, `0o`, `0b`, or a leading zero for octal.
    private static func split(_ text: Substring) -> (Int, Substring) {
        switch text.prefix(2).lowercased() {
        case "0x": return (16, text.dropFirst(2))
        case "0o": return (8, text.dropFirst(2))
        case "0b": return (2, text.dropFirst(2))
        default: return text.count > 1 && text.hasPrefix("0") ? (8, text.dropFirst()) : (10, text)
        }
    }

    private static func isDigit(_ unit: UInt8, _ radix: Int) -> Bool {
        guard let value = Character(Unicode.Scalar(unit)).hexDigitValue else { return false }
        return value < radix
    }

    /// Whether a text has the form `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, as go-yaml 2 has it. By hand,
    /// because a regular expression took a sixth of the time of reading a manifest.
    private static func isFloat(_ text: String.UTF8View) -> Bool {
        var rest = text[...]
        func dropDigits() -> Int {
            let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        func drop(_ units: UInt8...) -> Bool {
            guard let first = rest.first, units.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = drop(UInt8(ascii: "-"), UInt8(ascii: "+"))
        let whole = dropDigits()
        let fraction = drop(UInt8(ascii: ".")) ? dropDigits() : 0
        guard whole + fraction > 0 else { return false }
        if drop(UInt8(ascii: "e"), UInt8(ascii: "E")) {
            _ = drop(UInt8(ascii: "-"), UInt8(ascii: "+"))
            guard dropDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }
}
