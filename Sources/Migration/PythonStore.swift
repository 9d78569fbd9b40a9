import Apps
import Graphs
import JSONValues

/// What stands in the four files of the Python service, as values.
struct PythonStore: Sendable {
    struct AppRow: Sendable {
        let row: String
        let namespace: String
        let name: String
        let description: String
        let labels: JSONObject
        let graph: JSON
        let lastEdit: Timestamp?
        let activeVersion: Int64
    }

    struct VersionRow: Sendable {
        let row: String
        let namespace: String
        let name: String
        let number: Int64
        let hash: String
        let isActive: Bool
        let graph: JSON
        let created: Timestamp?
        let lastDeployment: Timestamp?
    }

    struct ConfigRow: Sendable {
        let row: String
        let id: String
        let content: NodeConfigContent?
        let created: Timestamp?
        let lastModified: Timestamp?
        let version: Int64
    }

    struct DashboardRow: Sendable {
        let row: String
        let app: String
        let uid: String
    }

    var apps: [AppRow] = []
    var versions: [VersionRow] = []
    var configs: [ConfigRow] = []
    var dashboards: [DashboardRow] = []
    var oddities: [ImportReport.Line] = []

    init(reading folder: String) throws(MigrationError) {
        let files = (
            apps: try TinyDBFile("apps.json", in: folder), versions: try TinyDBFile("versions.json", in: folder),
            configs: try TinyDBFile("configs.json", in: folder),
            dashboards: try TinyDBFile("dashboard.json", in: folder)
        )
        for file in [files.apps, files.versions, files.configs, files.dashboards] {
            oddities += file.oddities.map { .init(.leftOut, "\(file.name) \($0)", "is no row") }
        }
        apps = files.apps.rows.map { number, row in
            AppRow(
                row: "apps.json \(number)", namespace: row["namespace"]?.string ?? "", name: row["name"]?.string ?? "",
                description: row["desc"]?.string ?? "", labels: row["labels"]?.object ?? [:],
                graph: row["graph"] ?? .null, lastEdit: Self.time(row["lastEditTimestamp"]),
                activeVersion: row["activeVersion"]?.int ?? 0)
        }
        versions = files.versions.rows.map { number, row in
            VersionRow(
                row: "versions.json \(number)", namespace: row["namespace"]?.string ?? "",
                name: row["name"]?.string ?? "", number: Self.number(row["version"]), hash: row["hash"]?.string ?? "",
                isActive: Self.truth(row["active"]), graph: row["graph"]?["object"] ?? .null,
                created: Self.time(row["creationTimestamp"]), lastDeployment: Self.time(row["lastDeploymentTimestamp"]))
        }
        configs = files.configs.rows.map { number, row in
            ConfigRow(
                row: "configs.json \(number)", id: row["id"]?.string ?? "", content: Self.content(row),
                created: Self.time(row["creationTimestamp"]), lastModified: Self.time(row["lastModifiedTimestamp"]),
                version: max(1, row["version"]?.int ?? 1))
        }
        dashboards = files.dashboards.rows.map { number, row in
            DashboardRow(
                row: "dashboard.json \(number)", app: row["app_id"]?.string ?? "",
                uid: row["dashboard_uid"]?.string ?? "")
        }
    }

    private static func content(_ row: JSONObject) -> NodeConfigContent? {
        guard let title = row["title"]?.string, let type = row["type"]?.string, let nodeType = row["nodeType"]?.string,
            let config = row["config"]?.object
        else { return nil }
        return NodeConfigContent(
            title: title, type: type, nodeType: nodeType, message: row["message"]?.string, config: config)
    }

    private static func time(_ value: JSON?) -> Timestamp? { value?.string.flatMap(PythonTime.read) }

    private static func number(_ value: JSON?) -> Int64 { value?.int ?? value?.string.flatMap { Int64($0) } ?? 0 }

    /// Booleans are `"True"` and `"False"` there; real ones are taken too.
    private static func truth(_ value: JSON?) -> Bool { value?.bool ?? (value?.string?.lowercased() == "true") }
}
