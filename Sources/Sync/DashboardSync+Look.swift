import Apps
import Grafana
import HashTreeCollections
import Kubernetes
import Logging

extension DashboardSync {
    /// Finds out which datasources and GPU metrics there are.
    func prepare() async throws(GrafanaError) {
        let datasources = try DatasourceChoice(await client.datasources(), wanted: options.datasources)
        guard !datasources.uids.isEmpty else {
            throw GrafanaError(
                .refused, "choosing datasources",
                "Grafana has no datasource of type \(DatasourceChoice.types.joined(separator: " or ")); add one")
        }
        var notes = datasources.missing
        var metrics: Set<GPUMetric>? = prometheus == nil ? [] : lastMetrics
        if let prometheus {
            do throws(GrafanaError) {
                metrics = try await prometheus.known()
            } catch {
                if error.kind == .cancelled { throw error }
                notes.append("Prometheus cannot be asked for GPU metrics, so GPU panels stay as they are: \(error)")
            }
        }
        lastMetrics = metrics
        folders = [:]
        for id in memory.keys { memory[id]?.met = nil }
        ground = Ground(datasources: datasources, metrics: metrics)
        let wasAway = report.failure != nil
        update { report in
            report.isReady = true
            report.failure = nil
            report.notes = notes
        }
        if wasAway { logger.info("Grafana can be worked with again") }
    }

    /// Deletes the dashboards of ours that nobody wants any more, also those that a process before this one has made.
    ///
    /// Where a resource is still there, its dashboard stays: the guard before deletions holds for both.
    func sweep() async throws(GrafanaError) {
        let found = try await client.dashboards(tag: options.ownership.tag)
        let snapshot = store.snapshot
        var wanted: Set<String> = []
        for (id, app) in snapshot.apps where app.live != nil {
            wanted.insert(options.ownership.uid(app: id.description))
            for file in snapshot.dashboards[id] ?? [] {
                wanted.insert(options.ownership.uid(app: id.description, file: file.name))
            }
        }
        for key in informer.objects.keys {
            guard let id = ObservedGraph.app(key) else { continue }
            wanted.insert(options.ownership.uid(app: id.description))
            wanted.formUnion(memory[id].map { Array($0.settled.keys) } ?? [])
        }
        // What has been written since the search began is not among what was found.
        for dashboard in found
        where options.ownership.owns(dashboard.uid, tags: dashboard.tags) && !wanted.contains(dashboard.uid) {
            // An app may have come back while others were deleted.
            if memory.values.contains(where: { $0.settled[dashboard.uid] != nil }) { continue }
            try await remove(dashboard.uid)
        }
    }

    /// Deletes a dashboard if it is still ours.
    func remove(_ uid: String) async throws(GrafanaError) {
        guard let stored = try await client.dashboard(uid) else { return }
        guard options.ownership.owns(stored.uid, tags: stored.tags) else {
            return logger.notice(
                "a dashboard that is not wanted any more stays: somebody has taken its tag away",
                metadata: ["uid": "\(uid)", "title": "\(stored.title)"])
        }
        guard try await client.deleteDashboard(uid) else { return }
        update { $0.counters.deleted += 1 }
        logger.info("deleted a dashboard", metadata: ["uid": "\(uid)", "title": "\(stored.title)"])
    }

    /// The uid of the folder for a namespace, which is made where there is none; nil where no folders are wanted.
    func folder(for namespace: String) async throws(GrafanaError) -> String? {
        guard options.usesFolders else { return nil }
        if let known = folders[namespace] { return known }
        let uid = options.ownership.uid(folder: namespace)
        var found = try await client.folder(uid)?.uid
        if found == nil {
            do throws(GrafanaError) {
                found = try await client.createFolder(uid, title: namespace).uid
            } catch {
                guard error.kind == .nameExists else { throw error }
                // Somebody's own folder of that name does as well; folders are never deleted.
                found = try await client.folders().first { $0.title == namespace || $0.uid == uid }?.uid
                if found == nil { throw error }
            }
        }
        folders[namespace] = found
        return found
    }
}
