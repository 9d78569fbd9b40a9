import Apps
import HashTreeCollections
import JSONValues
import Kubernetes
import Logging

extension SyncEngine {
    /// How long an app's resource is still left as somebody else wants it; nil where it is healed now.
    func contestPause(_ id: AppID) -> Duration? {
        guard let contest = contests[id] else { return nil }
        let pause = contest.notBefore - start()
        return pause > .zero ? pause : nil
    }

    /// Says who keeps changing an app's resource, and where, and comes back when it is to be healed again.
    func contested(_ id: AppID, _ desired: Desired?, _ pause: Duration) async -> Outcome {
        let heals = contests[id]?.heals ?? 0
        let seen = "healed \(heals) times in a row"
        // Asked for once between two heals, as looking costs a request.
        if report.apps[id]?.message?.contains(seen) != true {
            let what: Contest.Account
            do {
                let object = try await client.get(Desired.resource, namespace: id.namespace, name: id.name)
                what = Contest.Account(object, desired: desired, manager: options.fieldManager)
            } catch {
                what = Contest.Account(isGone: error.isNotFound)
            }
            let message =
                "\(what): \(seen), and now again only after a wait. Have one of the two leave the resource alone"
            logger.warning(
                "somebody else keeps changing a resource back",
                metadata: [
                    "app": "\(id)", "manager": "\(what.manager ?? "")", "field": "\(what.place)", "heals": "\(heals)",
                ])
            note(id, AppSync(state: .failed, message: message, appliedCommit: report.apps[id]?.appliedCommit))
        }
        return Outcome(result: .waiting, failed: true, notBefore: pause)
    }
}
