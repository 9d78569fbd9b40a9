import Glibc
import Synchronization

/// The texts of manifests in one file, each found by its extent: what the fold has parsed once, nothing parses again.
///
/// Only ever appended to. It is a cache: a text that is missing or damaged is read from git instead. The file
/// belongs to one process at a time, which holds a lock on it.
final class GraphStore: Sendable {
    private struct State {
        /// What stands at the start of the file; another number makes all extents void.
        var identity: UInt64 = 0
        /// How far the file is written.
        var end: UInt64 = 0
        /// Whether another process may have the file now.
        var isGivenUp = false
    }

    private let descriptor: Int32
    private let state = Mutex(State())

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
            state.withLock { $0 = State(identity: ByteReader.number(header[8..<16]), end: length) }
        } else if !clear() {
            return nil
        }
    }

    /// Unlocked first: a program that is being started has a copy of the descriptor until it runs (flock(2)).
    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Gives the file to whoever waits for it; nothing is appended from here any more.
    func giveUp() {
        state.withLock { state in
            state.isGivenUp = true
            flock(descriptor, LOCK_UN)
        }
    }

    var identity: UInt64 { state.withLock { $0.identity } }

    /// How far the file is written.
    var length: UInt64 { state.withLock { $0.end } }

    /// Forgets what was appended after a length, for example by a process that was killed before it said where.
    func truncate(to length: UInt64) {
        state.withLock { state in
            guard length >= Self.headerLength, length < state.end, ftruncate(descriptor, off_t(length)) == 0
            else { return }
            state.end = length
        }
    }

    /// Forgets everything, and becomes another store to whoever remembers extents.
    @discardableResult
    func clear() -> Bool {
        state.withLock { state in
            state = State(identity: UInt64.random(in: .min ... .max), end: Self.headerLength)
            var header = Self.magic
            withUnsafeBytes(of: state.identity.littleEndian) { header.append(contentsOf: $0) }
            return ftruncate(descriptor, 0) == 0 && Self.write(descriptor, header, at: 0)
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
        return state.withLock { state in
            guard !state.isGivenUp, Self.write(descriptor, record, at: state.end) else { return nil }
            let extent = Extent(offset: state.end + UInt64(Self.recordHeaderLength), length: count)
            state.end += UInt64(record.count)
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
        // Not with room for none: the library writes the count into the storage that all empty arrays share.
        let bytes = [UInt8](unsafeUninitializedCapacity: max(count, 1)) { buffer, initialized in
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
