import Access
import Apps
import Git
import Housekeeping
import Hummingbird
import JSONValues
import NIOCore
import Remotes
import Sync

/// What the sync loop says, and what it can be told.
struct SyncHandlers: Sendable {
    let apps: any AppSource
    let cluster: any ClusterSide
    let dashboards: (any DashboardSide)?
    var housekeeping: (@Sendable () -> HousekeepingReport)?

    /// The report; `?state=failed,invalid` lists only the apps in one of these states.
    func show(_ request: Request) async throws -> Response {
        var states: Set<SyncState>?
        if let words = request.uri.queryParameters["state"] {
            states = try Set(
                words.split(separator: ",").map { word in
                    guard let state = SyncState(rawValue: String(word)) else {
                        throw RestError(
                            .badRequest, state: "unknown_state",
                            "state is one or more of synced, pending, invalid, failed, with commas between")
                    }
                    return state
                })
        }
        let visible = try await Exchange.visibility()
        let answer = SyncAnswer(
            apps.snapshot, cluster.current.report, remote: apps.remoteState, dashboards: dashboards?.report,
            housekeeping: housekeeping?(), only: states, to: visible)
        return Response(json: ByteBuffer(bytes: answer.json.bytes()))
    }

    /// Fetches, folds what is new on the branch, and has everything compared again.
    ///
    /// A remote that cannot be asked is no error of the request: the answer says how it stands.
    func look() async throws -> Response {
        do {
            try await apps.fetchNow()
        } catch is RemoteError {
            try await apps.look()
        }
        await cluster.look()
        await dashboards?.look()
        var answer = JSONObject()
        answer["state"] = "looking"
        answer["head"] = apps.snapshot.head.map { .string($0.description) } ?? .null
        if let remote = apps.remoteState { answer["remote"] = SyncAnswer.remote(remote) }
        return Response(.accepted, .object(answer))
    }

    /// Lets the held deletions through, and says that a rewritten branch is as it should be.
    func confirm() async throws -> Response {
        if let replica = cluster.current.report.replica, !replica.leads {
            throw RestError(
                .conflict, state: "not_leader",
                "another replica deletes: \(replica.leader ?? "none leads yet"). Send it the confirmation")
        }
        let confirmed = await cluster.confirmPrune()
        let isRewriteConfirmed = try await apps.confirmRewrite()
        guard !confirmed.isEmpty || isRewriteConfirmed else {
            throw RestError(.conflict, state: "nothing_held", "no deletion waits for a confirmation")
        }
        return Response(.accepted, ["confirmed": .array(confirmed.map { .string($0.description) })])
    }
}
