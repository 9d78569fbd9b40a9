import Apps
import Git
import JSONValues
import Service

/// The apps of a graph repository on disk.
///
/// Safe beside a running service: the branch is moved by compare-and-swap, and the service sees the new commit as it
/// sees a push.
struct OfflineApps: AppPlace {
    let store: AppStore
    let data: String
    let branch: String
    /// Asked for when something is committed.
    let author: @Sendable () async throws -> Signature

    func versions(_ app: AppID) async throws -> JSON { VersionList.json(try existing(app)) }

    func history(_ app: AppID, limit: Int, before: String?) async throws -> JSON {
        guard store.snapshot.lastCommit(of: app) != nil else { throw unknown(app) }
        let page = try await store.log(app, limit: limit, before: before.flatMap { ObjectID($0) })
        guard let page else { throw Refused("the history of \(app) has no commit \(before ?? "")") }
        return HistoryAnswer.json(page, of: app)
    }

    func diff(_ app: AppID, from: String, to: String) async throws -> JSON {
        let known = try existing(app)
        return DiffAnswer.json(app, from: try await graph(from, of: known), to: try await graph(to, of: known))
    }

    private func graph(_ name: String, of app: App) async throws -> ComparedGraph {
        switch name {
        case "live":
            guard let live = app.live else { throw Refused("the app \(app.id) was never deployed") }
            return ComparedGraph(live: live)
        case "draft":
            guard let draft = app.draft else { throw Refused("the app \(app.id) has no draft") }
            return ComparedGraph(draft: draft)
        case "cluster": throw Refused("what the cluster has is known to a running service only; use --url")
        default:
            guard let number = Int(name), let version = app.version(number) else {
                throw Refused("the app \(app.id) has no version \(name); expected a number, live or draft")
            }
            return ComparedGraph(version, graph: try await refusing { try await store.versionGraph(app.id, number) })
        }
    }

    func deploy(_ app: AppID, version: Int, expecting: String?) async throws -> Done {
        try await perform(.deploy(app, version: version), expecting)
    }

    func undeploy(_ app: AppID, expecting: String?) async throws -> Done {
        try await perform(.undeploy(app), expecting)
    }

    func revert(_ commit: String, of app: AppID?, whole: Bool) async throws -> Done {
        let id = try await refusing { try await store.commit(abbreviated: commit) }
        let preview = try await refusing { try await store.preview(Revert(id, of: app, whole: whole)) }
        var done = try await perform(.revert(Revert(id, of: app, whole: whole)), nil)
        done.reverted = id.description
        done.apps = preview.apps.keys.sorted().map(\.description)
        return done
    }

    private func perform(_ act: Act, _ expecting: String?) async throws -> Done {
        let author = try await author()
        let result = try await refusing {
            try await store.perform(act, by: author, expecting: expecting.flatMap { ObjectID($0) })
        }
        return Done(commit: result.commit?.description)
    }

    private func refusing<Value>(_ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch let error as ActError {
            if case .storage = error { throw Unreachable("\(error)") }
            throw Refused("\(error)")
        }
    }

    private func existing(_ id: AppID) throws -> App {
        guard let app = store.snapshot[id] else { throw unknown(id) }
        return app
    }

    private func unknown(_ id: AppID) -> Refused { Refused("there is no app \(id) on the branch \(branch) of \(data)") }
}
