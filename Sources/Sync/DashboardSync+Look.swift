import Apps
import Grafana
import HashTreeCollections
import Logging

// What all dashboards stand on: datasources, and the GPU metrics that there are.

extension DashboardSync {
    /// What the report says beside the state of apps.
    struct Remarks {
        var datasources: [String] = []
        var metrics: GrafanaError?
        var leftovers: String?

        var notes: [String] {
            var notes = datasources
            if let metrics {
                notes.append("Prometheus cannot be asked for GPU metrics, so GPU panels stay as they are: \(metrics)")
            }
            if let leftovers { notes.append(leftovers) }
            return notes
        }
    }

    func remark(_ change: (inout Remarks) -> Void) {
        change(&remarks)
        let notes = remarks.notes
        update { $0.notes = notes }
    }

    // MARK: - Grafana

    /// Asks for what all dashboards need, at the start, now and then, and after Grafana was away; then has everything
    /// compared.
    func lookAround() async {
        defer { looks.end() }
        do throws(GrafanaError) {
            let datasources = try DatasourceChoice(await client.datasources(), wanted: options.datasources)
            guard !datasources.uids.isEmpty else {
                throw GrafanaError(
                    .refused, "choosing datasources",
                    "Grafana has no datasource of type \(DatasourceChoice.types.joined(separator: " or ")); add one")
            }
            stand(on: datasources)
        } catch {
            pause(error)
            lost(error)
        }
    }

    private func stand(on datasources: DatasourceChoice) {
        looks.wentWell(now: start())
        folders = [:]
        for id in memory.keys { memory[id]?.met = nil }
        generation += 1
        ground = datasources
        let wasAway = report.failure != nil
        update { report in
            report.isReady = true
            report.failure = nil
        }
        remark { $0.datasources = datasources.missing }
        if wasAway {
            logger.info("Grafana can be worked with again")
            askAgainForMetrics()
        }
        sweeps.ask()
        // What failed while it was away says nothing about now.
        enqueueAll(anew: wasAway)
    }

    /// Grafana cannot be worked with: nothing is begun until it can.
    func lost(_ error: GrafanaError) {
        looks.failed(now: start(), jitter: Double.random(in: 0..<1), notBefore: error.retryAfter)
        // Whoever ends this process, or leads instead of it, says nothing about Grafana.
        if error.kind == .cancelled { return }
        ground = nil
        let former = report.failure
        update { report in
            report.isReady = false
            report.failure = error
        }
        if former?.kind != error.kind {
            logger.warning("Grafana cannot be worked with", metadata: ["error": "\(error)"])
        }
        poke()
    }

    /// Whether what a request met is met by any other too, so that nothing more should be begun.
    ///
    /// Where a request got no answer only Grafana itself can say: a single dashboard may be too much for it.
    func concernsAll(_ error: GrafanaError) async -> Bool {
        guard error.concernsAll else { return false }
        // Somebody else has found out.
        guard ground != nil else { return true }
        guard error.kind == .timedOut || error.kind == .unreachable else { return true }
        do throws(GrafanaError) {
            return try await !client.health().databaseIsWell
        } catch {
            switch error.kind {
            // Somebody is there; a proxy may keep this path to itself.
            case .notFound, .forbidden, .refused, .tooManyRequests, .cancelled: return false
            default: return true
            }
        }
    }

    /// Leaves Grafana alone for as long as it asks to, whatever it was asked for.
    func pause(_ error: GrafanaError) {
        guard let wait = error.pause else { return }
        let now = start()
        if wait > .zero, pausedUntil <= now {
            logger.notice("Grafana asks for a pause", metadata: ["for": "\(wait)", "error": "\(error)"])
        }
        pausedUntil = max(pausedUntil, now + wait)
    }

    // MARK: - Prometheus

    /// Both were away, as where the network was: what has just come back for the one may have for the other, and no
    /// dashboard has to be written twice.
    private func askAgainForMetrics() {
        guard remarks.metrics != nil else { return }
        questions.ask()
        // Not where it has asked for a pause itself.
        if metrics == nil { hasAskedForMetrics = questions.due.map { $0 > start() } ?? false }
    }

    /// Finds out which GPU metrics there are. Nothing waits for the answer, but for the first one.
    func askForMetrics() async {
        defer { questions.end() }
        guard let prometheus else { return }
        defer { hasAskedForMetrics = true }
        do throws(GrafanaError) {
            let known = try await prometheus.known()
            questions.wentWell(now: start())
            if remarks.metrics != nil { logger.info("Prometheus says again which GPU metrics there are") }
            remark { $0.metrics = nil }
            guard metrics != known else { return }
            metrics = known
            enqueueAll(anew: true)
        } catch {
            questions.failed(now: start(), jitter: Double.random(in: 0..<1), notBefore: error.retryAfter)
            if error.kind == .cancelled { return }
            if remarks.metrics?.kind != error.kind {
                logger.warning("Prometheus cannot be asked for GPU metrics", metadata: ["error": "\(error)"])
            }
            remark { $0.metrics = error }
        }
    }

    // MARK: - Folders

    /// The uid of the folder for a namespace, which is made where there is none; nil where no folders are wanted.
    func folder(for namespace: String) async throws(GrafanaError) -> String? {
        guard options.usesFolders else { return nil }
        if let known = folders[namespace] { return known }
        let uid = options.ownership.uid(folder: namespace)
        var found = try await client.folder(uid)?.uid
        if found == nil {
            do throws(GrafanaError) {
                found = try await writer.createFolder(uid, title: namespace).uid
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
