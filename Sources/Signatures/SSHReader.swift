/// Reads the forms of the SSH protocol (RFC 4251, section 5) out of bytes, and never beyond their end.
struct SSHReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    /// The bytes that are left.
    var remainder: [UInt8] { Array(rest) }

    mutating func take(_ count: Int) throws(SignatureError) -> [UInt8] {
        guard count >= 0, count <= rest.count else { throw SignatureError("it ends too early") }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func number() throws(SignatureError) -> UInt32 {
        try take(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// A string: its length in four bytes, then as many bytes.
    mutating func string() throws(SignatureError) -> [UInt8] { try take(Int(try number())) }

    /// A string that is text.
    mutating func text() throws(SignatureError) -> String {
        guard let text = String(validating: try string(), as: UTF8.self) else {
            throw SignatureError("a name in it is no text")
        }
        return text
    }

    /// A number without sign, as bytes of a fixed width (`mpint` in RFC 4251).
    mutating func unsigned(width: Int) throws(SignatureError) -> [UInt8] {
        let bytes = try string()
        guard bytes.first.map({ $0 & 0x80 == 0 }) ?? true else { throw SignatureError("a number in it is negative") }
        let digits = bytes.drop { $0 == 0 }
        guard digits.count <= width else { throw SignatureError("a number in it is too large") }
        return [UInt8](repeating: 0, count: width - digits.count) + digits
    }
}

/// Writes the same forms.
struct SSHWriter {
    private(set) var bytes: [UInt8] = []

    mutating func raw(_ more: some Sequence<UInt8>) { bytes += more }

    mutating func number(_ value: UInt32) { bytes += (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

    mutating func string(_ more: some Collection<UInt8>) {
        number(UInt32(more.count))
        bytes += more
    }
}
