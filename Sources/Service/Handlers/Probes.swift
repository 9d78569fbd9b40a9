import Apps
import Housekeeping
import Hummingbird
import JSONValues
import NIOCore
import Sync

/// What probes ask.
struct Probes: Sendable {
    let apps: any AppSource
    let cluster: any ClusterSide
    let dashboards: (any DashboardSide)?
    let housekeeping: (@Sendable () -> HousekeepingReport)?
    /// How parts stand that others look after.
    let notes: @Sendable () -> [PartState]

    private static let aliveBody = ByteBuffer(string: #"{"status":"ok"}"#)

    /// The process answers.
    func alive() -> Response { Response(json: Self.aliveBody) }

    /// Whether all parts work, and which does not and why; the latter only for who is known.
    func ready(withDetails: Bool) -> Response {
        let readiness = Readiness(
            apps: apps, cluster: cluster, dashboards: dashboards, housekeeping: housekeeping)
        let answer = ReadinessAnswer(readiness.parts + notes())
        return Response(answer.isReady ? .ok : .serviceUnavailable, answer.json(withDetails: withDetails))
    }
}

/// How the parts stand that make this service.
struct Readiness: Sendable {
    let apps: any AppSource
    let cluster: any ClusterSide
    let dashboards: (any DashboardSide)?
    let housekeeping: (@Sendable () -> HousekeepingReport)?

    var parts: [PartState] {
        let report = cluster.current.report
        let cluster =
            report.unreachable.map { "the API server cannot be reached: \($0)" }
            ?? (report.hasSeenCluster ? nil : "the resources of the cluster have not been listed yet")
        var parts = [
            PartState("repository", problem: apps.repositoryProblem, isNeeded: true),
            PartState("cluster", problem: cluster, isNeeded: true), PartState("sync", note: Self.held(report)),
        ]
        if let replica = report.replica { parts.append(Self.leader(replica)) }
        // Reads and sync go on without the remote, and at a commit that is not verified: taking the service off the
        // network would end them for nothing.
        if let stop = apps.snapshot.stop { parts.append(PartState("signatures", problem: stop.description)) }
        if let remote = apps.remoteState { parts.append(PartState("remote", problem: remote.message)) }
        if let grafana = dashboards?.report {
            let problem = grafana.isReady ? nil : grafana.failureText ?? "has not been asked yet"
            parts.append(PartState("grafana", problem: problem))
        }
        if let report = housekeeping?() { parts.append(Self.housekeeping(report)) }
        return parts
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
