/// What a change does to apps, as far as the two trees say it.
public struct GraphChanges: Sendable, Hashable {
    /// Apps whose live graph came or changed.
    public var live: [AppID] = []
    /// Apps of which only the draft came or changed.
    public var drafts: [AppID] = []
    /// Apps of which no manifest is left.
    public var deleted: [AppID] = []

    public var isEmpty: Bool { live.isEmpty && drafts.isEmpty && deleted.isEmpty }
}
