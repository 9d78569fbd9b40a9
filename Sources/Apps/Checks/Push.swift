public import Git
public import Graphs

/// What a push asks for, as git tells it to a `pre-receive` hook (githooks(5)).
public struct Push: Sendable, Hashable {
    /// One reference that is to be made, moved or deleted.
    public struct Update: Sendable, Hashable {
        public let reference: String
        /// Where it is; nil where it does not exist.
        public let old: ObjectID?
        /// Where it is to go; nil to delete it.
        public let new: ObjectID?
    }

    public let updates: [Update]

    /// Reads lines of `<old> <new> <reference>`, an id of zeros standing for none.
    ///
    /// - Returns: nil where a line is otherwise.
    public init?(lines: String) {
        var updates: [Update] = []
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 2)
            guard parts.count == 3, let old = ObjectID(String(parts[0])), let new = ObjectID(String(parts[1])) else {
                return nil
            }
            updates.append(
                Update(
                    reference: String(parts[2]), old: old == .zero ? nil : old, new: new == .zero ? nil : new))
        }
        self.updates = updates
    }
}

/// What is said to a push.
public struct PushVerdict: Sendable {
    /// Why it is refused; empty where it may go on.
    public internal(set) var problems: [Problem] = []
    /// What it does to apps; empty where it does not touch the branch.
    public internal(set) var changes = GraphChanges()

    /// Looks at a push.
    ///
    /// The branch may only go forward, and what changes on it has to check. A merge that has the branch's head as
    /// another parent than its first goes forward too. Other branches, tags and notes are free; all other references
    /// are the service's own.
    /// - Parameters:
    ///   - branch: the short name of the branch that is applied.
    ///   - repository: sees the pushed objects too.
    public init(on push: Push, branch: String, in repository: Repository) throws(GitError) {
        let main = try ReferenceName.branch(branch)
        for update in push.updates {
            let isFree = ["refs/heads/", "refs/tags/", "refs/notes/"].contains { update.reference.hasPrefix($0) }
            guard isFree, let name = ReferenceName(rawValue: update.reference) else {
                refuse("\(update.reference) is not for pushes: only branches, tags and notes are")
                continue
            }
            // A reference that only names the branch moves the branch.
            let target = try repository.symbolicTarget(name) ?? name
            guard target == main else { continue }
            try look(at: update, branch: branch, in: repository)
        }
    }

    private mutating func refuse(_ message: String) { problems.append(Problem(path: "", message: message)) }

    private mutating func look(
        at update: Push.Update, branch: String, in repository: Repository
    ) throws(GitError) {
        guard let new = update.new else {
            return refuse("\(branch) may not be deleted: it is what the cluster runs. Delete apps in a commit")
        }
        guard try repository.kind(of: new) == "commit" else { return refuse("\(new) is no commit") }
        if let old = update.old, try !repository.isAncestor(old, of: new) {
            return refuse(
                "\(branch) may not be rewritten: \(old.short) would be gone from it. "
                    + "Get it with 'git pull', and undo commits with 'git revert'")
        }
        let before = try update.old.map { id throws(GitError) in try repository.commit(id).tree }
        let check = try ChangeCheck(from: before, to: try repository.commit(new).tree, in: repository)
        problems += check.problems
        changes = check.changes
    }
}
