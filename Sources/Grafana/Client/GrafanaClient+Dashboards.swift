public import JSONValues
import NIOHTTP1

extension GrafanaClient {
    /// The dashboard with a uid; nil where there is none.
    public func dashboard(_ uid: String) async throws(GrafanaError) -> StoredDashboard? {
        let path = "/api/dashboards/uid/\(try Self.segment(uid, "reading a dashboard"))"
        do throws(GrafanaError) {
            let json = try await exchange.send(.GET, path)
            guard let dashboard = StoredDashboard(json) else {
                throw GrafanaError(.unreadable, "GET \(path)", "expected a dashboard with uid and version")
            }
            return dashboard
        } catch {
            if error.kind == .notFound { return nil }
            throw error
        }
    }

    /// Creates a dashboard, or changes the one with its `uid`.
    ///
    /// - Parameters:
    ///   - dashboard: the JSON model with `uid` and `title`.
    ///   - version: the version that is to be changed; nil where there is none yet.
    ///   - folder: the uid of the folder it is to lie in; nil for none.
    ///   - message: stands in the dashboard's history.
    /// - Throws: ``GrafanaError/Kind/versionMismatch`` where Grafana has another version by now: nothing is written.
    public func save(
        _ dashboard: JSON, version: Int64?, folder: String? = nil, message: String
    ) async throws(GrafanaError) -> (id: Int64, version: Int64) {
        var model = dashboard
        model["id"] = .null
        model["version"] = version.map { .int($0) }
        var body: JSON = ["dashboard": model, "overwrite": false, "message": .string(message)]
        if let folder { body["folderUid"] = .string(folder) }
        let json = try await exchange.send(.POST, "/api/dashboards/db", body: body, fence: fence)
        guard let version = json["version"]?.int else {
            throw GrafanaError(.unreadable, "POST /api/dashboards/db", "the answer names no version")
        }
        return (json["id"]?.int ?? 0, version)
    }

    /// Deletes a dashboard.
    ///
    /// - Returns: false where there was none.
    @discardableResult
    public func deleteDashboard(_ uid: String) async throws(GrafanaError) -> Bool {
        do throws(GrafanaError) {
            let path = "/api/dashboards/uid/\(try Self.segment(uid, "deleting a dashboard"))"
            _ = try await exchange.send(.DELETE, path, fence: fence)
            return true
        } catch {
            if error.kind == .notFound { return false }
            throw error
        }
    }

    /// The dashboards that carry a tag, however many.
    public func dashboards(tag: String) async throws(GrafanaError) -> [FoundDashboard] {
        let limit = 1_000
        var found: [FoundDashboard] = []
        for page in 1...1_000 {
            let json = try await exchange.send(
                .GET, "/api/search",
                query: [("type", "dash-db"), ("tag", tag), ("limit", "\(limit)"), ("page", "\(page)")])
            let list = try Self.list(json, "GET /api/search")
            found += list.compactMap { FoundDashboard($0) }
            if list.count < limit { break }
        }
        return found
    }
}

/// A dashboard as Grafana has it.
public struct StoredDashboard: Sendable, Hashable {
    public let id: Int64
    public let uid: String
    /// Counts the times that it was written.
    public let version: Int64
    /// The JSON model.
    public let model: JSON
    /// The uid of the folder that it lies in; empty for none.
    public let folder: String
    /// Who changed it last, and when, as Grafana says it.
    public let updatedBy: String?
    public let updated: String?
    /// Whether it comes from a file beside Grafana, so that nobody else can change it.
    public let isProvisioned: Bool

    public init?(_ json: JSON) {
        guard let model = json["dashboard"], let uid = model["uid"]?.string,
            let version = model["version"]?.int ?? json.at("meta", "version")?.int
        else { return nil }
        let meta = json["meta"]
        self.model = model
        self.uid = uid
        self.version = version
        id = model["id"]?.int ?? 0
        folder = meta?["folderUid"]?.string ?? ""
        updatedBy = meta?["updatedBy"]?.string
        updated = meta?["updated"]?.string
        isProvisioned = meta?["provisioned"]?.bool ?? false
    }

    public var title: String { model["title"]?.string ?? "" }
    public var tags: [String] { model["tags"]?.array?.compactMap(\.string) ?? [] }
}

/// A dashboard that a search has found.
public struct FoundDashboard: Sendable, Hashable {
    public let uid: String
    public let title: String
    public let tags: [String]

    init?(_ json: JSON) {
        guard let uid = json["uid"]?.string else { return nil }
        self.uid = uid
        title = json["title"]?.string ?? ""
        tags = json["tags"]?.array?.compactMap(\.string) ?? []
    }
}
