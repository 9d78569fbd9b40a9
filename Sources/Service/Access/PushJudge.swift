import Access
import Apps
import Git
import HTTPTypes
import HashTreeCollections
import JSONValues
import Sync

/// Says of a push, while its hook waits, whether whoever pushes may make all its changes over REST too.
struct PushJudge: Sendable {
    let apps: any AppSource
    let cluster: any ClusterSide
    let audit: Audit

    /// Answers the question of `rampart hook pre-receive` (``PushQuestion``).
    func answer(
        _ text: String, _ exchange: Exchange, _ method: HTTPRequest.Method, _ path: String
    ) async -> String {
        guard let question = PushQuestion(line: text) else {
            return PushAnswer.failed("it does not understand the question; is the hook of another version?").line
        }
        let apps = question.needs.apps.sorted().map(\.description)
        var subjects = apps.isEmpty ? Set(question.needs.subjects.values.joined()).sorted() : apps
        if subjects.isEmpty { subjects = question.needs.references.sorted() }
        let note = { (why: [String]) in
            audit.note(
                pushOf: subjects, commit: question.commit?.description, refusedFor: why, exchange, method, path)
        }
        let refusals: [String]
        do throws(AccessError) {
            refusals = try await self.refusals(of: question.needs, exchange.rights)
        } catch {
            var why = "\(error)"
            if case .unavailable(let what) = error { why = "\(what), try again in a moment" }
            note([why])
            return PushAnswer.failed(why).line
        }
        let problems = question.problems == 1 ? "a problem in its files" : "\(question.problems) problems in its files"
        note(refusals + (question.problems == 0 ? [] : [problems]))
        return PushAnswer.refused(refusals).line
    }

    /// Why a push is refused, a sentence each; empty where it may go on.
    ///
    /// - Parameter rights: nil where nobody is asked: then everybody may do all but change what is read-only.
    func refusals(of needs: PushNeeds, _ rights: CallerRights?) async throws(AccessError) -> [String] {
        var refusals: [String] = []
        if let rights {
            let denied = try await self.denied(needs.subjects.keys, rights)
            for need in denied {
                let names = PushNeeds.list(needs.subjects[need, default: []].sorted())
                refusals.append(
                    "\(names): \(RestError.denial(of: rights.caller, need.permission, need.scope))")
            }
            if needs.subjects.isEmpty, try await !maySaveSomewhere(rights) {
                let names = PushNeeds.list(needs.references.sorted())
                refusals.append(
                    "\(names): \(rights.caller.user) may not save in any namespace; whoever keeps the policy can allow it"
                )
            }
        }
        let locked = Dictionary(grouping: needs.apps.filter { isReadOnly($0, needs) }, by: \.namespace)
        for (namespace, ids) in locked.sorted(by: { $0.key < $1.key }) {
            if let rights, try await rights.allows(.administer, in: .namespace(namespace)) { continue }
            refusals.append(PushNeeds.readOnlyRefusal(ids))
        }
        return refusals
    }

    /// Whether the caller may write anything: a push moves a reference also where it changes no file.
    ///
    /// Asked of namespaces that have apps, and of not more than a person can have: each may be a question to the API server.
    private func maySaveSomewhere(_ rights: CallerRights) async throws(AccessError) -> Bool {
        if try await rights.allows(.save, in: .everywhere) { return true }
        for namespace in Set(apps.snapshot.apps.keys.map(\.namespace)).sorted().prefix(100) {
            if try await rights.allows(.save, in: .namespace(namespace)) { return true }
        }
        return false
    }

    /// The same as REST sees it, or the tree before the push: the service may not yet have seen that.
    private func isReadOnly(_ id: AppID, _ needs: PushNeeds) -> Bool {
        if needs.readOnly.contains(id) { return true }
        guard let app = apps.snapshot.apps[id] else { return false }
        return AppView(app: app, observed: cluster.current.observed[id], sync: nil, hasSeenCluster: true).isReadOnly
    }

    /// Asks for all at once, as whoever decides may be the API server.
    private func denied(
        _ needs: some Sequence<PushNeeds.Need>, _ rights: CallerRights
    ) async throws(AccessError) -> [PushNeeds.Need] {
        let results = await withTaskGroup(of: (PushNeeds.Need, Result<Bool, AccessError>).self) { group in
            for one in needs {
                group.addTask {
                    do throws(AccessError) {
                        return (one, .success(try await rights.allows(one.permission, in: one.scope)))
                    } catch {
                        return (one, .failure(error))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var denied: [PushNeeds.Need] = []
        for (one, result) in results where try !result.get() { denied.append(one) }
        return denied.sorted(by: PushNeeds.Need.precedes)
    }
}
