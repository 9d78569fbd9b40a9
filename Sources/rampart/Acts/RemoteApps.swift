import Apps
import JSONValues
import NIOHTTP1
import URLText

/// The apps of a running service.
struct RemoteApps: AppPlace {
    let client: ServiceClient

    func versions(_ app: AppID) async throws -> JSON { try await client.send(.GET, "apps/\(app)/versions").json }

    func history(_ app: AppID, limit: Int, before: String?) async throws -> JSON {
        let cursor = before.map { "&before=\(PercentEncoding.encode($0))" } ?? ""
        return try await client.send(.GET, "apps/\(app)/history?limit=\(limit)\(cursor)").json
    }

    func diff(_ app: AppID, from: String, to: String) async throws -> JSON {
        let query = "from=\(PercentEncoding.encode(from))&to=\(PercentEncoding.encode(to))"
        return try await client.send(.GET, "apps/\(app)/diff?\(query)").json
    }

    func deploy(_ app: AppID, version: Int, expecting: String?) async throws -> Done {
        try await redeploy(app, version: version, deployed: true, expecting: expecting)
    }

    /// Undeploying takes no version, but the path has one: that of the live graph, or else any.
    func undeploy(_ app: AppID, expecting: String?) async throws -> Done {
        try await redeploy(app, version: 1, deployed: false, expecting: expecting)
    }

    private func redeploy(_ app: AppID, version: Int, deployed: Bool, expecting: String?) async throws -> Done {
        let before = try await client.send(.GET, "apps/\(app)/history?limit=1")
        var headers: [String: String] = [:]
        if let expecting { headers["If-Match"] = "\"\(expecting)\"" }
        let answer = try await client.send(
            .POST, "apps/redeployment/\(app)/\(version)",
            [
                "appId": .string(app.description), "version": .string(String(version)), "deployed": .bool(deployed),
            ], headers: headers)
        // The tag of the answer is the app's last commit: the one from before where there was nothing to do.
        return Done(
            commit: answer.etag == before.etag ? nil : answer.etag.map { $0.filter(\.isHexDigit) },
            pending: answer.json["state"] == "pending" ? answer.json["message"]?.string : nil)
    }

    func revert(_ commit: String, of app: AppID?, whole: Bool) async throws -> Done {
        let path = app.map { "apps/\($0)/revert" } ?? "revert"
        let answer = try await client.send(.POST, path, ["commit": .string(commit), "whole": .bool(whole)]).json
        return Done(
            commit: answer["commit"]?.string, pending: answer["state"] == "pending" ? answer["message"]?.string : nil,
            reverted: answer["reverted"]?.string, apps: answer["apps"]?.array?.compactMap(\.string) ?? [])
    }
}
