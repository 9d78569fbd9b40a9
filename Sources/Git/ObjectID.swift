import CLibgit2

/// The SHA-1 name of an object.
public struct ObjectID: Hashable, Sendable {
    // Twenty bytes, the first ones in the high bits, so that the order of the words is that of the bytes.
    private let high: UInt64
    private let middle: UInt64
    private let low: UInt32

    /// The id that no object has; git writes it for "none".
    public static let zero = ObjectID(bytes: UnsafeRawBufferPointer(start: nil, count: 0))

    /// - Parameter bytes: twenty bytes; missing ones count as zero.
    init(bytes: UnsafeRawBufferPointer) {
        func word(_ range: Range<Int>) -> UInt64 {
            range.reduce(0) { $0 << 8 | UInt64($1 < bytes.count ? bytes[$1] : 0) }
        }
        if bytes.count == 20, let base = bytes.baseAddress {
            high = UInt64(bigEndian: base.loadUnaligned(as: UInt64.self))
            middle = UInt64(bigEndian: base.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            low = UInt32(bigEndian: base.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
        } else {
            high = word(0..<8)
            middle = word(8..<16)
            low = UInt32(truncatingIfNeeded: word(16..<20))
        }
    }

    /// The twenty bytes.
    public init?(rawBytes: some Collection<UInt8>) {
        guard rawBytes.count == 20 else { return nil }
        self = Array(rawBytes).withUnsafeBytes { ObjectID(bytes: $0) }
    }

    /// The byte that names its folder among loose objects.
    var firstByte: UInt8 { oid.id.0 }

    /// The twenty bytes.
    public var rawBytes: [UInt8] { withUnsafeBytes(of: oid) { Array($0.prefix(20)) } }

    init(_ oid: git_oid) {
        self = withUnsafeBytes(of: oid) { ObjectID(bytes: UnsafeRawBufferPointer(rebasing: $0.prefix(20))) }
    }

    /// libgit2's form.
    var oid: git_oid {
        var oid = git_oid()
        withUnsafeMutableBytes(of: &oid) { bytes in
            bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: middle.bigEndian, toByteOffset: 8, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt32.self)
        }
        return oid
    }

    /// The first seven digits, as people write it.
    public var short: String { String(description.prefix(7)) }
}

extension ObjectID: LosslessStringConvertible {
    /// Forty hexadecimal digits.
    public init?(_ description: String) {
        let digits = Array(description.utf8)
        guard digits.count == 40 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20)
        for index in stride(from: 0, to: 40, by: 2) {
            guard let first = ObjectID.value(digits[index]), let second = ObjectID.value(digits[index + 1]) else {
                return nil
            }
            bytes.append(first << 4 | second)
        }
        self = bytes.withUnsafeBytes { ObjectID(bytes: $0) }
    }

    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return withUnsafeBytes(of: oid) { bytes in
            String(unsafeUninitializedCapacity: 40) { text in
                for index in 0..<20 {
                    text[2 * index] = digits[Int(bytes[index] >> 4)]
                    text[2 * index + 1] = digits[Int(bytes[index] & 15)]
                }
                return 40
            }
        }
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension ObjectID: Comparable {
    /// The order of the bytes.
    public static func < (left: ObjectID, right: ObjectID) -> Bool {
        (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
    }
}
