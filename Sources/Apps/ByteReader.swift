import Git

/// Reads numbers, texts and ids from bytes that ``ByteWriter`` wrote; nothing is believed that does not fit.
struct ByteReader {
    /// The bytes ended too early, or say something that cannot be.
    struct Malformed: Error {}

    private let bytes: ArraySlice<UInt8>
    private var index: Int
    private var texts: [String] = []

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    var isAtEnd: Bool { index == bytes.endIndex }

    /// Up to eight bytes, the lowest first.
    static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A number of seven bits a byte.
    mutating func number() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while index < bytes.endIndex, shift < 64 {
            let byte = bytes[index]
            index += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Malformed()
    }

    mutating func signed() throws(Malformed) -> Int64 {
        let value = try number()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func count() throws(Malformed) -> Int {
        guard let count = Int(exactly: try number()) else { throw Malformed() }
        return count
    }

    mutating func flag() throws(Malformed) -> Bool { try number() != 0 }

    mutating func fixed() throws(Malformed) -> UInt64 { Self.number(try take(8)) }

    mutating func text() throws(Malformed) -> String {
        let key = try count()
        if key > 0 {
            guard key <= texts.count else { throw Malformed() }
            return texts[key - 1]
        }
        let text = String(decoding: try take(count()), as: UTF8.self)
        texts.append(text)
        return text
    }

    mutating func id() throws(Malformed) -> ObjectID {
        guard let id = ObjectID(rawBytes: try take(20)) else { throw Malformed() }
        return id
    }

    mutating func optional<Value>(
        _ read: (inout ByteReader) throws(Malformed) -> Value
    ) throws(Malformed) -> Value? {
        try flag() ? try read(&self) : nil
    }

    mutating func list<Value>(
        _ read: (inout ByteReader) throws(Malformed) -> Value
    ) throws(Malformed) -> [Value] {
        let count = try count()
        guard count <= bytes.endIndex - index else { throw Malformed() }  // each has a byte at least
        var values: [Value] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try read(&self)) }
        return values
    }

    private mutating func take(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
        guard count <= bytes.endIndex - index else { throw Malformed() }
        defer { index += count }
        return bytes[index..<index + count]
    }
}

/// Writes numbers, texts and ids compactly; a text that was written before is named by its number.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []
    private var texts: [String: Int] = [:]

    mutating func number(_ value: some BinaryInteger) {
        var rest = UInt64(truncatingIfNeeded: value)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func signed(_ value: Int64) { number(UInt64(bitPattern: value << 1 ^ value >> 63)) }

    mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }

    mutating func fixed(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }

    mutating func text(_ value: String) {
        if let known = texts[value] { return number(known) }
        texts[value] = texts.count + 1
        number(0)
        number(value.utf8.count)
        bytes.append(contentsOf: value.utf8)
    }

    mutating func id(_ value: ObjectID) { bytes.append(contentsOf: value.rawBytes) }

    mutating func optional<Value>(_ value: Value?, _ write: (inout ByteWriter, Value) -> Void) {
        flag(value != nil)
        if let value { write(&self, value) }
    }

    mutating func list<Values: Collection>(_ values: Values, _ write: (inout ByteWriter, Values.Element) -> Void) {
        number(values.count)
        for value in values { write(&self, value) }
    }

    /// Hands out what was written since the last time; texts stay known.
    mutating func drain() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }
}
