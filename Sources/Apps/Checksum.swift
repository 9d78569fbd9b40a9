/// A 64-bit sum that shows torn and damaged bytes; no protection against someone who wants to deceive.
struct Checksum {
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var pending: UInt64 = 0
    private var pendingBytes: UInt64 = 0
    private var total: UInt64 = 0

    static func of(_ bytes: some Collection<UInt8>) -> UInt64 {
        var sum = Checksum()
        sum.add(bytes)
        return sum.value
    }

    mutating func add(_ bytes: some Collection<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { add(UnsafeRawBufferPointer($0)) }
        if done == nil { Array(bytes).withUnsafeBytes { add($0) } }
    }

    private mutating func add(_ bytes: UnsafeRawBufferPointer) {
        total &+= UInt64(bytes.count)
        var index = 0
        while pendingBytes != 0, index < bytes.count {
            push(bytes[index])
            index += 1
        }
        while index + 8 <= bytes.count {
            mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
            index += 8
        }
        while index < bytes.count {
            push(bytes[index])
            index += 1
        }
    }

    private mutating func push(_ byte: UInt8) {
        pending |= UInt64(byte) << (8 * pendingBytes)
        pendingBytes += 1
        if pendingBytes < 8 { return }
        mix(pending)
        pending = 0
        pendingBytes = 0
    }

    private mutating func mix(_ word: UInt64) {
        state = (state ^ word) &* 0xD6E8_FEB8_6659_FD93
        state ^= state >> 32
    }

    var value: UInt64 {
        var copy = self
        copy.mix(pending)
        copy.mix(total)
        return copy.state
    }
}
