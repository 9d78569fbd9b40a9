import Access
import Apps
import Git
import Graphs
import HashTreeCollections
import Hummingbird
import JSONValues
import Sync

extension Writes {
    /// Undoes a commit by another one.
    ///
    /// - Parameter text: the app that the commit has to have touched; nil for any commit. The app may be gone: undoing
    ///   its deletion brings it back.
    func revert(_ text: String?, _ request: Request) async throws -> Response {
        let body = RevertBody(try await JSONBody(request, members: RevertBody.members, options: options))
        let snapshot = apps.snapshot
        var app: AppID?
        var expecting: ObjectID?
        if let text {
            guard let id = AppID(text), let last = snapshot.lastCommit(of: id) else { throw RestError.unknownApp(text) }
            app = id
            expecting = try Precondition(request.headers).expected(last: last)
            if let expecting, expecting != last { throw RestError(ActError.changed(current: last)) }
            // The resource may say that the app is read-only although its manifest does not.
            if let view = try? AppView(text, apps: apps, cluster: cluster) { try view.checkIsWritable() }
            if body.whole { try await Exchange.demandEverywhere(.deploy) }
        } else if request.headers[.ifMatch] != nil {
            throw RestError(
                .badRequest, state: "bad_if_match",
                "If-Match names the last commit of an app; send it to /api/v1/apps/{app_id}/revert")
        }
        let preview: RevertPreview
        let revert: Revert
        do {
            revert = Revert(try await apps.commit(abbreviated: body.commit), of: app, whole: body.whole)
            preview = try await apps.preview(revert, asAdmin: Exchange.current?.isAdmin ?? false)
        } catch {
            throw RestError(error)
        }
        // It may make apps, delete them, or change settings: what it takes to push that, it takes here.
        for need in preview.needs.subjects.keys.sorted(by: PushNeeds.Need.precedes) {
            try await Exchange.demand(need.permission, in: need.scope)
        }
        let pending = try await tryOut(preview, against: snapshot)
        if let proposed = try await proposals.instead(of: .revert(revert), request, expecting: expecting) {
            return proposed
        }
        let result = try await perform(.revert(revert), request, expecting: expecting)
        var answer: JSONObject = [:]
        answer["appId"] = app.map { .string($0.description) }
        answer["commit"] = result.commit.map { .string($0.description) } ?? .null
        answer["reverted"] = .string(revert.commit.description)
        answer["apps"] = .array(preview.apps.keys.sorted().map { .string($0.description) })
        if app != nil {
            answer["versionId"] = .int(Int64(result.version ?? 0))
            answer["activeVersion"] = .int(Int64(result.app?.activeVersion ?? 0))
        }
        let changesCluster = preview.apps.contains { Self.isForCluster($0.value) || snapshot[$0.key]?.live != nil }
        if let pending {
            answer["state"] = "pending"
            answer["message"] = .string("committed; the cluster gets it as soon as it can be asked: \(pending)")
            return Response(.accepted, .object(answer), etag: tag(of: result))
        }
        return self.answer(.object(answer), isPending: changesCluster, etag: tag(of: result))
    }

    private static func isForCluster(_ app: App?) -> Bool { app?.live?.deploys ?? false }

    /// Asks the API server about each live graph that would change.
    ///
    /// - Returns: why it could not be asked; nil where it takes all of them.
    /// - Throws: 422 with its refusals.
    private func tryOut(_ preview: RevertPreview, against snapshot: Snapshot) async throws -> String? {
        var refusals: [(id: AppID, message: String)] = []
        for (id, app) in preview.apps.sorted(by: { $0.key < $1.key }) {
            guard let live = app?.live, live.deploys, live.blob != snapshot[id]?.live?.blob else { continue }
            switch await trial(of: live.graph.value, as: id, version: live.version) {
            case .accepted: continue
            case .refused(let message): refusals.append((id, message))
            case .unanswered(let message): return message
            }
        }
        guard !refusals.isEmpty else { return nil }
        throw RestError(
            .unprocessableContent, state: "error redeploying graph",
            refusals.map { "\($0.id): \($0.message)" }.joined(separator: "; "))
    }
}
