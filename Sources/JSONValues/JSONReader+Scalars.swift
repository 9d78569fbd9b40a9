extension JSONReader {
    /// A number: `-? int frac? exp?` of RFC 8259.
    mutating func number() throws(JSONError) -> JSON {
        let start = index
        _ = take("-")
        guard index < bytes.count, isDigit(bytes[index]) else { throw error("expected a digit") }
        if !take("0") {
            skipDigits()
        } else if index < bytes.count, isDigit(bytes[index]) {
            throw error("a number does not begin with 0")
        }
        var isInteger = true
        if take(".") {
            isInteger = false
            guard skipDigits() else { throw error("expected a digit after the decimal point") }
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("+") { _ = take("-") }
            guard skipDigits() else { throw error("expected a digit in the exponent") }
        }
        let digits = UnsafeBufferPointer(rebasing: bytes[start..<index])
        if isInteger {
            if let value = integer(digits) { return .int(value) }
            if options.refusesLargeIntegers {
                index = start
                throw error("an integer beyond 64 bits; write it as a string or with a decimal point")
            }
        }
        guard let value = Double(String(decoding: digits, as: UTF8.self)), value.isFinite else {
            index = start
            throw error("a number beyond the range of a double")
        }
        return .double(value)
    }

    private func integer(_ digits: UnsafeBufferPointer<UInt8>) -> Int64? {
        let negative = digits[0] == UInt8(ascii: "-")
        var value: Int64 = 0
        for digit in digits.dropFirst(negative ? 1 : 0) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let unit = Int64(digit - UInt8(ascii: "0"))
            let (sum, carry) =
                negative ? product.subtractingReportingOverflow(unit) : product.addingReportingOverflow(unit)
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }

    @discardableResult
    private mutating func skipDigits() -> Bool {
        let start = index
        while index < bytes.count, isDigit(bytes[index]) { index += 1 }
        return index > start
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// A string in double quotes; the index stands on the opening one.
    mutating func string() throws(JSONError) -> String {
        index += 1
        let start = index
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let text = UnsafeBufferPointer(rebasing: bytes[start..<index])
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw error("a string that is not UTF-8")
                }
                index += 1
                return string
            case UInt8(ascii: "\\"):
                return try stringWithEscapes(from: start)
            case ..<0x20:
                throw error("a control character in a string; write it as an escape")
            default:
                index += 1
            }
        }
        throw error("expected '\"' at the end of the string, found the end")
    }

    private mutating func stringWithEscapes(from start: Int) throws(JSONError) -> String {
        var units = Array(bytes[start..<index])
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: units, as: UTF8.self) else {
                    throw error("a string that is not UTF-8")
                }
                index += 1
                return string
            case UInt8(ascii: "\\"):
                index += 1
                try escape(into: &units)
            case ..<0x20:
                throw error("a control character in a string; write it as an escape")
            default:
                units.append(byte)
                index += 1
            }
        }
        throw error("expected '\"' at the end of the string, found the end")
    }

    private mutating func escape(into units: inout [UInt8]) throws(JSONError) {
        guard index < bytes.count else { throw error("expected an escape, found the end") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(byte)
        case UInt8(ascii: "b"): units.append(0x08)
        case UInt8(ascii: "f"): units.append(0x0C)
        case UInt8(ascii: "n"): units.append(0x0A)
        case UInt8(ascii: "r"): units.append(0x0D)
        case UInt8(ascii: "t"): units.append(0x09)
        case UInt8(ascii: "u"): units.append(contentsOf: try unicodeEscape().utf8)
        default:
            index -= 1
            throw error("an escape that JSON does not have")
        }
    }

    /// The code point of `\uXXXX`, or of two of them that make a surrogate pair. A lone surrogate, which no UTF-8
    /// text can hold, becomes U+FFFD, as in Go.
    private mutating func unicodeEscape() throws(JSONError) -> String {
        let first = try hexadecimalUnit()
        if let scalar = Unicode.Scalar(first) { return String(Character(scalar)) }
        if UTF16.isLeadSurrogate(first), index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        {
            let mark = index
            index += 2
            let second = try hexadecimalUnit()
            if UTF16.isTrailSurrogate(second) { return String(decoding: [first, second], as: UTF16.self) }
            index = mark
        }
        return "\u{FFFD}"
    }

    private mutating func hexadecimalUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard index < bytes.count, let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else {
                throw error("expected four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
            index += 1
        }
        return unit
    }
}
