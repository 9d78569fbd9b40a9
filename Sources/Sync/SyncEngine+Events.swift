import Apps
import Events
import HashTreeCollections
import Instruments
import Kubernetes
import Logging

extension SyncEngine {
    /// HEAD has moved.
    func changed(_ change: SnapshotChange) {
        let ids: Set<AppID>
        switch change.changed {
        case .apps(let changed): ids = changed
        case .everything: ids = Set(change.snapshot.apps.keys).union(observed.keys).union(report.apps.keys)
        }
        // What was there before this process began is not new.
        if report.head != nil || change.changed != .everything { noteArrivals(ids, change) }
        update { shared in
            shared.report.head = change.snapshot.head
            for id in ids where change.snapshot.apps[id] == nil && shared.observed[id] == nil {
                shared.report.apps[id] = nil
            }
            for id in ids where change.snapshot.apps[id] != nil && shared.report.apps[id] == nil {
                shared.report.apps[id] = AppSync(state: .pending, message: "not yet looked at")
            }
        }
        count(ids)
        enqueue(ids, anew: true)
    }

    private func noteArrivals(_ ids: Set<AppID>, _ change: SnapshotChange) {
        let known = report.apps
        for id in ids {
            let done = arrivals.note(
                id, live: change.snapshot.apps[id]?.live?.commit, applied: known[id]?.appliedCommit,
                wasRefused: known[id]?.state == .failed, since: change.since)
            if let done { options.metrics.commitToApplied.record(done) }
        }
    }

    /// The cluster has changed.
    func seen(_ event: InformerEvent<ObservedGraph>) {
        switch event {
        case .synced, .relisted:
            let objects = informer.objects
            update { shared in
                shared.observed = [:]
                for (key, graph) in objects {
                    if let id = ObservedGraph.app(key) { shared.observed[id] = graph }
                }
                shared.report.hasSeenCluster = true
            }
            lookAtEverything()
        case .changed(let key, let graph):
            guard let id = ObservedGraph.app(key) else { return }
            update { $0.observed[id] = graph }
            count([id])
            enqueue([id], anew: false)
        case .deleted(let key, _):
            guard let id = ObservedGraph.app(key) else { return }
            update { $0.observed[id] = nil }
            confirmed.remove(id)
            if store.snapshot.apps[id]?.live == nil {
                forget(id)
            } else {
                memory[id] = memory[id]?.withoutResource
            }
            count([id])
            enqueue([id], anew: false)
        }
    }

    /// Nothing is remembered of an app that neither HEAD nor the cluster has.
    func forget(_ id: AppID) {
        memory[id] = nil
        contests[id] = nil
    }

    func lookAtEverything() {
        let ids = Set(store.snapshot.apps.keys).union(observed.keys)
        candidates = []
        managed = []
        count(ids)
        enqueue(ids, anew: false)
    }

    /// Keeps the two numbers that the guard before deletions goes by.
    func count(_ ids: some Sequence<AppID>) {
        let (apps, observed) = (store.snapshot.apps, observed)
        for id in ids {
            let isManaged = observed[id].map { $0.isManaged && !$0.isTerminating } ?? false
            if isManaged { managed.insert(id) } else { managed.remove(id) }
            if isManaged, apps[id]?.live == nil {
                candidates.insert(id)
            } else {
                candidates.remove(id)
                confirmed.remove(id)
            }
        }
        holdOrRelease()
    }

    /// Says which deletions wait for somebody's word.
    func holdOrRelease() {
        let waiting = candidates.subtracting(confirmed)
        let isRewritten = store.snapshot.rewrite != nil
        let holds = PruneGuard.holds(
            candidates: waiting.count, managed: managed.count, isRewritten: isRewritten)
        let held = holds ? waiting.sorted() : []
        guard held != report.heldPrune else { return }
        update { $0.report.heldPrune = held }
        tell(
            held.isEmpty ? .released : .held,
            held.isEmpty ? nil : "\(held.count) deletions are held until somebody confirms")
        if held.isEmpty {
            enqueue(waiting, anew: true)
        } else {
            logger.warning(
                isRewritten
                    ? "the branch was rewritten: nothing is deleted until somebody confirms"
                    : "HEAD does not know more than half of all resources: nothing is deleted until somebody confirms",
                metadata: ["resources": "\(held.count)", "of": "\(managed.count)"])
        }
    }
}
