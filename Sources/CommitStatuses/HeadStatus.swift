public import Apps
public import Forges
public import Git
import Graphs
import HashTreeCollections
public import Sync

/// How a commit stands in the cluster, as a forge is told.
public struct HeadStatus: Sendable, Hashable {
    public var commit: ObjectID
    public var state: CommitStatus.State
    /// Why, in one sentence.
    public var description: String

    public init(commit: ObjectID, state: CommitStatus.State, description: String) {
        self.commit = commit
        self.state = state
        self.description = description
    }

    /// How HEAD stands: a failure as soon as one app has failed or does not check, pending while anything is on its
    /// way, else a success. A commit that is not verified is a failure, and nothing after it counts.
    ///
    /// Where replicas apply a part of all apps each, only the apps of this one's part count: of the others it knows just
    /// that somebody else applies them. What is wrong outside of any app is told by all.
    ///
    /// - Returns: nil while the branch has no commit.
    public init?(_ snapshot: Snapshot, _ report: SyncReport) {
        if let stop = snapshot.stop {
            self.init(commit: stop.commit, state: .failure, description: "not applied: \(stop.reason)")
            return
        }
        guard let head = snapshot.head else { return nil }
        func pending(_ text: String) -> HeadStatus { HeadStatus(commit: head, state: .pending, description: text) }
        if let why = report.unreachable {
            self = pending("the API server cannot be reached: \(why)")
            return
        }
        guard report.hasSeenCluster, report.head == head else {
            self = pending("not looked at yet")
            return
        }
        let shard = report.replica?.shard
        func counts(_ id: AppID) -> Bool { shard?.holds(id) ?? true }
        var failed: [(id: AppID, message: String)] = []
        var waiting: (id: AppID, message: String)?
        var waitingCount = 0
        func wait(_ id: AppID, _ message: String) {
            waitingCount += 1
            if waiting.map({ id < $0.id }) ?? true { waiting = (id, message) }
        }
        for (id, sync) in report.apps where counts(id) {
            switch sync.state {
            case .synced:
                // What was true of an earlier commit is not yet true of this one.
                if let app = snapshot.apps[id] {
                    if app.live?.commit != sync.appliedCommit { wait(id, "not looked at yet") }
                } else {
                    wait(id, "its resource is to be deleted")
                }
            case .failed, .invalid: failed.append((id, sync.message ?? sync.state.rawValue))
            case .pending: wait(id, sync.message ?? "not looked at yet")
            }
        }
        for (id, app) in snapshot.apps where app.live != nil && report.apps[id] == nil && counts(id) {
            wait(id, "not looked at yet")
        }
        let held = report.heldPrune.count(where: counts)
        failed.sort { $0.id < $1.id }
        if let first = failed.first {
            let more = failed.count > 1 ? "\(failed.count) apps failed, the first is " : ""
            self.init(commit: head, state: .failure, description: "\(more)\(first.id): \(first.message)")
        } else if let problem = snapshot.problems.first {
            let more = snapshot.problems.count > 1 ? " (and \(snapshot.problems.count - 1) more)" : ""
            self.init(commit: head, state: .failure, description: "\(problem)\(more)")
        } else if held > 0 {
            self = pending("the deletion of \(held) apps is held until somebody confirms")
        } else if let waiting {
            let count = waitingCount == 1 ? "" : "\(waitingCount) apps wait, the first is "
            self = pending("\(count)\(waiting.id): \(waiting.message)")
        } else {
            let live = snapshot.apps.count { counts($0.key) && $0.value.live?.deploys ?? false }
            let text = live == 1 ? "1 app is as it says" : "\(live) apps are as it says"
            self.init(commit: head, state: .success, description: text)
        }
    }
}
