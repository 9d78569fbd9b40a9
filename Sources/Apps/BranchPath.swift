import Git

/// The way of the branch from one head to another, as its log tells it: a pure function of the log.
enum BranchPath {
    /// The heads that the branch had after `old`, up to `new`.
    ///
    /// Followed backwards from the new head, so that an entry of a movement that never came about is not taken in.
    /// - Parameter movements: the newest first.
    /// - Returns: the new head alone where the log does not lead back to the old one.
    static func heads(from old: ObjectID, to new: ObjectID, _ movements: [ReferenceMovement]) -> [ObjectID] {
        var heads = [new]
        var wanted = new
        for movement in movements where movement.new == wanted {
            wanted = movement.old
            if wanted == old { return heads.reversed() }
            heads.append(wanted)
        }
        return [new]
    }
}
