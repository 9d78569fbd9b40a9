import Glibc

/// Reads folders.
enum FolderReader {
    /// The names in a folder that are UTF-8, with what the folder knows of each (`DT_REG`, `DT_UNKNOWN`, …).
    ///
    /// - Returns: nil where the folder cannot be read; `errno` says why.
    static func names(_ folder: Descriptor) -> [(name: String, kind: Int)]? {
        // A stream closes its descriptor, and moves its place in the folder.
        let own = openat(folder.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard own >= 0 else { return nil }
        guard let stream = fdopendir(own) else {
            close(own)
            return nil
        }
        defer { closedir(stream) }
        var names: [(name: String, kind: Int)] = []
        while let entry = readdir(stream) {
            guard let name = name(entry), name != ".", name != ".." else { continue }
            names.append((name, Int(entry.pointee.d_type)))
        }
        return names
    }

    private static func name(_ entry: UnsafeMutablePointer<dirent>) -> String? {
        withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
                String(validatingCString: $0)
            }
        }
    }
}
