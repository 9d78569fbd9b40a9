public import Git
public import Graphs

/// A commit of the branch that touched one app.
public struct LogEntry: Sendable, Hashable {
    public let commit: ObjectID
    public let author: Signature
    /// The time of the commit.
    public let time: Timestamp
    /// The first line of the commit's message.
    public let message: String
    /// The numbers of the versions that it made.
    public let newVersions: [Int]
    /// The version that was live and deployed after it; 0 for none.
    public let activeVersion: Int
    /// What was wrong with the app's files after it.
    public let problems: [Problem]
    /// Whether the commit removed the app.
    public let removed: Bool
}
