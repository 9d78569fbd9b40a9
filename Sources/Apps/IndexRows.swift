import Graphs
import JSONValues

/// How a row says what is true.
public enum IndexDialect: Sendable {
    /// As TinyDB has booleans.
    case json
    /// As the Python service wrote and reads them: `"True"`, `"False"`, and with a place for the resource's uid.
    case python

    func truth(_ value: Bool) -> String {
        switch self {
        case .json: value ? "true" : "false"
        case .python: value ? "\"True\"" : "\"False\""
        }
    }

    /// A manifest in a row. The Python service keeps whether a graph runs beside it and not in it.
    func graph(_ text: [UInt8]) -> [UInt8] {
        guard self == .python, var json = try? JSON(parsing: text), json.at("spec", "deploy") != nil else {
            return text
        }
        json["spec"]?["deploy"] = nil
        return json.bytes()
    }
}

/// The rows of the index files, as the old service's TinyDB tables have them.
///
/// Only what history says goes in, so that the same history gives the same bytes.
enum IndexRows {
    static func app(_ app: App, _ dialect: IndexDialect) -> [UInt8]? {
        guard let graph = app.graph else { return nil }
        var row = JSONWriter()
        if dialect == .python {
            row.output += Array("{\"uid\":null".utf8)
            row.member("app_id", app.id.description)
        } else {
            row.member("app_id", app.id.description, first: true)
        }
        row.member("namespace", app.id.namespace)
        row.member("name", app.id.name)
        row.member("desc", app.description)
        row.member("active", raw: dialect.truth(app.activeVersion != 0))
        row.member("labels", raw: app.labels.isEmpty ? "null" : app.labels)
        row.key("graph")
        row.output += dialect.graph(graph.json)
        row.member("lastEditTimestamp", app.lastEdit.description)
        row.member("lastDeploymentTimestamp", app.lastDeployment?.description)
        row.member("activeVersion", raw: String(app.activeVersion))
        row.member("versionCount", raw: String(app.versions.count))
        row.output.append(UInt8(ascii: "}"))
        return row.output
    }

    static func version(_ version: Version, of app: App, graph: [UInt8], _ dialect: IndexDialect) -> [UInt8] {
        let created = version.created.description
        var row = JSONWriter()
        row.output.reserveCapacity(graph.count + 512)
        row.member("namespace", app.id.namespace, first: true)
        row.member("name", app.id.name)
        row.member("version", raw: String(version.number))
        row.member("hash", version.hash)
        row.member("status", raw: "null")
        row.member("active", raw: dialect.truth(app.activeVersion == version.number))
        row.key("graph")
        row.output += Array("{\"object\":".utf8)
        row.output += dialect.graph(graph)
        row.member("timestamp", created)
        row.member("uid", raw: "null")
        row.output.append(UInt8(ascii: "}"))
        row.member("creationTimestamp", created)
        row.member("lastDeploymentTimestamp", version.lastMadeLive?.description)
        row.output.append(UInt8(ascii: "}"))
        return row.output
    }

    /// `generation` is the version that is live, as it is wherever the Python service had `metadata.generation`;
    /// `dashboard_id` and `dashboard_version` are Grafana's to say.
    static func dashboard(_ row: DashboardRow, of id: AppID, _ live: LiveGraph) -> [UInt8] {
        var writer = JSONWriter()
        writer.member("app_id", id.description, first: true)
        writer.member("generation", raw: String(live.version))
        writer.member("dashboard_id", raw: "null")
        writer.member("dashboard_uid", row.uid)
        writer.member("dashboard_version", raw: "null")
        writer.member("urls", row.urls)
        writer.output.append(UInt8(ascii: "}"))
        return writer.output
    }

    static func config(_ config: NodeConfig) -> [UInt8]? {
        guard let content = config.content else { return nil }
        var row = JSONWriter()
        row.member("id", config.id, first: true)
        row.member("title", content.title)
        row.key("config")
        row.write(.object(content.config))
        row.member("type", content.type)
        row.member("nodeType", content.nodeType)
        row.member("message", content.message)
        row.member("creationTimestamp", config.created.description)
        row.member("lastModifiedTimestamp", config.lastModified?.description)
        row.member("version", raw: String(config.version))
        row.output.append(UInt8(ascii: "}"))
        return row.output
    }
}

extension JSONWriter {
    fileprivate mutating func key(_ key: String, first: Bool = false) {
        output.append(first ? UInt8(ascii: "{") : UInt8(ascii: ","))
        write(string: key)
        output.append(UInt8(ascii: ":"))
    }

    fileprivate mutating func member(_ key: String, _ value: String?, first: Bool = false) {
        self.key(key, first: first)
        if let value { write(string: value) } else { output += Array("null".utf8) }
    }

    fileprivate mutating func member(_ key: String, raw: String) {
        self.key(key)
        output += Array(raw.utf8)
    }
}
