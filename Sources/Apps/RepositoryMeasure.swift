import Git
import Glibc
import Instruments

/// Looks once a minute how much room the graph repository takes up, and how much is left.
///
/// On a thread of its own: there may be a hundred thousand loose objects.
actor RepositoryMeasure {
    private let executor = GitExecutor()
    private let path: String
    private let metrics: StoreMetrics

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ options: AppStoreOptions) {
        path = options.repositoryPath
        metrics = options.metrics
    }

    /// Looks until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            let start = ContinuousClock.now
            measure()
            // At most a hundredth of the time, however many files there are.
            try? await Task.sleep(for: max(.seconds(60), (ContinuousClock.now - start) * 100))
        }
    }

    private func measure() {
        metrics.repositoryBytes.set(Double(Self.bytes(of: path)))
        var system = statvfs()
        if statvfs(path, &system) == 0 {
            metrics.freeBytes.set(Double(system.f_bavail) * Double(system.f_frsize))
        }
    }

    /// What a folder takes up on disk with all that is in it. Follows no link.
    static func bytes(of path: String) -> Int64 {
        var sum: Int64 = 0
        var folders = [path]
        while let folder = folders.popLast() {
            guard let stream = opendir(folder) else { continue }
            defer { closedir(stream) }
            let descriptor = dirfd(stream)
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                var status = stat()
                guard name != "..", fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
                if status.st_mode & S_IFMT != S_IFDIR || name == "." { sum += Int64(status.st_blocks) * 512 }
                if status.st_mode & S_IFMT == S_IFDIR, name != "." { folders.append("\(folder)/\(name)") }
            }
        }
        return sum
    }
}
