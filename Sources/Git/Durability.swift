import CLibgit2
import Glibc

/// What makes files survive a loss of power (fsync(2)).
enum Durability {
    /// Flushes a file or a folder and, for a file, the folder that names it.
    static func flush(file path: String, operation: String) throws(GitError) {
        try flush(path, flags: O_RDONLY, operation: operation)
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        try flush(folder, flags: O_RDONLY | O_DIRECTORY, operation: operation)
    }

    /// - Returns: false where there is no such file.
    @discardableResult
    static func flush(_ path: String, flags: Int32, operation: String) throws(GitError) -> Bool {
        let descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return false }
            throw failure(path, operation)
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(path, operation) }
        return true
    }

    /// Flushes everything on the file system that holds a folder.
    static func flushFileSystem(of folder: String, operation: String) throws(GitError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw failure(folder, operation) }
        defer { close(descriptor) }
        guard rampart_syncfs(descriptor) == 0 else { throw failure(folder, operation) }
    }

    /// Puts a file in another's place that says the same and is durable. Whoever looks sees one or the other.
    static func replace(_ path: String, with bytes: [UInt8], operation: String) throws(GitError) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        // Under a name that git(1) and housekeeping know for what a killed process leaves.
        let temporary = "\(folder)/tmp_obj_\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o444)
        guard descriptor >= 0 else { throw failure(folder, operation) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw remove(temporary, path, operation) }
            written += count
        }
        guard fchmod(descriptor, 0o444) == 0, fsync(descriptor) == 0, rename(temporary, path) == 0 else {
            throw remove(temporary, path, operation)
        }
    }

    private static func remove(_ temporary: String, _ path: String, _ operation: String) -> GitError {
        let error = failure(path, operation)
        unlink(temporary)
        return error
    }

    private static func failure(_ path: String, _ operation: String) -> GitError {
        let reason = String(cString: strerror(errno))
        return GitError(.failed, "\(path): \(reason)", category: .operatingSystem, operation: operation)
    }
}
