import Apps
import JSONValues
import Sync

extension JSONWriter {
    mutating func write(_ text: String?) {
        if let text { write(string: text) } else { write(raw: "null") }
    }

    mutating func write(_ time: Timestamp?) { write(time?.description) }

    mutating func write(_ truth: Bool) { write(raw: truth ? "true" : "false") }

    mutating func write(_ number: Int) { output.append(contentsOf: String(number).utf8) }

    /// A graph as the UI knows it: only name, namespace and `spec.graph` of the manifest, and the resource's status.
    mutating func write(graph text: GraphText?, of id: AppID, status: [UInt8]?) {
        write(raw: "{\"apiVersion\":\"rampart.petuum.com/v1beta2\",\"kind\":\"RampartGraph\",\"metadata\":{\"name\":")
        write(string: id.name)
        write(raw: ",\"namespace\":")
        write(string: id.namespace)
        write(raw: "},\"spec\":{")
        if let text, let range = CompactJSON.range(of: ["spec", "graph"], in: text.json) {
            write(raw: "\"graph\":")
            output.append(contentsOf: text.json[range])
        }
        write(raw: "}")
        if let status {
            write(raw: ",\"status\":")
            output.append(contentsOf: status)
        }
        write(raw: "}")
    }
}

/// An app and what the cluster has of it: everything that its answers are made of.
struct AppView: Sendable {
    let app: App
    let observed: ObservedGraph?
    let sync: AppSync?
    /// Whether the cluster has been seen at all since the service started.
    let hasSeenCluster: Bool

    /// Whether only reads are allowed: by the label in git, or on the resource itself.
    var isReadOnly: Bool { app.isReadOnly || observed?.labels["rampart-graph-readonly"] == "true" }

    /// When the active version was deployed, as the controller says, or else as git says.
    var lastDeployment: String? {
        if app.activeVersion != 0, let time = observed?.status?["lastModified"]?.string { return time }
        return app.lastDeployment?.description
    }
}
