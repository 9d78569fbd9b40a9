public import Git
public import Graphs

/// A commit of the branch that touched one app.
public struct LogEntry: Sendable, Hashable {
    /// What it did to the app, in words that programs can rely on.
    public enum Event: String, Sendable, Hashable {
        /// The app came.
        case created
        /// A draft was written, or a version that the app did not have.
        case saved
        /// Another version became the live and deployed one.
        case deployed
        /// The live graph was taken from the cluster.
        case undeployed
        /// A file of the app does not check since then.
        case broken
        /// All files of the app check again.
        case mended
        /// The app went.
        case deleted
        /// Something else in the app's folder: comments, labels, dashboards.
        case changed
    }

    public let commit: ObjectID
    public let author: Signature
    /// The time of the commit.
    public let time: Timestamp
    /// The first line of the commit's message.
    public let message: String
    /// What it did; never empty.
    public let events: [Event]
    /// The numbers of the versions that it made.
    public let newVersions: [Int]
    /// The version that was live and deployed after it; 0 for none.
    public let activeVersion: Int
    /// What was wrong with the app's files after it.
    public let problems: [Problem]
    /// Whether the commit removed the app.
    public let removed: Bool

    public init(
        commit: ObjectID, author: Signature, time: Timestamp, message: String, events: [Event], newVersions: [Int],
        activeVersion: Int, problems: [Problem] = [], removed: Bool = false
    ) {
        self.commit = commit
        self.author = author
        self.time = time
        self.message = message
        self.events = events
        self.newVersions = newVersions
        self.activeVersion = activeVersion
        self.problems = problems
        self.removed = removed
    }
}

/// A stretch of an app's history.
public struct LogPage: Sendable, Hashable {
    /// The newest first.
    public let entries: [LogEntry]
    /// The commit before which the next page begins; nil on the last one.
    public let next: ObjectID?
}

extension LogEntry {
    /// - Parameter before: what the commit before it had left of the app; nil where it is the first.
    init(_ commit: Commit, _ touch: Touch, after before: Touch?, problems: [Problem]) {
        let before = before.flatMap { $0.isRemoved ? nil : $0 }
        let known = Int(before?.versions ?? 0)
        let count = Int(touch.versions)
        self.init(
            commit: commit.id, author: commit.author, time: Timestamp(commit.committer), message: commit.subject,
            events: Self.events(touch, after: before), newVersions: count > known ? Array(known + 1...count) : [],
            activeVersion: Int(touch.active), problems: problems, removed: touch.isRemoved)
    }

    private static func events(_ touch: Touch, after before: Touch?) -> [Event] {
        if touch.isRemoved { return [.deleted] }
        var events: [Event] = before == nil ? [.created] : []
        let isNewDraft = touch.draft != 0 && touch.draft != before?.draft
        if before != nil, touch.versions > before?.versions ?? 0 || isNewDraft { events.append(.saved) }
        let active = before?.active ?? 0
        if touch.active != active { events.append(touch.active == 0 ? .undeployed : .deployed) }
        if touch.isInvalid != (before?.isInvalid ?? false) { events.append(touch.isInvalid ? .broken : .mended) }
        return events.isEmpty ? [.changed] : events
    }
}
