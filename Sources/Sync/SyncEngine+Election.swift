import Apps
import Events
import Kubernetes
import Logging

extension SyncEngine {
    /// Whether this replica may write to the cluster now.
    nonisolated var mayWrite: Bool { election?.isLeader ?? true }

    /// Whether this replica may write an app's resource now.
    nonisolated func mayWrite(_ id: AppID) -> Bool { mayWrite && options.shard?.holds(id) ?? true }

    /// Whether this replica may write what belongs to no app in particular.
    nonisolated var mayWriteForAll: Bool { mayWrite && options.shard?.number ?? 1 == 1 }

    /// What an app waits for that another replica has to see to.
    nonisolated func leftToOthers(_ id: AppID) -> String {
        if let shard = options.shard, !shard.holds(id) {
            return "a replica of shard \(Shard.number(of: id, in: shard.count))/\(shard.count) applies it"
        }
        return election?.leader.map { "the replica \($0) applies it" } ?? "no replica leads yet"
    }

    /// Takes everything up when this replica begins to lead; what is on its way is given up when it leads no more.
    func followElection() async {
        guard let election else { return }
        var led = false
        for await leads in election.changes() {
            noteReplica(election)
            if leads != led { tell(leads ? .leads : .follows, nil) }
            led = leads
            if leads { lookAtEverything() }
        }
    }

    /// Keeps what the report says of the replicas.
    func noteReplica(_ election: LeaderElection) {
        let replica = Replica(
            identity: election.identity, leader: election.leader, leads: election.isLeader, shard: options.shard)
        guard report.replica != replica else { return }
        let leader = report.replica?.leader
        update { $0.report.replica = replica }
        // What waits says for whom.
        if leader != replica.leader, !replica.leads { lookAtEverything() }
    }
}
