import Foundation
import JSONValues

// Folders, datasources, and what Prometheus says.

extension GrafanaStore {
    func folders(_ query: GrafanaQuery) -> JSON {
        let all = with { state in state.folders.values.map { Self.json($0, path) } }
        return .array(query.page(of: all.sorted { ($0["title"]?.string ?? "") < ($1["title"]?.string ?? "") }))
    }

    func folder(_ uid: String) throws -> JSON {
        try with { state throws -> JSON in
            guard let folder = state.folders[uid] else { throw GrafanaFault.noFolder }
            return Self.json(folder, path)
        }
    }

    func createFolder(_ body: JSON) throws -> JSON {
        let title = body["title"]?.string ?? ""
        guard !title.isEmpty else { throw GrafanaFault(400, "folder title cannot be empty") }
        return try with { state throws -> JSON in
            let id = state.nextID()
            let uid = body["uid"]?.string ?? "f\(id)"
            guard state.folders[uid] == nil else {
                throw GrafanaFault(412, "the folder has been changed by someone else", status: "version-mismatch")
            }
            guard !state.folders.values.contains(where: { $0.title == title }) else {
                throw GrafanaFault(409, "a folder with the same name already exists in the current location")
            }
            let folder = Folder(id: id, uid: uid, title: title)
            state.folders[uid] = folder
            return Self.json(folder, path)
        }
    }

    func changeFolder(_ uid: String, _ body: JSON) throws -> JSON {
        try with { state throws -> JSON in
            guard var folder = state.folders[uid] else { throw GrafanaFault.noFolder }
            guard body["overwrite"]?.bool == true || body["version"]?.int == folder.version else {
                throw GrafanaFault(412, "the folder has been changed by someone else", status: "version-mismatch")
            }
            folder.title = body["title"]?.string ?? folder.title
            folder.version += 1
            state.folders[uid] = folder
            return Self.json(folder, path)
        }
    }

    /// The dashboards in it go with it.
    func deleteFolder(_ uid: String) throws -> JSON {
        try with { state throws -> JSON in
            guard let folder = state.folders.removeValue(forKey: uid) else { throw GrafanaFault.noFolder }
            state.dashboards = state.dashboards.filter { $0.value.folder != uid }
            return [
                "message": .string("Folder \(folder.title) deleted"), "id": .int(folder.id),
                "title": .string(folder.title),
            ]
        }
    }

    private static func json(_ folder: Folder, _ path: String) -> JSON {
        [
            "id": .int(folder.id), "uid": .string(folder.uid), "title": .string(folder.title),
            "url": .string("\(path)/dashboards/f/\(folder.uid)/\(slug(folder.title))"), "hasAcl": false,
            "canSave": true, "canEdit": true, "canAdmin": true, "canDelete": true, "version": .int(folder.version),
        ]
    }

    func datasources() -> JSON {
        .array(with { state in state.datasources.sorted { $0.key < $1.key }.map(\.value) })
    }

    /// The datasource that a member names.
    func datasource(_ key: String, _ value: String) throws -> JSON {
        try with { state throws -> JSON in
            let found = state.datasources.values.first { $0[key]?.string == value || "\($0[key] ?? .null)" == value }
            guard let found else { throw GrafanaFault.noDatasource }
            return found
        }
    }

    func createDatasource(_ body: JSON) throws -> JSON {
        guard let name = body["name"]?.string, let type = body["type"]?.string else {
            throw GrafanaFault(400, "bad request data")
        }
        return try with { state throws -> JSON in
            guard !state.datasources.values.contains(where: { $0["name"]?.string == name }) else {
                throw GrafanaFault(409, "data source with the same name already exists")
            }
            let id = (state.datasources.keys.max() ?? 0) + 1
            var datasource = body
            datasource["id"] = .int(id)
            if datasource["uid"]?.string == nil { datasource["uid"] = .string("\(type)-\(id)") }
            datasource["isDefault"] = body["isDefault"] ?? false
            state.datasources[id] = datasource
            return [
                "datasource": datasource, "id": .int(id), "message": "Datasource added", "name": .string(name),
            ]
        }
    }

    func deleteDatasource(_ key: String, _ value: String) throws -> JSON {
        let id = try datasource(key, value)["id"]?.int ?? 0
        with { state in state.datasources[id] = nil }
        return ["id": .int(id), "message": "Data source deleted"]
    }

    /// What Prometheus says of its metrics.
    func metadata(_ query: GrafanaQuery) -> JSON {
        let names = with { state in state.metrics }.sorted().filter { query["metric"] ?? $0 == $0 }
        let data = names.map { name in
            (name, [["type": "gauge", "help": .string("\(name)."), "unit": ""]] as JSON)
        }
        return ["status": "success", "data": .object(JSONObject(pairs: data))]
    }
}

/// A query whose parameters may stand several times.
struct GrafanaQuery: Sendable {
    private let pairs: [(name: String, value: String)]

    init(_ text: String) {
        pairs = text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            func decoded(_ text: Substring) -> String {
                text.replacing("+", with: " ").removingPercentEncoding ?? String(text)
            }
            return (decoded(parts[0]), parts.count > 1 ? decoded(parts[1]) : "")
        }
    }

    subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

    /// The part of a list that `limit` and `page` ask for.
    func page(of list: [JSON]) -> [JSON] {
        let limit = min(max(Int(self["limit"] ?? "") ?? 1_000, 1), 5_000)
        let page = max(Int(self["page"] ?? "") ?? 1, 1)
        return Array(list.dropFirst((page - 1) * limit).prefix(limit))
    }
}
