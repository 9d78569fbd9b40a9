import Git
import HashTreeCollections
import JSONValues

/// The four index files, written one row after another so that no more than a row is in memory.
enum IndexFiles {
    static let names = ["apps.json", "versions.json", "dashboard.json", "configs.json"]

    /// Writes all four.
    ///
    /// - Parameters:
    ///   - dashboards: which dashboards belong to apps; nil for none.
    ///   - graph: the text of a version's manifest.
    static func write(
        _ snapshot: Snapshot, dashboards: DashboardRows?, to folder: String, _ dialect: IndexDialect = .json,
        graph: (App, Version) throws -> [UInt8]
    ) throws {
        let apps = snapshot.sortedApps()
        var table = try Table(path: "\(folder)/apps.json", head: snapshot.head, dialect)
        for app in apps {
            if let row = IndexRows.app(app, dialect) { try table.append(row) }
        }
        try table.finish()
        table = try Table(path: "\(folder)/versions.json", head: snapshot.head, dialect)
        for app in apps {
            for version in app.versions {
                try table.append(IndexRows.version(version, of: app, graph: graph(app, version), dialect))
            }
        }
        try table.finish()
        table = try Table(path: "\(folder)/dashboard.json", head: snapshot.head, dialect, dashboards)
        for app in apps {
            guard let dashboards, let live = app.live else { continue }
            try table.append(IndexRows.dashboard(dashboards.row(app.id), of: app.id, live))
        }
        try table.finish()
        table = try Table(path: "\(folder)/configs.json", head: snapshot.head, dialect)
        for config in snapshot.sortedConfigs() {
            if let row = IndexRows.config(config) { try table.append(row) }
        }
        try table.finish()
    }

    /// Whether the files in a folder are whole and were built from the same head and settings.
    static func areCurrent(in folder: String, head: ObjectID?, dashboards: DashboardRows?) -> Bool {
        names.allSatisfy { name in
            let end = ending(head, name == "dashboard.json" ? dashboards : nil)
            return Files.tail("\(folder)/\(name)", count: end.count) == end
        }
    }

    /// How each file ends: with the table that says what it was built from.
    fileprivate static func ending(_ head: ObjectID?, _ dashboards: DashboardRows?) -> [UInt8] {
        var row: JSON = ["head": head.map { .string("\($0)") } ?? .null]
        if let dashboards { row["grafana"] = ["owner": .string(dashboards.owner), "path": .string(dashboards.path)] }
        return Array("},\n\"rampart\":{\"1\":".utf8) + row.bytes() + Array("}}\n".utf8)
    }
}

/// A TinyDB file with one table of rows.
private struct Table {
    private let file: FileWriter
    private let end: [UInt8]
    private var count = 0

    init(
        path: String, head: ObjectID?, _ dialect: IndexDialect, _ dashboards: DashboardRows? = nil
    ) throws(FileError) {
        file = try FileWriter(path: path)
        // The Python service knows no other table.
        end = dialect == .python ? Array("}}\n".utf8) : IndexFiles.ending(head, dashboards)
        try file.append("{\"_default\":{")
    }

    mutating func append(_ row: [UInt8]) throws(FileError) {
        count += 1
        try file.append("\(count == 1 ? "" : ",")\n\"\(count)\":")
        try file.append(row)
    }

    func finish() throws(FileError) {
        try file.append(end)
        try file.finish()
    }
}
