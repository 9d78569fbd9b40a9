import Apps
import Git
import JSONValues

/// Where apps are: a running service, or a graph repository on disk. Both answer in the forms of the REST API.
protocol AppPlace: Sendable {
    /// `GET …/versions`.
    func versions(_ app: AppID) async throws -> JSON
    /// `GET …/history`.
    func history(_ app: AppID, limit: Int, before: String?) async throws -> JSON
    /// `GET …/diff`.
    func diff(_ app: AppID, from: String, to: String) async throws -> JSON
    /// Makes a version live.
    ///
    /// - Parameter expecting: the app's last commit that the caller has seen; nil to go ahead in any case.
    func deploy(_ app: AppID, version: Int, expecting: String?) async throws -> Done
    func undeploy(_ app: AppID, expecting: String?) async throws -> Done
    /// - Parameter app: nil to undo the commit whatever it touched.
    func revert(_ commit: String, of app: AppID?, whole: Bool) async throws -> Done
}

/// What a command has done.
struct Done: Sendable {
    /// The commit; nil where everything was already as asked.
    var commit: String?
    /// Why the cluster does not have it yet; nil where it has, or nobody knows.
    var pending: String?
    /// What a revert undid, and in which apps.
    var reverted: String?
    var apps: [String] = []
}

extension Done {
    func json(_ facts: KeyValuePairs<String, JSON>) -> JSON {
        var object = JSONObject(pairs: facts.map { ($0.key, $0.value) })
        object["commit"] = commit.map { .string($0) } ?? .null
        if let reverted { object["reverted"] = .string(reverted) }
        if !apps.isEmpty { object["apps"] = .array(apps.map { .string($0) }) }
        object["state"] = pending == nil ? "done" : "pending"
        if let pending { object["message"] = .string(pending) }
        return .object(object)
    }

    /// One line for people.
    func text(_ what: String) -> String {
        guard let commit else { return "\(what): nothing to do, it is so already" }
        let line = "\(what): commit \(Terminal.styled(commit.prefix(7), .yellow))"
        return pending.map { "\(line)\n\($0)" } ?? line
    }
}
