import Apps
import JSONValues
import Sync

/// An app in the list of all apps.
enum AppRow {
    static func write(_ view: AppView, to out: inout JSONWriter) {
        let app = view.app
        let id = app.id.description
        out.write(raw: "{\"id\":")
        out.write(string: id)
        out.write(raw: ",\"name\":")
        out.write(string: app.id.name)
        out.write(raw: ",\"appId\":")
        out.write(string: id)
        out.write(raw: ",\"description\":")
        out.write(string: app.description)
        out.write(raw: ",\"deployedVersion\":")
        out.write(app.activeVersion)
        out.write(raw: ",\"versionCount\":")
        out.write(app.versions.count)
        out.write(raw: ",\"readOnly\":")
        out.write(view.isReadOnly)
        out.write(raw: ",\"graph\":")
        out.write(graph: app.graph, of: app.id, status: view.observed?.statusText)
        out.write(raw: ",\"lastDeployment\":")
        out.write(view.lastDeployment)
        out.write(raw: ",\"lastEdit\":")
        out.write(app.lastEdit)
        out.write(raw: "}")
    }
}
