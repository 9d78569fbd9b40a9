import Apps
import Housekeeping
import Hummingbird
import JSONValues
import NIOCore
import Sync

/// What probes ask.
struct Probes: Sendable {
    let readiness: Readiness

    private static let aliveBody = ByteBuffer(string: #"{"status":"ok"}"#)

    /// The process answers.
    func alive() -> Response { Response(json: Self.aliveBody) }

    /// Whether all parts work, and which does not and why; the latter only for who is known.
    ///
    /// - Parameter seesAll: whether it may be said whose commit it is that stands in the way.
    func ready(withDetails: Bool, seesAll: Bool) -> Response {
        let answer = ReadinessAnswer(readiness.parts(seesAll: seesAll))
        return Response(answer.isReady ? .ok : .serviceUnavailable, answer.json(withDetails: withDetails))
    }
}

/// How the parts stand that make this service.
struct Readiness: Sendable {
    let apps: any AppSource
    let cluster: any ClusterSide
    let dashboards: (any DashboardSide)?
    let housekeeping: (@Sendable () -> HousekeepingReport)?
    /// How parts stand that others look after.
    let notes: @Sendable () -> [PartState]

    var parts: [PartState] { parts(seesAll: true) }

    func parts(seesAll: Bool) -> [PartState] {
        let report = cluster.current.report
        var parts = [
            PartState("repository", problem: apps.repositoryProblem, isNeeded: true), Self.cluster(report),
            PartState("sync", note: Self.held(report)),
        ]
        if let replica = report.replica { parts.append(Self.leader(replica)) }
        // Reads and sync go on without the remote, and at a commit that is not verified: taking the service off the
        // network would end them for nothing.
        if let stop = apps.snapshot.stop {
            parts.append(PartState("signatures", problem: seesAll ? stop.description : stop.withoutAuthor))
        }
        if let remote = apps.remoteState {
            let problem = remote.message.map { seesAll ? $0 : remote.word }
            parts.append(PartState("remote", problem: problem))
        }
        if let grafana = dashboards?.report {
            let problem = grafana.isReady ? nil : grafana.failureText ?? "has not been asked yet"
            parts.append(PartState("grafana", problem: problem))
        }
        if let report = housekeeping?() { parts.append(Self.housekeeping(report)) }
        return parts + notes()
    }

    /// What was seen of the cluster once is good enough for reads, and writes are committed without it: only a process
    /// that knows nothing of it yet leaves requests to others.
    static func cluster(_ report: SyncReport) -> PartState {
        let problem =
            report.unreachable.map { "the API server cannot be reached: \($0)" }
            ?? (report.hasSeenCluster ? nil : "the resources of the cluster have not been listed yet")
        return PartState("cluster", problem: problem, isNeeded: !report.hasSeenCluster)
    }

    private static func held(_ report: SyncReport) -> String? {
        let held = report.heldPrune.count
        return held == 0 ? nil : "\(held) deletions are held until somebody confirms: POST /api/v1/sync/confirm"
    }

    /// Small files and packs grow in number meanwhile, which everything else goes on with for days.
    static func housekeeping(_ report: HousekeepingReport) -> PartState {
        let name = "housekeeping"
        return switch report.state {
        case .ok, .pending, .running: PartState(name)
        case .off: PartState(name, note: report.message)
        case .postponed, .failing: PartState(name, problem: report.message ?? report.state.rawValue)
        }
    }

    private static func leader(_ replica: Replica) -> PartState {
        guard let leader = replica.leader else {
            return PartState("leader", problem: "no replica leads, so nothing is applied")
        }
        return PartState("leader", note: replica.leads ? "this replica applies" : "the replica \(leader) applies")
    }
}
