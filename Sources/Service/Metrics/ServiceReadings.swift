import Apps
import HashTreeCollections
import Instruments
import Sync

/// What is known of apps, cluster, remote and Grafana and looked up when somebody asks for metrics.
///
/// Counts only: no name of an app or a namespace is a label, so that who may read metrics learns no names.
struct ServiceReadings {
    let apps: any AppSource
    let cluster: any ClusterSide
    let dashboards: (any DashboardSide)?
    let readiness: Readiness
    let inFlight: InFlight

    func register(in registry: Registry) {
        let (apps, cluster, dashboards, inFlight) = (apps, cluster, dashboards, inFlight)
        let readiness = readiness
        registry.reading("http_requests_in_flight", "Requests that are being answered now.") {
            [Reading(Double(inFlight.current))]
        }
        registry.reading("apps", "Apps by how they stand against the cluster.", labels: ["state"]) {
            let counts = AppCounts(apps.snapshot, cluster.current.report)
            return AppCounts.states.map { Reading(Double(counts[$0]), $0.rawValue) }
        }
        registry.reading(
            "drift_healed_total", "Resources and dashboards that somebody had changed and that were put back.",
            .counter,
            labels: ["target"]
        ) {
            let resources = Reading(Double(cluster.current.report.counters.healed), "kubernetes")
            guard let dashboards else { return [resources] }
            return [resources, Reading(Double(dashboards.report.counters.healed), "grafana")]
        }
        registry.reading("held_prune", "Resources whose deletion is held until somebody confirms it.") {
            [Reading(Double(cluster.current.report.heldPrune.count))]
        }
        registry.reading(
            "leader",
            "1 where this replica writes to the cluster, as it does where there is no other; else 0. shard is the part "
                + "of all apps that it is about, empty for all.", labels: ["shard"]
        ) {
            let replica = cluster.current.report.replica
            return [Reading(replica.map { $0.leads ? 1 : 0 } ?? 1, replica?.shard?.description ?? "")]
        }
        registry.reading(
            "shards", "Into how many parts the apps are divided that replicas apply; 1 where they are not."
        ) {
            [Reading(Double(cluster.current.report.replica?.shard?.count ?? 1))]
        }
        registry.reading(
            "ready",
            "1 for each part that works: repository, cluster, sync, and where they are used leader, signatures, remote, "
                + "grafana, housekeeping, certificates, tokens, policy, events and forge; else 0.",
            labels: ["part"]
        ) {
            readiness.parts.map { Reading($0.problem == nil ? 1 : 0, $0.name) }
        }
        registry.reading("repository_problems", "What is wrong in the repository outside of any app.") {
            [Reading(Double(apps.snapshot.problems.count))]
        }
        registry.reading(
            "head_timestamp_seconds", "The time of the newest commit of the branch, in seconds since 1970."
        ) {
            apps.snapshot.headTime.map { [Reading(Double($0.seconds))] } ?? []
        }
        if let dashboards { Self.register(dashboards, in: registry) }
        if apps.remoteState != nil { Self.registerRemote(apps, in: registry) }
    }

    private static func register(_ dashboards: any DashboardSide, in registry: Registry) {
        registry.reading("dashboard_apps", "Apps by how their dashboards stand.", labels: ["state"]) {
            let states = dashboards.report.apps.values.map(\.state)
            let all: [DashboardState] = [.synced, .pending, .drifted, .invalid, .failed]
            return all.map { state in Reading(Double(states.count { $0 == state }), state.rawValue) }
        }
        registry.reading(
            "dashboard_writes_total", "What was done to dashboards in Grafana.", .counter, labels: ["action"]
        ) {
            let counters = dashboards.report.counters
            return [
                Reading(Double(counters.created), "created"), Reading(Double(counters.changed), "changed"),
                Reading(Double(counters.healed), "healed"), Reading(Double(counters.deleted), "deleted"),
                Reading(Double(counters.failed), "failed"),
            ]
        }
    }

    private static func registerRemote(_ apps: any AppSource, in registry: Registry) {
        registry.reading(
            "remote_last_seen_timestamp_seconds",
            "When the remote last answered a fetch or took a push, in seconds since 1970; 0 while it never has."
        ) {
            [Reading(Double(apps.remoteState?.seenAt?.seconds ?? 0))]
        }
        registry.reading(
            "remote_rewritten", "1 while the remote's branch stands rewritten and nobody has confirmed that; else 0."
        ) {
            [Reading(apps.remoteState?.rewrite == nil ? 0 : 1)]
        }
    }
}

/// How many apps stand how.
struct AppCounts {
    static let states: [SyncState] = [.synced, .pending, .invalid, .failed]
    private var counts: [SyncState: Int] = [:]

    init(_ snapshot: Snapshot, _ report: SyncReport) {
        for (id, app) in snapshot.apps { counts[(report.apps[id] ?? AppSync(unseen: app)).state, default: 0] += 1 }
        for (id, sync) in report.apps where snapshot.apps[id] == nil { counts[sync.state, default: 0] += 1 }
    }

    subscript(state: SyncState) -> Int { counts[state] ?? 0 }
}
