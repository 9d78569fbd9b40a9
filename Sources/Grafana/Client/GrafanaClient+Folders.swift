import JSONValues
import NIOHTTP1

extension GrafanaClient {
    /// The folders at the top.
    public func folders() async throws(GrafanaError) -> [Folder] {
        let limit = 1_000
        var found: [Folder] = []
        for page in 1...1_000 {
            let json = try await exchange.send(
                .GET, "/api/folders", query: [("limit", "\(limit)"), ("page", "\(page)")])
            let list = try Self.list(json, "GET /api/folders")
            found += list.compactMap { Folder($0) }
            if list.count < limit { break }
        }
        return found
    }

    /// The folder with a uid; nil where there is none.
    public func folder(_ uid: String) async throws(GrafanaError) -> Folder? {
        do throws(GrafanaError) {
            let path = "/api/folders/\(try Self.segment(uid, "reading a folder"))"
            return Folder(try await exchange.send(.GET, path))
        } catch {
            if error.kind == .notFound { return nil }
            throw error
        }
    }

    /// Makes a folder.
    ///
    /// - Throws: ``GrafanaError/Kind/nameExists`` where one has that title or uid.
    public func createFolder(_ uid: String, title: String) async throws(GrafanaError) -> Folder {
        let json: JSON
        do throws(GrafanaError) {
            json = try await exchange.send(
                .POST, "/api/folders", body: ["uid": .string(uid), "title": .string(title)], fence: fence)
        } catch  where error.kind == .versionMismatch {
            // How Grafana from 9 on says that the uid is taken.
            throw GrafanaError(.nameExists, error.operation, error.message, code: error.code)
        }
        guard let folder = Folder(json) else {
            throw GrafanaError(.unreadable, "POST /api/folders", "the answer is no folder")
        }
        return folder
    }
}

/// A folder of dashboards.
public struct Folder: Sendable, Hashable {
    public let uid: String
    public let title: String

    init?(_ json: JSON) {
        guard let uid = json["uid"]?.string else { return nil }
        self.uid = uid
        title = json["title"]?.string ?? ""
    }
}
