import Access
import Apps
import Git
import Graphs
import HashTreeCollections
import Housekeeping
import JSONValues
import Sync

/// How everything stands, for `GET /api/v1/sync`.
struct SyncAnswer {
    let json: JSON

    /// - Parameters:
    ///   - dashboards: how Grafana stands; nil where there is none.
    ///   - housekeeping: how the repository is kept in order; nil where nobody does.
    ///   - states: the states of the apps to list, of the cluster or of their dashboards; nil lists all. The counts are
    ///     always of all that may be seen.
    ///   - visible: whose apps may be seen. What lies outside of apps is only for those who may see all.
    init(
        _ snapshot: Snapshot, _ report: SyncReport, remote: RemoteState? = nil, dashboards: DashboardReport? = nil,
        housekeeping: HousekeepingReport? = nil, only states: Set<SyncState>? = nil, to visible: Visibility = .all
    ) {
        let grafana = dashboards.map { GrafanaAnswer($0) }
        var counts: [SyncState: Int64] = [:]
        var listed: [(id: AppID, sync: AppSync)] = []
        func take(_ id: AppID, _ sync: AppSync) {
            guard visible.contains(id.namespace) else { return }
            counts[sync.state, default: 0] += 1
            let isAsked = states.map { $0.contains(sync.state) || grafana?.isAny(of: $0, id) == true } ?? true
            if isAsked { listed.append((id, sync)) }
        }
        for (id, app) in snapshot.apps { take(id, report.apps[id] ?? AppSync(unseen: app)) }
        for (id, sync) in report.apps where snapshot.apps[id] == nil { take(id, sync) }
        let list = listed.sorted { $0.id < $1.id }.map { item -> JSON in
            var json = Self.app(item.id, item.sync, snapshot.apps[item.id])
            if let dashboards = grafana?.app(item.id, snapshot.apps[item.id]) { json["grafana"] = dashboards }
            return json
        }
        let words: [SyncState] = [.failed, .invalid, .pending, .synced]
        let worst = words.first { counts[$0] != nil } ?? .synced
        let unreachable = report.unreachable
        var cluster: JSON = ["reachable": .bool(unreachable == nil && report.hasSeenCluster)]
        cluster["message"] =
            unreachable.map { .string($0) }
            ?? (report.hasSeenCluster ? .null : "the resources of the cluster have not been listed yet")
        var answer = JSONObject()
        answer["head"] = snapshot.head.map { .string($0.description) } ?? .null
        answer["headTime"] = snapshot.headTime.map { .string($0.description) } ?? .null
        answer["state"] = .string(unreachable == nil ? worst.rawValue : SyncState.pending.rawValue)
        answer["cluster"] = cluster
        // Where the graphs come from is nobody's business who may see none of them.
        if let remote, visible != .namespaces([]) { answer["remote"] = Self.remote(remote) }
        if let replica = report.replica { answer["replica"] = Self.replica(replica) }
        if let grafana { answer["grafana"] = grafana.whole(snapshot, to: visible) }
        if let housekeeping, visible.isAll { answer["housekeeping"] = HousekeepingAnswer(housekeeping).json }
        if let stop = snapshot.stop {
            answer["state"] = .string(SyncState.failed.rawValue)
            answer["stopped"] = Self.stopped(stop, to: visible)
        }
        answer["counts"] = .object(JSONObject(pairs: words.reversed().map { ($0.rawValue, .int(counts[$0] ?? 0)) }))
        answer["heldPrune"] = .array(
            report.heldPrune.filter { visible.contains($0.namespace) }.map { .string($0.description) })
        answer["problems"] = .array(visible.isAll ? snapshot.problems.map(Self.problem) : [])
        answer["apps"] = .array(list)
        json = .object(answer)
    }

    private static func app(_ id: AppID, _ sync: AppSync, _ app: App?) -> JSON {
        var item = JSONObject()
        item["appId"] = .string(id.description)
        item["state"] = .string(sync.state.rawValue)
        item["message"] = sync.message.map { .string($0) } ?? .null
        item["commit"] = app?.live.map { .string($0.commit.description) } ?? .null
        item["appliedCommit"] = sync.appliedCommit.map { .string($0.description) } ?? .null
        item["appliedAt"] = sync.appliedAt.map { .string($0.description) } ?? .null
        if let problems = app?.problems, !problems.isEmpty { item["problems"] = .array(problems.map(problem)) }
        return .object(item)
    }

    static func remote(_ remote: RemoteState) -> JSON {
        var item = JSONObject()
        item["url"] = .string(remote.address)
        item["branch"] = .string(remote.branch)
        item["state"] = .string(remote.word)
        item["message"] = remote.message.map { .string($0) } ?? .null
        item["head"] = remote.head.map { .string($0.description) } ?? .null
        item["seenAt"] = remote.seenAt.map { .string($0.description) } ?? .null
        item["readOnly"] = .bool(remote.isReadOnly)
        item["rewrittenFrom"] = remote.rewrite.map { .string($0.former.description) } ?? .null
        return .object(item)
    }

    /// Whose commit it is, and what it is called, may be of apps that not everybody sees.
    private static func stopped(_ stop: VerificationStop, to visible: Visibility) -> JSON {
        var item = JSONObject()
        item["commit"] = .string(stop.commit.description)
        item["author"] = visible.isAll ? .string(stop.author) : .null
        item["title"] = visible.isAll ? .string(stop.title) : .null
        item["verified"] = stop.verified.map { .string($0.description) } ?? .null
        item["reason"] = .string(stop.reason)
        item["message"] = .string(
            visible.isAll ? stop.description : stop.withoutAuthor)
        return .object(item)
    }

    private static func replica(_ replica: Replica) -> JSON {
        var answer: JSON = [
            "identity": .string(replica.identity), "leader": replica.leader.map { .string($0) } ?? .null,
            "leads": .bool(replica.leads),
        ]
        if let shard = replica.shard { answer["shard"] = .string("\(shard)") }
        return answer
    }

    static func problem(_ problem: Problem) -> JSON {
        var item = JSONObject()
        item["file"] = problem.file.map { .string($0) } ?? .null
        item["line"] = problem.line.map { .int(Int64($0)) } ?? .null
        item["column"] = problem.column.map { .int(Int64($0)) } ?? .null
        item["path"] = .string(problem.path)
        item["message"] = .string(problem.message)
        return .object(item)
    }
}

extension VerificationStop {
    /// What is said to those who may not see whose commit it is.
    var withoutAuthor: String { "commit \(commit.short) is not applied: \(reason)" }
}

extension AppSync {
    /// An app that the loop has not come to yet.
    init(unseen app: App) {
        self = app.live == nil ? AppSync(state: .synced) : AppSync(state: .pending, message: "not looked at yet")
    }
}
