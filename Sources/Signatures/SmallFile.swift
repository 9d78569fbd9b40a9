import Glibc

/// A file that is read whole, with what tells that it has changed.
struct SmallFile {
    let bytes: [UInt8]
    /// Who may do what with it, as `chmod` writes it.
    let mode: UInt32
    let stamp: Stamp

    /// What differs where a file was written or replaced.
    struct Stamp: Hashable {
        private let device: UInt64
        private let inode: UInt64
        private let size: Int
        private let times: [Int]

        fileprivate init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            size = Int(status.st_size)
            times = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
        }

        /// Links are followed, as files in a cluster are links; nil where there is no file.
        init?(of path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            self.init(status)
        }
    }

    /// The longest file that is read, in bytes.
    static let longest = 1 << 20

    /// - Throws: ``SignatureError`` where it cannot be read or is too long.
    init(reading path: String) throws(SignatureError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw SignatureError("it cannot be read: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SignatureError("it cannot be read: it is no file")
        }
        guard status.st_size <= Self.longest else {
            throw SignatureError("it is larger than \(Self.longest) bytes, expected a small text")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= Self.longest {
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { break }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SignatureError("it cannot be read: \(String(cString: strerror(errno)))") }
            bytes += buffer.prefix(count)
        }
        self.bytes = bytes
        mode = status.st_mode & 0o7777
        stamp = Stamp(status)
    }

    /// - Throws: ``SignatureError`` where it is no text.
    func text() throws(SignatureError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw SignatureError("it is no text") }
        return text
    }
}
