import Git

/// Where a branch is followed no further: its newest commits differ from what was taken before by more than is looked at.
///
/// What was applied stays. As soon as a later commit differs from it by less, such as the one that reverts, the branch
/// is followed again, and those between count as one step with it. So comes out the same whoever folds, and from where.
struct BranchHold: Hashable {
    /// The head of the branch that was looked at.
    let head: ObjectID
    /// What is told of it.
    let error: GitError

    init(_ commit: Commit, head: ObjectID) {
        self.head = head
        error = GitError(
            .tooMuch,
            "it and what follows on it differ in more than \(ChangedPaths.most) files and folders from what is applied, "
                + "which stays; revert it",
            operation: "follow the branch to commit \(commit.id.short) by \(commit.author.name)")
    }
}
