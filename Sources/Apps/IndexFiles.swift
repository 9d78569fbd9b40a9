import Git
import HashTreeCollections

/// The four index files, written one row after another so that no more than a row is in memory.
enum IndexFiles {
    static let names = ["apps.json", "versions.json", "dashboard.json", "configs.json"]

    /// Writes all four.
    ///
    /// - Parameters:
    ///   - dashboards: what Grafana was seen to have.
    ///   - graph: the text of a version's manifest.
    static func write(
        _ snapshot: Snapshot, dashboards: [AppID: DashboardRow], to folder: String, _ dialect: IndexDialect = .json,
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
        try write(dashboards, of: snapshot, to: folder, dialect)
        table = try Table(path: "\(folder)/configs.json", head: snapshot.head, dialect)
        for config in snapshot.sortedConfigs() {
            if let row = IndexRows.config(config) { try table.append(row) }
        }
        try table.finish()
    }

    /// Writes what Grafana was seen to have of the apps that there are.
    static func write(
        _ dashboards: [AppID: DashboardRow], of snapshot: Snapshot, to folder: String, _ dialect: IndexDialect = .json
    ) throws {
        var table = try Table(path: "\(folder)/dashboard.json", head: snapshot.head, dialect)
        for (id, row) in dashboards.sorted(by: { $0.key < $1.key }) where snapshot.apps[id] != nil {
            try table.append(IndexRows.dashboard(row, of: id))
        }
        try table.finish()
    }

    /// Whether the files in a folder are whole and say the same head.
    static func areCurrent(in folder: String, head: ObjectID?) -> Bool {
        let end = ending(head)
        return names.allSatisfy { Files.tail("\(folder)/\($0)", count: end.count) == end }
    }

    /// How each file ends: with the table that says what it was built from.
    fileprivate static func ending(_ head: ObjectID?) -> [UInt8] {
        let value = head.map { "\"\($0)\"" } ?? "null"
        return Array("},\n\"rampart\":{\"1\":{\"head\":\(value)}}}\n".utf8)
    }
}

/// A TinyDB file with one table of rows.
private struct Table {
    private let file: FileWriter
    private let end: [UInt8]
    private var count = 0

    init(path: String, head: ObjectID?, _ dialect: IndexDialect) throws(FileError) {
        file = try FileWriter(path: path)
        // The Python service knows no other table.
        end = dialect == .python ? Array("}}\n".utf8) : IndexFiles.ending(head)
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
