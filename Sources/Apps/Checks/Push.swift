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
    /// Where the branch is to go; nil where the push leaves it.
    public internal(set) var commit: ObjectID?
    /// What whoever pushes has to be allowed to do.
    public internal(set) var needs = PushNeeds()

    /// Looks at a push.
    ///
    /// The branch may only go forward, and what changes on it has to check. A merge that has the branch's head as
    /// another parent than its first goes forward too. Other branches, tags and notes are free; all other references
    /// are the service's own. Each commit that comes to the branch's own line makes versions of its apps, and so does one
    /// that a later commit of the same push takes back: what they all need is needed.
    /// - Parameters:
    ///   - branch: the short name of the branch that is applied.
    ///   - repository: sees the pushed objects too.
    ///   - verifier: whose commits may come to the branch; nil for everybody's. Looked at is the branch's own line.
    public init(
        on push: Push, branch: String, in repository: Repository, verifier: CommitVerifier? = nil
    ) throws(GitError) {
        let main = try ReferenceName.branch(branch)
        for update in push.updates {
            needs.references.insert(PushNeeds.plain(update.reference))
            let isFree = ["refs/heads/", "refs/tags/", "refs/notes/"].contains { update.reference.hasPrefix($0) }
            guard isFree, let name = ReferenceName(rawValue: update.reference) else {
                refuse("\(update.reference) is not for pushes: only branches, tags and notes are")
                continue
            }
            // A reference that only names the branch moves the branch.
            let target = try repository.symbolicTarget(name) ?? name
            if target == main {
                try look(at: update, branch: branch, in: repository, verifier)
            } else if update.reference.hasPrefix("refs/heads/") {
                let head = try repository.reference(main)
                for commit in [update.old, update.new].compactMap(\.self) {
                    try needs.addAside(commit, update.reference, beside: head, in: repository)
                }
            } else {
                needs.add(.deploy, in: nil, for: update.reference)
            }
        }
    }

    /// Refuses the push for more reasons.
    public mutating func refuse(_ reasons: [String]) { for reason in reasons { refuse(reason) } }

    private mutating func refuse(_ message: String) { problems.append(Problem(path: "", message: message)) }

    private mutating func look(
        at update: Push.Update, branch: String, in repository: Repository, _ verifier: CommitVerifier?
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
        commit = new
        if let verifier,
            let (commit, reason) = try repository.refusedCommit(downFrom: new, toHistoryOf: update.old, verifier)
        {
            return refuse(
                "commit \(commit.id.short) \"\(commit.subject)\" is not verified: \(reason). Sign each commit with a "
                    + "key that is allowed, such as with: git rebase --exec 'git commit --amend --no-edit -S' @{upstream}"
            )
        }
        let before = try update.old.map { id throws(GitError) in try repository.commit(id).tree }
        let after = try repository.commit(new).tree
        let paths = try ChangedPaths(from: before, to: after, in: repository)
        let folders = FolderReader(repository: repository, old: before, new: after)
        let check = try ChangeCheck(paths, folders, in: repository)
        problems += check.problems
        changes = check.changes
        let line = try repository.firstParents(from: new, until: update.old)
        // A head that buries the branch's own line is righted: then all that it brings is one step.
        guard line.reachedEnd, line.commits.count > 1 else {
            return try needs.addApplied(paths, folders, in: repository)
        }
        try look(at: line.commits.reversed(), after: before, on: branch, in: repository)
    }

    /// How many files and folders may differ over all commits of a push.
    static let mostChanges = 2_000_000

    /// - Parameter commits: the oldest first, each on the one before.
    private mutating func look(
        at commits: some Sequence<Commit>, after tree: ObjectID?, on branch: String, in repository: Repository
    ) throws(GitError) {
        var (tree, visited) = (tree, 0)
        for commit in commits {
            let paths = try ChangedPaths(from: tree, to: commit.tree, in: repository)
            visited += paths.visited
            if paths.isTooMuch || visited > Self.mostChanges {
                return refuse(
                    "more changes than are looked at, up to commit \(commit.id.short): push in parts, each with "
                        + "'git push origin COMMIT:\(branch)' for a commit in between")
            }
            let folders = FolderReader(repository: repository, old: tree, new: commit.tree)
            try needs.addApplied(paths, folders, in: repository)
            tree = commit.tree
        }
    }
}
