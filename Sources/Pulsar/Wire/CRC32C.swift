package import NIOCore

/// The CRC-32C of RFC 3720 (Castagnoli's polynomial, reflected), which Pulsar puts before every message.
package enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1 }
    }

    /// The checksum of some bytes; that of none is 0.
    package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var value: UInt32 = ~0
        for byte in bytes { value = (value >> 8) ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] }
        return ~value
    }

    /// The checksum of what can be read from a buffer.
    package static func checksum(_ buffer: ByteBuffer) -> UInt32 {
        buffer.withUnsafeReadableBytes { checksum($0) }
    }
}
