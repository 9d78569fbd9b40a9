import Glibc
import Synchronization

/// The texts of manifests in one file, each found by its extent: what the fold has parsed once, nothing parses again.
///
/// Only ever appended to. It is a cache: a text that is missing or damaged is read from git instead. The file
/// belongs to one process at a time, which holds a lock on it.
final class GraphStore: Sendable {
    /// What stands at the start of the file; another number makes all extents void.
    let identity: UInt64
    private let descriptor: Int32
    private let end: Mutex<UInt64>

    private static let magic: [UInt8] = Array("RAMPTXT1".utf8)
    private static let headerLength: UInt64 = 16
    /// Length and checksum stand before each text.
    private static let recordHeaderLength = 12

    /// Opens the file, or makes it.
    ///
    /// - Parameter isTemporary: the file loses its name at once, and is gone when the store is.
    /// - Returns: nil where it cannot be written or another process has it.
    init?(path: String, isTemporary: Bool = false) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return nil }
        if isTemporary { unlink(path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        let length = UInt64(max(0, lseek(descriptor, 0, SEEK_END)))
        if length >= Self.headerLength, let header = Self.read(descriptor, at: 0, count: 16),
            header.starts(with: Self.magic)
        {
            identity = ByteReader.number(header[8..<16])
            end = Mutex(length)
        } else {
            identity = UInt64.random(in: .min ... .max)
            end = Mutex(0)
            guard clear() else {
                close(descriptor)
                return nil
            }
        }
    }

    deinit { close(descriptor) }

    /// How far the file is written.
    var length: UInt64 { end.withLock { $0 } }

    /// Forgets what was appended after a length, for example by a process that was killed before it said where.
    func truncate(to length: UInt64) {
        end.withLock { end in
            guard length >= Self.headerLength, length < end, ftruncate(descriptor, off_t(length)) == 0 else { return }
            end = length
        }
    }

    /// Forgets everything.
    @discardableResult
    func clear() -> Bool {
        end.withLock { end in
            guard ftruncate(descriptor, 0) == 0 else { return false }
            var header = Self.magic
            withUnsafeBytes(of: identity.littleEndian) { header.append(contentsOf: $0) }
            guard Self.write(descriptor, header, at: 0) else { return false }
            end = Self.headerLength
            return true
        }
    }

    /// Appends a text.
    /// - Returns: where it lies; nil where it could not be written.
    func append(_ text: [UInt8]) -> Extent? {
        guard let count = UInt32(exactly: text.count) else { return nil }
        var record: [UInt8] = []
        record.reserveCapacity(text.count + Self.recordHeaderLength)
        withUnsafeBytes(of: count.littleEndian) { record.append(contentsOf: $0) }
        withUnsafeBytes(of: Checksum.of(text).littleEndian) { record.append(contentsOf: $0) }
        record.append(contentsOf: text)
        return end.withLock { end in
            guard Self.write(descriptor, record, at: end) else { return nil }
            let extent = Extent(offset: end + UInt64(Self.recordHeaderLength), length: count)
            end += UInt64(record.count)
            return extent
        }
    }

    /// The text at an extent; nil where it is damaged.
    func text(at extent: Extent) -> [UInt8]? {
        let header = Self.recordHeaderLength
        guard extent.offset >= UInt64(header),
            var record = Self.read(
                descriptor, at: extent.offset - UInt64(header), count: Int(extent.length) + header),
            ByteReader.number(record[0..<4]) == UInt64(extent.length)
        else { return nil }
        let sum = ByteReader.number(record[4..<12])
        record.removeFirst(header)
        return Checksum.of(record) == sum ? record : nil
    }

    private static func read(_ descriptor: Int32, at offset: UInt64, count: Int) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while initialized < count {
                let got = pread(
                    descriptor, buffer.baseAddress?.advanced(by: initialized), count - initialized,
                    off_t(offset) + off_t(initialized))
                if got < 0, errno == EINTR { continue }
                if got <= 0 { return }
                initialized += got
            }
        }
        return bytes.count == count ? bytes : nil
    }

    private static func write(_ descriptor: Int32, _ bytes: [UInt8], at offset: UInt64) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let wrote = pwrite(
                    descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done,
                    off_t(offset) + off_t(done))
                if wrote < 0, errno == EINTR { continue }
                if wrote <= 0 { return false }
                done += wrote
            }
            return true
        }
    }
}
