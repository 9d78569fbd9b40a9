/// When a repository is put in order, and what is left alone meanwhile.
public struct HousekeepingOptions: Sendable {
    /// How often is looked whether there is anything to do; a look costs microseconds.
    public var interval: Duration = .seconds(10)
    /// As many loose objects are packed at once. A save makes about six; each takes at least a block of the disk.
    public var looseObjects = 4_096
    /// As many are packed once nothing has been done for ``quiet``.
    public var fewLooseObjects = 256
    public var quiet: Duration = .seconds(600)
    /// As many packs are rolled up, also where there are few loose objects: pushes and fetches bring them.
    public var packs = 24
    /// As many references in files of their own are gathered in `packed-refs`.
    public var looseReferences = 256
    /// What has no occasion of its own is looked after as often as that.
    public var routine: Duration = .seconds(86_400)
    /// A pack that is kept by itself has as many times the objects of all smaller ones together.
    public var factor = 2
    /// When all packs are made one because of their size, see `Pack.isOvergrown`; less than that is never too much.
    public var overgrownBytes = 256 << 20
    /// How old an object has to be that nothing leads to, before it is removed: as `gc.pruneExpire` of git.
    public var grace: Duration = .seconds(14 * 86_400)
    /// How long a branch's log reaches back, as `gc.reflogExpire` of git.
    public var reflog: Duration = .seconds(90 * 86_400)
    /// What stays free on the disk, and at most which share of it.
    public var reservedBytes = 64 << 20
    public var reservedShare = 0.05
    /// How long one program may take.
    public var patience: Duration = .seconds(3 * 3_600)
    /// How much memory one program may take for itself, in bytes: it takes the more the longer the history is.
    public var memory = 512 << 20
    /// The wait after a failure, four times as long after each further one.
    public var firstRetry: Duration = .seconds(30)
    public var longestRetry: Duration = .seconds(6 * 3_600)

    public init() {}
}
