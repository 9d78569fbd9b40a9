import Graphs
import JSONValues

/// The rows of the index files, as the old service's TinyDB tables have them.
///
/// Only what history says goes in, so that the same history gives the same bytes.
enum IndexRows {
    static func app(_ app: App) -> [UInt8]? {
        guard let graph = app.graph else { return nil }
        var row = JSONWriter()
        row.member("app_id", app.id.description, first: true)
        row.member("namespace", app.id.namespace)
        row.member("name", app.id.name)
        row.member("desc", app.description)
        row.member("active", raw: app.activeVersion == 0 ? "false" : "true")
        row.member("labels", raw: app.labels.isEmpty ? "null" : app.labels)
        row.key("graph")
        row.output += graph.json
        row.member("lastEditTimestamp", app.lastEdit.description)
        row.member("lastDeploymentTimestamp", app.lastDeployment?.description)
        row.member("activeVersion", raw: String(app.activeVersion))
        row.member("versionCount", raw: String(app.versions.count))
        row.output.append(UInt8(ascii: "}"))
        return row.output
    }

    static func version(_ version: Version, of app: App, graph: [UInt8]) -> [UInt8] {
        let created = version.created.description
        var row = JSONWriter()
        row.output.reserveCapacity(graph.count + 512)
        row.member("namespace", app.id.namespace, first: true)
        row.member("name", app.id.name)
        row.member("version", raw: String(version.number))
        row.member("hash", version.hash)
        row.member("status", raw: "null")
        row.member("active", raw: app.activeVersion == version.number ? "true" : "false")
        row.key("graph")
        row.output += Array("{\"object\":".utf8)
        row.output += graph
        row.member("timestamp", created)
        row.member("uid", raw: "null")
        row.output.append(UInt8(ascii: "}"))
        row.member("creationTimestamp", created)
        row.member("lastDeploymentTimestamp", version.lastMadeLive?.description)
        row.output.append(UInt8(ascii: "}"))
        return row.output
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
