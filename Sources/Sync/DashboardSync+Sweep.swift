import Apps
import Grafana
import HashTreeCollections
import Kubernetes
import Logging

// The dashboards of ours that nobody wants any more.

extension DashboardSync {
    /// The dashboards that are wanted, each with its app.
    struct Wanted {
        /// The snapshot that says so.
        let sequence: UInt64
        let apps: [String: AppID]
    }

    /// Where so many cannot be deleted in one round, the others wait for the next.
    private static let mostFailures = 10

    func sweepNow() async {
        defer { sweeps.end() }
        do throws(GrafanaError) {
            try await sweep()
            if leftovers.isEmpty {
                sweeps.wentWell(now: start())
                remark { $0.leftovers = nil }
            } else {
                sweeps.failed(now: start(), jitter: Double.random(in: 0..<1))
                let first = leftovers.min { $0.key < $1.key }.map { "; \($0.value)" } ?? ""
                let count = leftovers.count == 1 ? "a dashboard" : "\(leftovers.count) dashboards"
                remark { $0.leftovers = "\(count) that nobody wants any more cannot be deleted\(first)" }
            }
        } catch {
            pause(error)
            sweeps.failed(now: start(), jitter: Double.random(in: 0..<1), notBefore: error.retryAfter)
            if error.kind == .cancelled { return }
            if await concernsAll(error) {
                if ground != nil { lost(error) }
                return
            }
            let note = "dashboards that nobody wants any more stay for now; \(error)"
            if remarks.leftovers != note {
                logger.warning(
                    "cannot delete dashboards that nobody wants any more", metadata: ["error": "\(error)"])
            }
            remark { $0.leftovers = note }
        }
    }

    /// Deletes them, also those that a process before this one has made. One that cannot be deleted stands in nobody's way.
    ///
    /// Where a resource is still there, its dashboard stays: the guard before deletions holds for both.
    ///
    /// - Throws: what concerns all of them.
    private func sweep() async throws(GrafanaError) {
        let found = try await client.dashboards(tag: options.ownership.tag)
            .filter { options.ownership.owns($0.uid, tags: $0.tags) && appThatWants($0.uid) == nil }
            .map(\.uid)
        let all = Set(found)
        leftovers = leftovers.filter { all.contains($0.key) }
        var failures = 0
        // Those that failed before come last, so that they keep nobody from having a turn.
        for uid in found.filter({ leftovers[$0] == nil }) + leftovers.keys.sorted() {
            if failures == Self.mostFailures { return }
            guard ground != nil, pausedUntil <= start(), engine.mayWriteForAll else {
                throw GrafanaError(.cancelled, "deleting dashboards", "not now")
            }
            do throws(GrafanaError) {
                try await remove(uid) { isSpared(uid) || !engine.mayWriteForAll }
                leftovers[uid] = nil
            } catch {
                if error.kind == .cancelled || error.pause != nil { throw error }
                if await concernsAll(error) { throw error }
                failures += 1
                if leftovers[uid]?.kind != error.kind {
                    logger.warning(
                        "cannot delete a dashboard that nobody wants any more",
                        metadata: ["uid": "\(uid)", "error": "\(error)"])
                }
                leftovers[uid] = error
            }
        }
    }

    /// Whether a dashboard is wanted after all: an app may have come back while others were deleted.
    private func isSpared(_ uid: String) -> Bool {
        appThatWants(uid) != nil || memory.values.contains { $0.settled[uid] != nil }
    }

    /// The app that a dashboard is for, as HEAD and the cluster are now.
    private func appThatWants(_ uid: String) -> AppID? {
        let snapshot = store.snapshot
        if let wanted, wanted.sequence == snapshot.sequence { return wanted.apps[uid] }
        var apps: [String: AppID] = [:]
        for (id, app) in snapshot.apps where app.live != nil {
            for uid in DesiredDashboards.uids(id, snapshot.dashboards[id] ?? [], options.ownership) { apps[uid] = id }
        }
        for id in informer.objects.keys.compactMap(ObservedGraph.app) where snapshot.apps[id]?.live == nil {
            apps[options.ownership.uid(app: id.description)] = id
            for uid in memory[id].map({ Array($0.settled.keys) }) ?? [] { apps[uid] = id }
        }
        wanted = Wanted(sequence: snapshot.sequence, apps: apps)
        return apps[uid]
    }

    /// Deletes a dashboard if it is still ours.
    ///
    /// - Parameter isWanted: asked at the last moment whether it has to stay.
    /// - Returns: false where it has to.
    @discardableResult
    func remove(_ uid: String, unless isWanted: () -> Bool) async throws(GrafanaError) -> Bool {
        guard let stored = try await client.dashboard(uid) else { return true }
        guard options.ownership.owns(stored.uid, tags: stored.tags) else {
            logger.notice(
                "a dashboard that is not wanted any more stays: somebody has taken its tag away",
                metadata: ["uid": "\(uid)", "title": "\(stored.title)"])
            return true
        }
        if isWanted() { return false }
        guard try await writer.deleteDashboard(uid) else { return true }
        update { $0.counters.deleted += 1 }
        logger.info("deleted a dashboard", metadata: ["uid": "\(uid)", "title": "\(stored.title)"])
        // Wanted again while it was deleted: somebody may just have found it there.
        guard let id = appThatWants(uid) else { return true }
        memory[id]?.met = nil
        generation += 1
        memory[id]?.settled[uid] = nil
        enqueue([id], anew: true)
        return true
    }
}
