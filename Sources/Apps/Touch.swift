public import Git
import HashTreeCollections

/// What a commit of the branch has left of one app: kept in the fold, so that an app's history is told without a walk.
struct Touch: Sendable, Hashable {
    let commit: ObjectID
    /// How many versions the app had after it; 0 where it was gone.
    let versions: Int32
    /// The version of the live graph after it; 0 for none.
    let live: Int32
    /// The version of the draft after it; 0 for none.
    let draft: Int32
    /// Whether the live graph was deployed after it.
    let deploys: Bool
    /// Whether something was wrong with the app's files after it.
    let isInvalid: Bool
    /// Whether the app was gone after it.
    let isRemoved: Bool

    var active: Int32 { deploys ? live : 0 }
}

extension Touch {
    /// - Parameter app: the app after the commit; nil where it is gone.
    init(_ commit: ObjectID, leaving app: App?) {
        self.init(
            commit: commit, versions: Int32(clamping: app?.versions.count ?? 0),
            live: Int32(clamping: app?.live?.version ?? 0), draft: Int32(clamping: app?.draft?.version ?? 0),
            deploys: app?.live?.deploys ?? false, isInvalid: app.map { !$0.problems.isEmpty } ?? false,
            isRemoved: app == nil)
    }
}

/// The commits that touched one app, the oldest first.
typealias TouchLog = PieceList<Touch>

extension PieceList where Element == Touch {
    /// Where a commit stands; looked for from the newest on.
    func index(of commit: ObjectID) -> Int? { lastIndex { $0.commit == commit } }
}

extension History {
    /// Notes that a commit touched an app; what lay in the folder of no app is nobody's history.
    mutating func noteTouch(of id: AppID, by commit: ObjectID) {
        let touch = Touch(commit, leaving: snapshot.apps[id])
        if touch.isRemoved, snapshot.touches[id]?.last?.isRemoved ?? true { return }
        if snapshot.touches.change(id, { $0.append(touch) }) != nil { return }
        var log = TouchLog()
        log.append(touch)
        snapshot.touches[id] = log
    }
}

extension Snapshot {
    /// The last commit that touched an app, also of one that is gone; nil for one that never was.
    public func lastCommit(of id: AppID) -> ObjectID? { touches[id]?.last?.commit }

    /// How many commits of the branch have touched an app.
    public func commitCount(of id: AppID) -> Int { touches[id]?.count ?? 0 }
}
