import Apps
import JSONValues
import Sync

/// An app with all its versions.
enum AppDetail {
    static func bytes(_ view: AppView) -> [UInt8] {
        let app = view.app
        let active = app.activeVersion
        let state = app.live.flatMap { $0.deploys ? LiveState($0, view) : nil }
        var out = JSONWriter()
        out.output.reserveCapacity(512 + 256 * app.versions.count + (active == 0 ? 0 : app.live?.graph.json.count ?? 0))
        out.write(raw: "{\"id\":")
        out.write(view.observed?.uid)
        out.write(raw: ",\"name\":")
        out.write(string: app.id.name)
        out.write(raw: ",\"namespace\":")
        out.write(string: app.id.namespace)
        out.write(raw: ",\"readOnly\":")
        out.write(view.isReadOnly)
        out.write(raw: ",\"versions\":[")
        for version in app.versions {
            if version.number > 1 { out.write(raw: ",") }
            write(version, state: version.number == active ? state : nil, in: view, to: &out)
        }
        out.write(raw: "],\"deployed\":")
        out.write(state?.word == .deployed)
        out.write(raw: ",\"graph\":")
        if active != 0 {
            out.write(graph: app.live?.graph, of: app.id, status: view.observed?.statusText)
        } else {
            out.write(raw: "{}")
        }
        out.write(raw: ",\"lastModified\":")
        out.write(app.live.map { view.observed?.status?["lastModified"]?.string ?? $0.since.description })
        out.write(raw: "}")
        return out.output
    }

    /// - Parameter state: how it stands, if it is the active version.
    private static func write(_ version: Version, state: LiveState?, in view: AppView, to out: inout JSONWriter) {
        out.write(raw: "{\"name\":")
        out.write(string: view.app.id.name)
        out.write(raw: ",\"appId\":")
        out.write(string: view.app.id.description)
        out.write(raw: ",\"version\":\"")
        out.write(version.number)
        out.write(raw: "\",\"status\":")
        out.write(string: (state?.word ?? .undeployed).rawValue)
        out.write(raw: ",\"deployed\":")
        out.write(state != nil)
        out.write(raw: ",\"lastDeployment\":")
        out.write(state != nil ? view.lastDeployment : version.lastMadeLive?.description)
        out.write(raw: ",\"lastEdit\":")
        out.write(version.created)
        out.write(raw: ",\"notes\":\"\"")
        if let message = state?.message {
            out.write(raw: ",\"message\":")
            out.write(string: message)
        }
        out.write(raw: "}")
    }
}
