import Glibc

/// What tells one content of a file from another: where it lies, how long it is, and when it was changed.
struct FileMark: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    private let seconds: Int
    private let nanoseconds: Int
    private let changeSeconds: Int
    private let changeNanoseconds: Int

    /// - Returns: nil where there is no such file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
        (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        (changeSeconds, changeNanoseconds) = (status.st_ctim.tv_sec, status.st_ctim.tv_nsec)
    }

    /// Whether a path leads to a plain file, and how long that is in bytes.
    ///
    /// - Throws: ``UnreadableFile`` where there is nothing.
    static func kind(of path: String) throws -> (isFile: Bool, size: Int) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw UnreadableFile(path: path, reason: String(cString: strerror(errno)))
        }
        return (status.st_mode & S_IFMT == S_IFREG, Int(status.st_size))
    }
}
