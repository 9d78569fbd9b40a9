import Git
import Graphs
import HashTreeCollections

/// The state of the fold in a file, so that a restart goes on where the last process stopped.
///
/// A cache of what history says: a file that is missing, torn, of another format or beside another graph store is
/// passed over, and everything is folded anew.
enum FoldCache {
    /// Raised whenever the fold or this file's form changes.
    static let format: UInt64 = 4
    private static let magic: UInt64 = 0x444C_4F46_504D_4152  // "RAMPFOLD"

    /// Writes a snapshot whose texts lie in a store.
    static func write(_ snapshot: Snapshot, store: GraphStore, branch: String, to path: String) throws(FileError) {
        let file = try FileWriter(path: path, sums: true)
        var writer = ByteWriter()
        writer.fixed(magic)
        writer.fixed(format)
        writer.fixed(store.identity)
        writer.fixed(store.length)
        writer.text(branch)
        writer.optional(snapshot.head) { $0.id($1) }
        writer.optional(snapshot.headTime) { $0.timestamp($1) }
        writer.list(snapshot.strays.sorted { $0.key < $1.key }) { writer, stray in
            writer.text(stray.key)
            writer.problem(stray.value)
        }
        writer.list(snapshot.dashboards.sorted { $0.key < $1.key }) { $0.dashboards(of: $1.key, $1.value) }
        writer.flag(snapshot.settings.dashboardEdits == .leave)
        writer.number(snapshot.configCount)
        writer.list(snapshot.configs.values.sorted { $0.id < $1.id }) { $0.config($1) }
        writer.number(snapshot.apps.count)
        for app in snapshot.sortedApps() {
            writer.app(app)
            if writer.bytes.count > 1 << 16 { try file.append(writer.drain()) }
        }
        writer.number(snapshot.touches.count)
        for (id, log) in snapshot.touches.sorted(by: { $0.key < $1.key }) {
            writer.touches(of: id, log)
            if writer.bytes.count > 1 << 16 { try file.append(writer.drain()) }
        }
        try file.append(writer.drain())
        try file.drain()
        writer.fixed(file.checksum.value)
        try file.append(writer.drain())
        try file.finish()
    }

    /// Reads a snapshot back; texts of graphs are still ``GraphText/missing``.
    ///
    /// - Returns: nil where the file cannot be used.
    static func read(_ path: String, store: GraphStore, branch: String) -> Snapshot? {
        guard let bytes = Files.read(path), bytes.count > 40 else { return nil }
        let body = bytes.dropLast(8)
        guard ByteReader.number(bytes.suffix(8)) == Checksum.of(body) else { return nil }
        var reader = ByteReader(body)
        do throws(ByteReader.Malformed) {
            guard try reader.fixed() == magic, try reader.fixed() == format, try reader.fixed() == store.identity
            else { return nil }
            let length = try reader.fixed()
            guard length <= store.length, try reader.text() == branch else { return nil }
            var snapshot = Snapshot()
            snapshot.head = try reader.optional { reader throws(ByteReader.Malformed) in try reader.id() }
            snapshot.headTime = try reader.optional { reader throws(ByteReader.Malformed) in try reader.timestamp() }
            let strays = try reader.list { reader throws(ByteReader.Malformed) in
                (path: try reader.text(), problem: try reader.problem())
            }
            for stray in strays { snapshot.strays[stray.path] = stray.problem }
            snapshot.sortProblems()
            for entry in try reader.list({ reader throws(ByteReader.Malformed) in try reader.dashboards() }) {
                snapshot.dashboards[entry.id] = entry.files
            }
            if try reader.flag() { snapshot.settings.dashboardEdits = .leave }
            snapshot.configCount = try reader.count()
            for config in try reader.list({ reader throws(ByteReader.Malformed) in try reader.config() }) {
                snapshot.configs[config.id] = config
            }
            for _ in 0..<(try reader.count()) {
                let app = try reader.app()
                snapshot.apps[app.id] = app
            }
            for _ in 0..<(try reader.count()) {
                let (id, log) = try reader.touches()
                snapshot.touches[id] = log
            }
            guard reader.isAtEnd else { return nil }
            store.truncate(to: length)
            return snapshot
        } catch {
            return nil
        }
    }
}
