/// Why a repository is put in order now.
public enum Occasion: String, Sendable {
    /// The process has begun, and does not know what went before.
    case start
    case looseObjects = "loose_objects"
    case packs
    /// A day has gone by.
    case routine
    /// A person says so: everything is packed, however little it is.
    case request
    /// The same, and all packs are made one.
    case full

    /// How many loose objects are worth a pack.
    func leastLooseObjects(_ options: HousekeepingOptions) -> Int {
        switch self {
        case .request, .full: 1
        default: options.fewLooseObjects
        }
    }

    /// - Parameters:
    ///   - loose: how many objects lie in files of their own.
    ///   - leftOver: how many of them the last pass could not pack, as nothing leads to them.
    ///   - packs: how many packs there are.
    ///   - idle: the time since the last pass; nil before the first.
    /// - Returns: nil where there is nothing to do.
    static func due(
        loose: Int, leftOver: Int, packs: Int, idle: Duration?, _ options: HousekeepingOptions
    ) -> Occasion? {
        guard let idle else { return .start }
        let more = loose - leftOver
        if more >= options.looseObjects { return .looseObjects }
        if more >= options.fewLooseObjects, idle >= options.quiet { return .looseObjects }
        if packs >= options.packs, idle >= options.interval { return .packs }
        return idle >= options.routine ? .routine : nil
    }

    /// How far git stands back for everybody else.
    ///
    /// On a machine whose processors never rest, what is left over for it is nothing: the more has piled up, the more it
    /// takes, so that what piles up is bounded however busy the machine is.
    static func niceness(loose: Int, _ options: HousekeepingOptions) -> Int32 {
        switch loose / max(1, options.looseObjects) {
        case ..<4: 19
        case ..<8: 10
        default: 0
        }
    }

    /// How long to wait after a number of failures in a row.
    static func pause(afterFailures count: Int, _ options: HousekeepingOptions) -> Duration {
        var pause = options.firstRetry
        for _ in 1..<max(1, count) where pause < options.longestRetry { pause *= 4 }
        return min(pause, options.longestRetry)
    }
}
