import Glibc

/// Folders and files, as housekeeping needs them.
enum Folder {
    /// The names in a folder; none where it is not there.
    static func names(in path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
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

    /// What is known of a file; nil where it is not there. Links are not followed.
    static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    static func isFolder(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFDIR }

    /// How many files are below a folder; counts no further than `limit`.
    static func files(below path: String, limit: Int, depth: Int = 16) -> Int {
        var count = 0
        for name in names(in: path) {
            guard count < limit, depth > 0, let status = status("\(path)/\(name)") else { continue }
            count += isFolder(status) ? files(below: "\(path)/\(name)", limit: limit - count, depth: depth - 1) : 1
        }
        return count
    }

    /// Removes a file, or a folder with everything in it; links are not followed.
    /// - Returns: false where it is still there.
    static func remove(_ path: String, depth: Int = 8) -> Bool {
        guard let status = status(path) else { return true }
        guard isFolder(status) else { return unlink(path) == 0 || errno == ENOENT }
        guard depth > 0 else { return false }
        for name in names(in: path) where !remove("\(path)/\(name)", depth: depth - 1) { return false }
        return rmdir(path) == 0 || errno == ENOENT
    }

    /// Makes the names in a folder durable.
    static func flush(_ path: String) throws(HousekeepingFailure) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw HousekeepingFailure(path, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw HousekeepingFailure(path, errno) }
    }

    /// The first bytes of a file as text.
    static func start(of path: String, _ count: Int = 1_024) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        let got = read(descriptor, &bytes, count)
        return got < 0 ? nil : String(decoding: bytes[..<got], as: UTF8.self)
    }
}

/// Why a repository could not be put in order.
public struct HousekeepingFailure: Error, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }

    init(_ path: String, _ code: Int32) { self.init("\(path): \(String(cString: strerror(code)))") }
}
