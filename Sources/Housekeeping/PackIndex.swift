import Glibc

/// The index of a pack: which objects are in it (gitformat-pack(5)).
final class PackIndex: Sendable {
    // Only ever read, and unmapped when nobody has this any more.
    private nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
    /// Where the table of counts by first byte begins, and the ids.
    private let fanout: Int
    private let ids: Int
    /// From one id to the next.
    private let stride: Int
    let count: Int

    /// - Returns: nil where there is no such file, or it is no index that is understood.
    init?(at path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size >= 1_032 else { return nil }
        let size = Int(status.st_size)
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            return nil
        }
        let bytes = UnsafeRawBufferPointer(start: start, count: size)
        let isSecond = bytes.loadUnaligned(as: UInt32.self).bigEndian == 0xFF74_4F63
        let fanout = isSecond ? 8 : 0
        let ids = fanout + 1_024 + (isSecond ? 0 : 4)
        let stride = isSecond ? 20 : 24
        let count = Int(bytes.loadUnaligned(fromByteOffset: fanout + 1_020, as: UInt32.self).bigEndian)
        let isKnown = !isSecond || bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self).bigEndian == 2
        guard isKnown, ids + count * stride <= size else {
            munmap(start, size)
            return nil
        }
        (self.bytes, self.fanout, self.ids, self.stride, self.count) = (bytes, fanout, ids, stride, count)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }

    /// Whether an object is in the pack.
    ///
    /// - Parameter id: its twenty bytes.
    func contains(_ id: [UInt8]) -> Bool {
        guard id.count == 20 else { return false }
        var low = id[0] == 0 ? 0 : objects(upTo: id[0] - 1)
        var high = min(objects(upTo: id[0]), count)
        while low < high {
            let middle = (low + high) / 2
            let order = id.withUnsafeBytes { id -> Int32 in
                guard let id = id.baseAddress, let start = bytes.baseAddress else { return 0 }
                return memcmp(id, start + ids + middle * stride, 20)
            }
            if order == 0 { return true }
            if order < 0 { high = middle } else { low = middle + 1 }
        }
        return false
    }

    /// Whether each object of the pack is elsewhere too.
    func isCovered(by isElsewhere: ([UInt8]) -> Bool) -> Bool {
        (0..<count).allSatisfy { number in
            let start = ids + number * stride
            return isElsewhere(Array(bytes[start..<start + 20]))
        }
    }

    private func objects(upTo byte: UInt8) -> Int {
        Int(bytes.loadUnaligned(fromByteOffset: fanout + Int(byte) * 4, as: UInt32.self).bigEndian)
    }
}
