import Glibc

extension Repository {
    /// Removes lock files that a killed process left: of references, of `packed-refs`, HEAD, the index, the settings.
    ///
    /// Git holds each of these for milliseconds, so one that has stood untouched for long has no owner any more.
    /// - Parameter age: how long a lock must not have changed.
    /// - Returns: the paths removed, below the repository's folder.
    public func removeStaleLocks(olderThan age: Duration) -> [String] {
        var candidates = ["packed-refs.lock", "HEAD.lock", "index.lock", "config.lock"]
        candidates += Repository.files(below: "\(path)/refs", depth: 16).map { "refs/\($0)" }
        var removed: [String] = []
        candidates = candidates.filter { $0.hasSuffix(".lock") }
        // Written under `packed-refs.lock`; git makes no other while one is there, and removes no reference without it.
        candidates.append("packed-refs.new")
        for name in candidates {
            var status = stat()
            guard lstat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            let idle = Duration.seconds(now.tv_sec - status.st_mtim.tv_sec)
            if idle >= age, unlink("\(path)/\(name)") == 0 { removed.append(name) }
        }
        return removed
    }

    /// The files below a folder, by their path in it; links are not followed.
    private static func files(below folder: String, depth: Int) -> [String] {
        guard depth > 0, let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            if Int32(entry.pointee.d_type) == Int32(DT_DIR) {
                names += files(below: "\(folder)/\(name)", depth: depth - 1).map { "\(name)/\($0)" }
            } else {
                names.append(name)
            }
        }
        return names
    }
}
