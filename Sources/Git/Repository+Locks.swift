import Glibc

extension Repository {
    /// Removes lock files that a killed process left: of references, of `packed-refs`, HEAD, the index, the settings.
    ///
    /// Git holds each of these for milliseconds, so one that has stood untouched for long has no owner any more: by its
    /// time, or as it was seen here, where the clock was put back since and its time lies ahead.
    /// - Parameter age: how long a lock must not have changed.
    /// - Returns: the paths removed, below the repository's folder.
    public func removeStaleLocks(olderThan age: Duration) -> [String] {
        var candidates = ["packed-refs.lock", "HEAD.lock", "index.lock", "config.lock"]
        candidates += Repository.files(below: "\(path)/refs", depth: 16).map { "refs/\($0)" }
        candidates = candidates.filter { $0.hasSuffix(".lock") }
        // Written under `packed-refs.lock`; git makes no other while one is there, and removes no reference without it.
        candidates.append("packed-refs.new")
        var removed: [String] = []
        var seen: [String: SeenLock] = [:]
        for name in candidates {
            guard var lock = SeenLock("\(path)/\(name)") else { continue }
            if let known = seenLocks[name], known.isSame(as: lock) { lock = known }
            if lock.isLeft(for: age), unlink("\(path)/\(name)") == 0 { removed.append(name) } else { seen[name] = lock }
        }
        seenLocks = seen
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

/// A lock file as it was first seen.
struct SeenLock {
    private let file: ino_t
    private let changed: timespec
    private let seen = ContinuousClock.now
    private static let clock = AgeClock {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return now.tv_sec
    }

    /// - Returns: nil where there is no such file.
    init?(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        (file, changed) = (status.st_ino, status.st_mtim)
    }

    func isSame(as other: SeenLock) -> Bool {
        file == other.file && changed.tv_sec == other.changed.tv_sec && changed.tv_nsec == other.changed.tv_nsec
    }

    /// Whether nobody has touched it for so long.
    func isLeft(for age: Duration) -> Bool {
        .seconds(Self.clock.now() - changed.tv_sec) >= age || ContinuousClock.now - seen >= age
    }
}
