import Foundation
import JSONValues

/// The rows of one of the Python service's files, with their numbers.
struct TinyDBFile: Sendable {
    /// The file's name, for reports.
    let name: String
    let rows: [(number: String, fields: JSONObject)]
    /// Rows that are no objects.
    let oddities: [String]

    /// - Throws: ``MigrationError`` where the file is there but cannot be understood. A file that is missing or empty
    ///   has no rows.
    init(_ name: String, in folder: String) throws(MigrationError) {
        let path = "\(folder)/\(name)"
        self.name = name
        guard FileManager.default.fileExists(atPath: path) else {
            (rows, oddities) = ([], [])
            return
        }
        let json: JSON
        do {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            json = bytes.allSatisfy { $0 <= 0x20 } ? .null : try JSON(parsing: bytes)
        } catch {
            throw MigrationError(
                "\(path) cannot be read: \(error). Take it from a backup, or stop the old service first")
        }
        if !json.isNull, json.object == nil { throw MigrationError("\(path) is no TinyDB file") }
        var rows: [(number: String, fields: JSONObject)] = []
        var oddities: [String] = []
        for (number, row) in json["_default"]?.object ?? [:] {
            if let fields = row.object { rows.append((number, fields)) } else { oddities.append(number) }
        }
        self.rows = rows.sorted { (Int($0.number) ?? .max, $0.number) < (Int($1.number) ?? .max, $1.number) }
        self.oddities = oddities
    }
}

/// Why a migration cannot begin.
public struct MigrationError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
