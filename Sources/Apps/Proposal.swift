public import Git

/// An act that was written as a commit on a branch of its own, for people to look at before it is merged.
public struct Proposal: Sendable, Hashable {
    /// The branch, such as `rampart/default_demo/1a2b3c4`.
    public let branch: ReferenceName
    /// The commit on it, one above the head that it was made on.
    public let commit: ObjectID
    /// The first line of the commit's message.
    public let title: String
    /// The version that is proposed; nil where the act is about none.
    public let version: Int?
    /// Whether it was made just now, and is not one of before that says the same.
    public let isNew: Bool

    /// The branch's short name.
    public var name: String { String(branch.rawValue.dropFirst("refs/heads/".count)) }
}

extension ActSubject {
    /// What stands for it in the name of a branch. No app is called like the other two: an app's id has a `_` in it.
    var branchPart: String {
        switch self {
        case .app(let id): id.description
        case .config: "configs"
        case .commit: "reverts"
        }
    }
}
