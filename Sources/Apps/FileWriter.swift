import Glibc

/// Writes a file beside its place and renames it there when it is whole, so that no reader ever sees a part of it.
///
/// Keeps no more than a buffer in memory. Where writing ends without ``finish()``, the old file stays as it was.
final class FileWriter {
    private let path: String
    private let temporaryPath: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private(set) var checksum = Checksum()
    private let sums: Bool

    private static let bufferSize = 1 << 18

    /// - Parameters:
    ///   - sums: whether ``checksum`` is kept.
    ///   - mode: the permissions of the file.
    init(path: String, sums: Bool = false, mode: mode_t = 0o644) throws(FileError) {
        self.path = path
        self.sums = sums
        temporaryPath = "\(path).\(getpid()).new"
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileError("write \(temporaryPath)") }
        buffer.reserveCapacity(Self.bufferSize + (1 << 14))
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(temporaryPath)
    }

    func append(_ bytes: some Sequence<UInt8>) throws(FileError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferSize { try drain() }
    }

    func append(_ text: String) throws(FileError) { try append(text.utf8) }

    /// Renames the file to its place.
    func finish() throws(FileError) {
        try drain()
        let result = close(descriptor)
        descriptor = -1
        guard result == 0, rename(temporaryPath, path) == 0 else {
            let error = FileError("write \(path)")
            unlink(temporaryPath)
            throw error
        }
    }

    /// Writes what is in the buffer, so that ``checksum`` holds everything appended.
    func drain() throws(FileError) {
        if sums { checksum.add(buffer) }
        var done = 0
        while done < buffer.count {
            let wrote = buffer.withUnsafeBytes {
                write(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done)
            }
            if wrote < 0, errno == EINTR { continue }
            guard wrote > 0 else { throw FileError("write \(temporaryPath)") }
            done += wrote
        }
        buffer.removeAll(keepingCapacity: true)
    }
}

/// Why a file could not be written, by `errno`.
struct FileError: Error, CustomStringConvertible {
    let description: String

    init(_ operation: String) {
        description = "cannot \(operation): \(String(cString: strerror(errno)))"
    }
}

/// Whole files.
enum Files {
    /// - Returns: nil where there is none, or it cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let count = Int(status.st_size)
        // Not with room for none: the library writes the count into the storage that all empty arrays share.
        let bytes = [UInt8](unsafeUninitializedCapacity: max(count, 1)) { buffer, initialized in
            while initialized < count {
                let got = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: initialized), count - initialized)
                if got < 0, errno == EINTR { continue }
                if got <= 0 { return }
                initialized += got
            }
        }
        return bytes.count == count ? bytes : nil
    }

    /// The last bytes of a file.
    static func tail(_ path: String, count: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let length = lseek(descriptor, 0, SEEK_END)
        let start = max(0, length - off_t(count))
        var bytes = [UInt8](repeating: 0, count: Int(length - start))
        let got = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, start) }
        return got == bytes.count ? bytes : nil
    }

    /// Makes a folder with those above it.
    static func makeFolder(_ path: String) throws(FileError) {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]))
            if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        }
        throw FileError("make the folder \(path)")
    }

    /// The names in a folder; nil where there is no such folder.
    static func names(in path: String) -> [String]? {
        guard let stream = opendir(path) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
