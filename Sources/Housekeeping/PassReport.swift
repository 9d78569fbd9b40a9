/// What one pass has done.
public struct PassReport: Hashable, Sendable {
    public var occasion: Occasion
    public var before = Census()
    public var after = Census()
    /// How many of the loose objects of ``before`` could not be packed, as nothing leads to them; nil where it was not tried.
    /// What was written meanwhile is not among them.
    var leftOver: Int?
    /// How many packs were made one with others.
    public var rolledUp = 0
    /// How many objects that nothing led to were removed.
    public var pruned = 0
    /// Files that killed processes had left, below the repository's folder.
    public var cleared: [String] = []
    /// What had to wait, and why.
    public var postponed: String?
    public var took: Duration = .zero

    /// Whether other things lie in the repository than before.
    var hasChanged: Bool {
        before.looseObjects != after.looseObjects || before.packs != after.packs
            || before.looseReferences != after.looseReferences
    }

    init(_ occasion: Occasion) { self.occasion = occasion }
}

/// What a pass is about, while it runs.
public enum HousekeepingStep: Hashable, Sendable {
    case clear
    case packLooseObjects(Int)
    case rollUp(packs: Int, objects: Int)
    case packReferences(Int)
    case expireLogs
    case prune(Int)
}
