import Foundation
import JSONValues
import Synchronization

/// What a Grafana keeps.
final class GrafanaStore: Sendable {
    struct Dashboard {
        var id: Int64
        var version: Int64
        var model: JSON
        var folder: String
        var created: Date
        var updated: Date
        var createdBy: String
        var updatedBy: String

        var title: String { model["title"]?.string ?? "" }
        var tags: [String] { model["tags"]?.array?.compactMap(\.string) ?? [] }
    }

    struct Folder {
        var id: Int64
        var uid: String
        var title: String
        var version: Int64 = 1
    }

    struct State {
        var dashboards: [String: Dashboard] = [:]
        var folders: [String: Folder] = [:]
        var datasources: [Int64: JSON] = [:]
        var metrics: Set<String> = []
        var editorTokens: Set<String> = []
        var lastID: Int64 = 0

        mutating func nextID() -> Int64 {
            lastID += 1
            return lastID
        }
    }

    let path: String
    private let state: Mutex<State>

    init(_ options: GrafanaSandboxOptions) {
        path = options.path
        var state = State()
        state.editorTokens = options.editorTokens
        for (index, (name, type)) in options.datasources.enumerated() {
            let id = Int64(index + 1)
            state.datasources[id] = [
                "id": .int(id), "uid": .string("\(type)-\(id)"), "orgId": 1,
                "name": .string(name), "type": .string(type), "access": "proxy", "url": "", "isDefault": false,
                "jsonData": [:],
                "readOnly": false,
            ]
        }
        self.state = Mutex(state)
    }

    func with<Value: Sendable>(_ body: (inout sending State) throws -> sending Value) rethrows -> Value {
        try state.withLock(body)
    }

    /// Loses the dashboards and folders, and begins to number anew.
    func forget() {
        state.withLock { state in
            state.dashboards = [:]
            state.folders = [:]
            state.lastID = 0
        }
    }

    func setMetrics(_ names: Set<String>) { state.withLock { $0.metrics = names } }

    func setEditorTokens(_ tokens: Set<String>) { state.withLock { $0.editorTokens = tokens } }

    func isEditor(_ token: String) -> Bool { state.withLock { $0.editorTokens.contains(token) } }

    var dashboards: [String: JSON] {
        state.withLock { state in
            state.dashboards.mapValues { dashboard in
                var model = dashboard.model
                model["version"] = .int(dashboard.version)
                return model
            }
        }
    }

    // MARK: - Dashboards

    /// Writes a dashboard, as `POST /api/dashboards/db` does it.
    func save(_ body: JSON, by user: String, now: Date = Date()) throws -> JSON {
        guard var model = body["dashboard"], model.object != nil else {
            throw GrafanaFault(400, "bad request data")
        }
        let title = model["title"]?.string ?? ""
        guard !title.isEmpty else { throw GrafanaFault(400, "Dashboard title cannot be empty", status: "empty-name") }
        let overwrite = body["overwrite"]?.bool ?? false
        let folder = body["folderUid"]?.string ?? ""
        var uid = model["uid"]?.string ?? ""
        guard uid.utf8.count <= 40 else { throw GrafanaFault(400, "uid too long, max 40 characters") }
        guard uid.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }) else {
            throw GrafanaFault(400, "uid contains illegal characters")
        }
        let id = model["id"]?.int ?? 0
        return try state.withLock { state throws -> JSON in
            guard folder.isEmpty || state.folders[folder] != nil else { throw GrafanaFault(400, "folder not found") }
            if id != 0 {
                guard let known = state.dashboards.first(where: { $0.value.id == id }) else {
                    throw GrafanaFault.noDashboard
                }
                if uid.isEmpty { uid = known.key }
            }
            if uid.isEmpty { uid = Self.newUID() }
            let former = state.dashboards[uid]
            if let former, !overwrite, model["version"]?.int ?? 0 != former.version {
                throw GrafanaFault(
                    412, "The dashboard has been changed by someone else", status: "version-mismatch")
            }
            let namesake = state.dashboards.first {
                $0.key != uid && $0.value.folder == folder && $0.value.title == title
            }
            if let namesake {
                guard overwrite, former == nil else {
                    throw GrafanaFault(
                        412, "A dashboard with the same name in the folder already exists", status: "name-exists")
                }
                state.dashboards[namesake.key] = nil
            }
            let version = (former?.version ?? 0) + 1
            let number = former?.id ?? state.nextID()
            model["id"] = .int(number)
            model["uid"] = .string(uid)
            model["version"] = .int(version)
            state.dashboards[uid] = Dashboard(
                id: number, version: version, model: model, folder: folder, created: former?.created ?? now,
                updated: now, createdBy: former?.createdBy ?? user, updatedBy: user)
            let slug = Self.slug(title)
            return [
                "folderUid": .string(folder), "id": .int(number), "slug": .string(slug), "status": "success",
                "uid": .string(uid), "url": .string("\(path)/d/\(uid)/\(slug)"), "version": .int(version),
            ]
        }
    }

    func dashboard(_ uid: String) throws -> JSON {
        try state.withLock { state throws -> JSON in
            guard let dashboard = state.dashboards[uid] else { throw GrafanaFault.noDashboard }
            let slug = Self.slug(dashboard.title)
            let folder = state.folders[dashboard.folder]
            return [
                "meta": [
                    "type": "db", "canSave": true, "canEdit": true, "canDelete": true, "slug": .string(slug),
                    "url": .string("\(path)/d/\(uid)/\(slug)"), "created": .string(Self.text(dashboard.created)),
                    "updated": .string(Self.text(dashboard.updated)), "createdBy": .string(dashboard.createdBy),
                    "updatedBy": .string(dashboard.updatedBy), "version": .int(dashboard.version), "isFolder": false,
                    "folderUid": .string(dashboard.folder), "folderTitle": .string(folder?.title ?? "General"),
                    "provisioned": false, "provisionedExternalId": "",
                ], "dashboard": dashboard.model,
            ]
        }
    }

    func delete(_ uid: String) throws -> JSON {
        try state.withLock { state throws -> JSON in
            guard let dashboard = state.dashboards.removeValue(forKey: uid) else { throw GrafanaFault.noDashboard }
            return [
                "id": .int(dashboard.id), "message": .string("Dashboard \(dashboard.title) deleted"),
                "title": .string(dashboard.title), "uid": .string(uid),
            ]
        }
    }

    /// Dashboards and folders, by title.
    func search(_ query: GrafanaQuery) -> JSON {
        let words = query["query"]?.lowercased() ?? ""
        let found = state.withLock { state -> [JSON] in
            var found: [JSON] = []
            if query["type"] != "dash-db", query.all("tag").isEmpty {
                for folder in state.folders.values where words.isEmpty || folder.title.lowercased().contains(words) {
                    found.append([
                        "id": .int(folder.id), "uid": .string(folder.uid), "title": .string(folder.title),
                        "type": "dash-folder", "tags": [], "isStarred": false,
                        "url": .string("\(path)/dashboards/f/\(folder.uid)/\(Self.slug(folder.title))"),
                    ])
                }
            }
            guard query["type"] != "dash-folder" else { return found }
            for (uid, dashboard) in state.dashboards {
                guard words.isEmpty || dashboard.title.lowercased().contains(words),
                    query.all("tag").allSatisfy(dashboard.tags.contains),
                    query.all("dashboardUIDs").isEmpty || query.all("dashboardUIDs").contains(uid),
                    query.all("folderUIDs").isEmpty || query.all("folderUIDs").contains(dashboard.folder)
                else { continue }
                var item: JSON = [
                    "id": .int(dashboard.id), "uid": .string(uid), "title": .string(dashboard.title),
                    "type": "dash-db", "tags": .array(dashboard.tags.map { .string($0) }), "isStarred": false,
                    "url": .string("\(path)/d/\(uid)/\(Self.slug(dashboard.title))"),
                ]
                if let folder = state.folders[dashboard.folder] {
                    item["folderUid"] = .string(folder.uid)
                    item["folderTitle"] = .string(folder.title)
                }
                found.append(item)
            }
            return found
        }
        let sorted = found.sorted { ($0["title"]?.string ?? "") < ($1["title"]?.string ?? "") }
        return .array(query.page(of: sorted))
    }

    private static func newUID() -> String {
        let signs = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<14).map { _ in signs[Int.random(in: signs.indices)] })
    }

    static func slug(_ title: String) -> String {
        title.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.joined(separator: "-")
    }

    static func text(_ date: Date) -> String { date.ISO8601Format() }
}
