import Access
import Apps
import HashTreeCollections
import JSONValues
import Sync

/// How Grafana and the dashboards of apps stand, for `GET /api/v1/sync`.
struct GrafanaAnswer {
    let report: DashboardReport

    init(_ report: DashboardReport) { self.report = report }

    /// Whether an app's dashboards are in one of the states that are asked for. Drift is none of them.
    func isAny(of states: Set<SyncState>, _ id: AppID) -> Bool {
        report.apps[id].flatMap { SyncState(rawValue: $0.state.rawValue) }.map(states.contains) ?? false
    }

    /// How all stands.
    ///
    /// - Parameter visible: whose apps are counted.
    func whole(_ snapshot: Snapshot, to visible: Visibility) -> JSON {
        var counts: [DashboardState: Int64] = [:]
        for (id, app) in snapshot.apps where app.live != nil && visible.contains(id.namespace) {
            counts[report.apps[id]?.state ?? .pending, default: 0] += 1
        }
        let words: [DashboardState] = [.synced, .pending, .drifted, .invalid, .failed]
        let worst = words.last { counts[$0] != nil } ?? .synced
        var json: JSON = ["address": .string(report.address), "reachable": .bool(report.isReady)]
        json["state"] = .string(report.isReady ? worst.rawValue : report.failureMayPass ? "pending" : "failed")
        json["reason"] = report.failureWord.map { .string($0) } ?? .null
        json["message"] =
            report.failureText.map { .string($0) }
            ?? (report.isReady ? .null : "Grafana has not been asked yet")
        json["notes"] = .array(report.notes.map { .string($0) })
        json["counts"] = .object(JSONObject(pairs: words.map { ($0.rawValue, .int(counts[$0] ?? 0)) }))
        let done = report.counters
        json["done"] = [
            "created": .int(Int64(done.created)), "changed": .int(Int64(done.changed)),
            "healed": .int(Int64(done.healed)), "deleted": .int(Int64(done.deleted)),
            "failed": .int(Int64(done.failed)),
        ]
        return json
    }

    /// How an app's dashboards stand; nil for an app that has none to have.
    func app(_ id: AppID, _ app: App?) -> JSON? {
        guard let known = report.apps[id] ?? (app?.live == nil ? nil : Self.unseen) else { return nil }
        var json: JSON = ["state": .string(known.state.rawValue)]
        json["reason"] = known.reasonWord.map { .string($0) } ?? .null
        json["message"] = known.message.map { .string($0) } ?? .null
        if let own = known.own {
            json["dashboard"] = ["uid": .string(own.uid), "id": .int(own.id), "version": .int(own.version)]
        }
        if !known.problems.isEmpty { json["problems"] = .array(known.problems.map(SyncAnswer.problem)) }
        return json
    }

    private static let unseen = AppDashboards(state: .pending, message: "not looked at yet")
}
