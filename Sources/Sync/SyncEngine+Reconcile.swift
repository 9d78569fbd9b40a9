import Apps
import Events
import Git
import Graphs
import HashTreeCollections
import Instruments
import JSONValues
import Kubernetes
import Logging
import Logs

extension SyncEngine {
    struct Outcome {
        var result = SyncResult.unchanged
        var failed = false
        /// A wait that the API server asked for.
        var notBefore: Duration?
    }

    /// Makes one app's resource equal to HEAD.
    func reconcile(_ id: AppID) async -> Outcome {
        let app = store.snapshot.apps[id]
        let observed = observed[id]
        if let live = app?.live, let observed, !observed.isTerminating,
            memory[id]?.met == Plan.fingerprint(live, observed)
        {
            memory[id]?.isNew = false
            settled(id, app)
            return Outcome()
        }
        let desired = app.flatMap { Desired($0) }
        let plan = Plan.make(app: app, desired: desired, observed: observed, memory: memory[id] ?? Plan.Memory())
        if plan.writes, !mayWrite(id) {
            note(id, AppSync(state: .pending, message: leftToOthers(id), appliedCommit: report.apps[id]?.appliedCommit))
            return Outcome(result: .waiting)
        }
        if plan == .apply(heals: true), let pause = contestPause(id) { return await contested(id, desired, pause) }
        do throws(KubernetesError) {
            switch plan {
            case .nothing:
                if let live = app?.live, let observed {
                    memory[id, default: Plan.Memory()].met = Plan.fingerprint(live, observed)
                    memory[id]?.isNew = false
                } else if desired == nil {
                    forget(id)
                }
                settled(id, app)
            case .wait(let why):
                note(id, AppSync(state: .pending, message: why, appliedCommit: nil))
                return Outcome(result: .waiting)
            case .apply(let heals):
                guard let desired else { return Outcome() }
                let former = memory[id]?.applied
                memory[id] = try await apply(id, desired, app?.live)
                // Not seen before, it is as good as new: what the watch brings first is no drift.
                if observed == nil { memory[id]?.isNew = true }
                if former != desired.digest { contests[id] = nil }
                count(desired, of: id, heals: heals)
                settled(id, app, writtenNow: true)
                return Outcome(result: heals ? .healed : .applied)
            case .prune(let uid): return Outcome(result: try await prune(id, uid) ? .pruned : .waiting)
            case .adopt: return await adopt(id)
            }
            return Outcome()
        } catch {
            if error.isCancelled { return Outcome(result: .unreachable, failed: true) }
            return failed(id, error)
        }
    }

    /// Writes what HEAD says.
    private func apply(
        _ id: AppID, _ desired: Desired, _ live: LiveGraph?
    ) async throws(KubernetesError) -> Plan.Memory {
        let (writer, options) = (writer, options)
        let reply = try await writing("apply", of: id, at: live?.commit) { () throws(KubernetesError) in
            try await writer.apply(
                Desired.resource, namespace: id.namespace, name: id.name, bytes: desired.body.bytes(),
                fieldManager: options.fieldManager, force: true)
        }
        var memory = Plan.Memory()
        memory.applied = desired.digest
        if reply.created {
            // Nobody else has fields in a new resource, and the watch brings it at once: no need to read it twice.
            memory.isNew = true
            memory.met = live.map { Plan.fingerprint($0, desired) }
            return memory
        }
        var object = try reply.object(managedFields: false)
        var result = ObservedGraph(object)
        if result.specDigest != desired.specDigest,
            let patch = Desired.removals(from: object.spec ?? [:], wanted: desired.body["spec"] ?? [:])
        {
            let version = object.resourceVersion
            object = try await writing("patch", of: id, at: live?.commit) { () throws(KubernetesError) in
                try await writer.mergePatch(
                    Desired.resource, namespace: id.namespace, name: id.name,
                    body: ["metadata": ["resourceVersion": .string(version)], "spec": patch],
                    fieldManager: options.fieldManager)
            }
            result = ObservedGraph(object)
        }
        memory.written = result.resourceVersion
        if result.specDigest != desired.specDigest { memory.accepted = (desired.specDigest, result.specDigest) }
        if let live, desired.isMet(by: result, accepted: memory.accepted?.got) {
            memory.met = Plan.fingerprint(live, result)
        }
        return memory
    }

    /// Counts what was written, and says so.
    private func count(_ desired: Desired, of id: AppID, heals: Bool) {
        if heals { contests[id, default: Contest(options.contest)].healed(at: start()) }
        update { shared in
            if heals { shared.report.counters.healed += 1 } else { shared.report.counters.applied += 1 }
        }
        var event = Event(
            heals ? .healed : .applied, app: id,
            commit: desired.annotations[Desired.commitAnnotation].flatMap { ObjectID($0) },
            version: desired.annotations[Desired.versionAnnotation].flatMap { Int($0) })
        if desired.body.at("spec", "deploy")?.bool == false { event.message = "undeployed" }
        if heals {
            // Whoever changed it is the cause, and no request of ours.
            RequestID.$current.withValue(nil) {
                logger.notice("healed a resource that somebody had changed or deleted", metadata: ["app": "\(id)"])
                tell(event)
            }
        } else {
            tell(event)
            logger.info(
                "applied",
                metadata: [
                    "app": "\(id)", "version": "\(desired.annotations[Desired.versionAnnotation] ?? "")",
                    "commit": "\(desired.annotations[Desired.commitAnnotation]?.prefix(7) ?? "")",
                ])
        }
    }

    /// - Returns: false where that has to wait, or somebody else has done it.
    private func prune(_ id: AppID, _ uid: String) async throws(KubernetesError) -> Bool {
        count([id])
        if report.heldPrune.contains(id), !confirmed.contains(id) {
            note(id, AppSync(state: .pending, message: "its deletion is held until somebody confirms"))
            return false
        }
        let writer = writer
        do throws(KubernetesError) {
            _ = try await writing("delete", of: id, at: nil) { () throws(KubernetesError) in
                try await writer.delete(
                    Desired.resource, namespace: id.namespace, name: id.name, preconditions: Preconditions(uid: uid))
            }
        } catch  where error.isNotFound || error.isConflict {
            return false  // gone already, or another one by the same name: the watch tells which
        }
        noteApplied(id, nil)
        update { $0.report.counters.pruned += 1 }
        note(id, AppSync(state: .pending, message: "the resource is being deleted"))
        tell(Event(.pruned, app: id, commit: store.snapshot.lastCommit(of: id)), uid: uid)
        logger.notice("deleted a resource that HEAD does not know any more", metadata: ["app": "\(id)"])
        return true
    }

    /// Commits a resource that somebody made without git as a new app; the commit then brings it back here.
    private func adopt(_ id: AppID) async -> Outcome {
        do {
            let object = try await client.get(Desired.resource, namespace: id.namespace, name: id.name)
            let manifest = try Manifest(checking: object.withoutManagedFields().json)
            let author = Signature(name: "Rampart", email: "rampart@localhost", seconds: Timestamp.now().seconds)
            let result = try await store.perform(.adopt(id, manifest), by: author)
            update { $0.report.counters.adopted += 1 }
            tell(Event(.adopted, app: id, commit: result.commit, version: result.version), uid: object.uid)
            logger.notice("took a resource into git that somebody had made without it", metadata: ["app": "\(id)"])
            return Outcome(result: .adopted)
        } catch let error as KubernetesError {
            return error.isNotFound ? Outcome() : failed(id, error)
        } catch ActError.protected(let branch) {
            // Not tried again until the resource changes, either.
            note(
                id, AppSync(state: .invalid, message: "cannot be taken into git: \(ActError.protected(branch: branch))")
            )
            return Outcome(result: .failed)
        } catch let error as Problems {
            // Not tried again until the resource changes: it would be refused again.
            note(id, AppSync(state: .invalid, message: "cannot be taken into git: \(error)"))
            return Outcome(result: .failed)
        } catch {
            note(id, AppSync(state: .failed, message: "cannot be taken into git: \(error)"))
            return Outcome(result: .failed, failed: true)
        }
    }

    /// Notes that the cluster has what HEAD says.
    private func settled(_ id: AppID, _ app: App?, writtenNow: Bool = false) {
        if writtenNow { noteApplied(id, app?.live?.commit) } else { _ = arrivals.settle(id) }
        guard let app else {
            update { $0.report.apps[id] = nil }
            return
        }
        let former = report.apps[id]
        var sync = AppSync(state: .synced, appliedCommit: app.live?.commit)
        sync.appliedAt =
            writtenNow ? Timestamp.now() : former?.appliedCommit == sync.appliedCommit ? former?.appliedAt : nil
        if let problem = app.problems.first {
            sync.state = .invalid
            let more = app.problems.count > 1 ? " (and \(app.problems.count - 1) more)" : ""
            sync.message = "\(problem)\(more)"
        }
        note(id, sync)
    }

    private func failed(_ id: AppID, _ error: KubernetesError) -> Outcome {
        let former = report.apps[id]
        update { $0.report.counters.failed += 1 }
        note(
            id,
            AppSync(
                state: error.isUnreachable || error.withoutDefinition != nil ? .pending : .failed,
                message: error.withoutDefinition ?? "\(error)",
                appliedCommit: former?.appliedCommit, appliedAt: former?.appliedAt),
            as: error.code != nil && !error.isUnauthorized && !error.isRetryable ? .refused : .failed)
        if !error.isUnreachable {
            logger.warning("the API server refused an app", metadata: ["app": "\(id)", "error": "\(error)"])
        }
        return Outcome(result: error.isUnreachable ? .unreachable : .failed, failed: true, notBefore: error.retryAfter)
    }

    /// Measures how long it took from a commit's arrival until the API server had taken it.
    private func noteApplied(_ id: AppID, _ commit: ObjectID?) {
        if let since = arrivals.settle(id) {
            options.metrics.commitToApplied.record(ContinuousClock.now - since)
        } else if store.snapshot.head != report.head {
            arrivals.noteEarly(id, commit)
        }
    }

    /// - Parameter failure: what is told where the state is a failure.
    func note(_ id: AppID, _ sync: AppSync, as failure: Event.Kind = .failed) {
        let former = report.apps[id]
        if former != sync { update { $0.report.apps[id] = sync } }
        let isKnown = former?.state == sync.state && former?.message == sync.message
        let kind: Event.Kind
        switch sync.state {
        case .synced, .pending: return
        case .invalid where isKnown: return
        case .invalid: kind = .invalid
        case .failed: kind = failure
        }
        let live = store.snapshot.apps[id]?.live
        tell(
            Event(kind, app: id, commit: live?.commit, version: live?.version, message: sync.message),
            isKnown: isKnown)
    }
}

extension KubernetesError {
    /// What to do where the cluster does not know RampartGraphs at all; nil where the error says something else.
    ///
    /// An API server names the object, or the namespace, that it misses; of a type that it does not know it says nothing.
    var withoutDefinition: String? {
        guard isNotFound, subject == nil else { return nil }
        return "the cluster has no RampartGraphs: the custom resource definition rampartgraphs.rampart.petuum.com is "
            + "missing. Rampart's controller installs it, or: kubectl apply -f hack/rampartgraph-crd.yaml"
    }
}
