import Apps
import Git
import Grafana
import Graphs
import HashTreeCollections
import Logging

extension DashboardSync {
    struct Outcome {
        var failed = false
        /// A wait that Grafana asked for.
        var notBefore: Duration?
    }

    /// Makes one app's dashboards equal to HEAD.
    func reconcile(_ id: AppID) async -> Outcome {
        guard let ground else { return Outcome(failed: true) }
        let snapshot = store.snapshot
        let observed = observed(id)
        do throws(GrafanaError) {
            guard let app = snapshot.apps[id], let live = app.live else {
                // The dashboard goes once the resource has gone.
                if observed == nil { try await removeAll(of: id) }
                return Outcome()
            }
            let files = snapshot.dashboards[id] ?? []
            func desired(_ metrics: Set<GPUMetric>) -> DesiredDashboards {
                DesiredDashboards(
                    own: AppDashboard(
                        namespace: id.namespace, name: id.name,
                        componentNamespaces: ComponentNamespaces.all(of: live, in: id, observed: observed),
                        controller: options.controller, datasources: ground.uids, gpuMetrics: metrics),
                    files: files, edits: snapshot.settings.dashboardEdits)
            }
            var metrics = metrics
            let uid = options.ownership.uid(app: id.description)
            if metrics == nil {
                metrics = try await client.dashboard(uid).map { AppDashboard.gpuMetrics(in: $0) }
            }
            let wanted = desired(metrics ?? [])
            if memory[id]?.met == wanted { return Outcome() }
            if report.apps[id] == nil { note(id, AppDashboards(state: .pending, message: "not looked at yet")) }
            return try await write(wanted, id)
        } catch {
            return await failed(id, error)
        }
    }

    /// Writes what is not yet right, and deletes the files' dashboards that have gone.
    private func write(_ wanted: DesiredDashboards, _ id: AppID) async throws(GrafanaError) -> Outcome {
        let generation = generation
        let folder = try await folder(for: id.namespace)
        let uid = options.ownership.uid(app: id.description)
        var result = AppDashboards(state: .synced)
        let own = OwnedDashboard(wanted.own.model, uid: uid, owner: options.ownership)
        let stored = try await bring(own, to: folder, of: id, wanted.edits, &result)
        let urls = wanted.own.urls(uid: uid, prefix: client.address.path)
        if let stored {
            result.own = AppDashboards.Own(uid: uid, id: stored.id, version: stored.version, urls: urls)
        }
        // The links are good from now on, however the files fare.
        update { report in
            guard var app = report.apps[id] else { return }
            app.own = result.own
            report.apps[id] = app
        }
        for file in wanted.files {
            guard let extra = try await read(file, of: id, &result) else { continue }
            try await bring(extra, to: folder, of: id, wanted.edits, &result)
        }
        let uids = Set(wanted.uids(id, options.ownership))
        for old in memory[id].map({ Array($0.settled.keys) }) ?? [] where !uids.contains(old) {
            if engine.mayWrite(id) {
                try await remove(old) {
                    DesiredDashboards.uids(id, store.snapshot.dashboards[id] ?? [], options.ownership).contains(old)
                }
            }
            memory[id]?.settled[old] = nil
        }
        note(id, result)
        // Another replica writes it: looked at again after a wait.
        if result.state == .pending { return Outcome(failed: true) }
        if self.generation == generation { memory[id]?.met = wanted }
        return Outcome()
    }

    /// The dashboard in a file at HEAD; nil where it does not check, which is then listed.
    private func read(
        _ file: DashboardFile, of id: AppID, _ result: inout AppDashboards
    ) async throws(GrafanaError) -> OwnedDashboard? {
        let path = "\(id.folder)/dashboards/\(file.name)"
        let bytes: [UInt8]?
        do {
            bytes = try await store.content(of: file)
        } catch {
            throw GrafanaError(.unreadable, "reading \(path)", error.description)
        }
        do throws(Problems) {
            guard let bytes else {
                throw Problems([
                    Problem(file: path, path: "", message: "larger than \(DashboardFile.maximumSize >> 20) MiB")
                ])
            }
            let content = try DashboardContent(reading: bytes, file: path)
            let uid = options.ownership.uid(app: id.description, file: file.name)
            return OwnedDashboard(content.model, uid: uid, owner: options.ownership)
        } catch {
            result.problems += error.list
            result.worsen(.invalid, "\(error.list[0])")
            return nil
        }
    }

    /// Makes one dashboard right.
    ///
    /// - Returns: its id and version in Grafana.
    @discardableResult
    private func bring(
        _ desired: OwnedDashboard, to folder: String?, of id: AppID, _ edits: RepositorySettings.DashboardEdits,
        _ result: inout AppDashboards
    ) async throws(GrafanaError) -> (id: Int64, version: Int64)? {
        let uid = desired.uid
        let stored = try await client.dashboard(uid)
        let plan = DashboardPlan.make(
            desired, folder: folder, observed: stored, settled: memory[id]?.settled[uid], edits: edits)
        let who = stored.map { "'\($0.title)' was changed in Grafana\($0.updatedBy.map { " by \($0)" } ?? "")" } ?? ""
        if plan != .nothing, plan != .leave, plan != .blocked, !engine.mayWrite(id) {
            result.worsen(.pending, engine.leftToOthers(id))
            return nil
        }
        switch plan {
        case .nothing: break
        case .blocked:
            result.worsen(.failed, "'\(desired.title)' is provisioned from a file beside Grafana; remove it there")
            return nil
        case .leave:
            result.worsen(.drifted, "\(who); it stays so, as rampart.yaml says (grafana.edits: leave)")
            return stored.map { ($0.id, $0.version) }
        case .create: return try await save(desired, nil, folder, of: id, "made") { $0.created += 1 }
        case .update(let version, let heals):
            // Without a folder Grafana would move it to the top.
            let place = folder ?? stored?.folder
            guard heals else {
                return try await save(desired, version, place, of: id, "changed") { $0.changed += 1 }
            }
            note(id, AppDashboards(state: .drifted, message: "\(who); it is put back", own: report.apps[id]?.own))
            let saved = try await save(desired, version, place, of: id, "put back") { $0.healed += 1 }
            logger.notice(
                "put back a dashboard that somebody had changed",
                metadata: ["app": "\(id)", "title": "\(desired.title)"])
            return saved
        }
        guard let stored else { return nil }
        memory[id, default: Memory()].settled[uid] = DashboardPlan.Settled(
            digest: desired.digest, version: stored.version)
        return (stored.id, stored.version)
    }

    private func save(
        _ desired: OwnedDashboard, _ version: Int64?, _ folder: String?, of id: AppID, _ what: String,
        count: (inout DashboardCounters) -> Void
    ) async throws(GrafanaError) -> (id: Int64, version: Int64) {
        let folder = folder?.isEmpty == true ? nil : folder
        let saved = try await writer.save(
            desired.model, version: version, folder: folder, message: "Rampart: \(what) for \(id)")
        memory[id, default: Memory()].settled[desired.uid] = DashboardPlan.Settled(
            digest: desired.digest, version: saved.version)
        update { count(&$0.counters) }
        logger.info("wrote a dashboard", metadata: ["app": "\(id)", "title": "\(desired.title)", "did": "\(what)"])
        return saved
    }

    /// Deletes the dashboards of an app that is gone.
    private func removeAll(of id: AppID) async throws(GrafanaError) {
        for uid in memory[id].map({ Array($0.settled.keys) }) ?? [] {
            if engine.mayWrite(id) {
                // It has come back: what has happened to it has it looked at again.
                guard try await remove(uid, unless: { store.snapshot.apps[id]?.live != nil || observed(id) != nil })
                else { return }
            }
            memory[id]?.settled[uid] = nil
        }
        memory[id] = nil
        update { $0.apps[id] = nil }
    }

    private func failed(_ id: AppID, _ error: GrafanaError) async -> Outcome {
        if error.kind == .cancelled { return Outcome(failed: true) }
        if error.kind == .folderMissing { folders = [:] }
        pause(error)
        let isOfAll = await concernsAll(error)
        if isOfAll, ground != nil { lost(error) }
        update { $0.counters.failed += 1 }
        let state: DashboardState =
            switch error.kind {
            case .versionMismatch: .drifted
            case .unreachable, .timedOut, .folderMissing, .tooManyRequests: .pending
            default: .failed
            }
        let message =
            switch error.kind {
            case .versionMismatch: "somebody changed a dashboard at this very moment; it is looked at again"
            case .timedOut where !isOfAll, .unreachable where !isOfAll:
                "\(error); Grafana answers otherwise, so this is tried again with growing waits"
            case .nameExists: "\(error); delete or rename that one, or use a folder for each namespace"
            default: error.description
            }
        note(id, AppDashboards(state: state, reason: error.kind, message: message, own: report.apps[id]?.own))
        if !isOfAll {
            logger.warning("the dashboards of an app are not right", metadata: ["app": "\(id)", "error": "\(error)"])
        }
        return Outcome(failed: true, notBefore: error.retryAfter)
    }

    func note(_ id: AppID, _ state: AppDashboards) {
        guard report.apps[id] != state else { return }
        update { $0.apps[id] = state }
    }
}

extension AppDashboards {
    /// Takes on a worse state; the first reason given for it stays.
    mutating func worsen(_ state: DashboardState, _ message: String) {
        let order: [DashboardState] = [.synced, .pending, .drifted, .invalid, .failed]
        guard (order.firstIndex(of: state) ?? 0) > (order.firstIndex(of: self.state) ?? 0) else { return }
        self.state = state
        self.message = message
    }
}
