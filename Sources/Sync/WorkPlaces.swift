import Apps

/// Where apps are worked on: a number of places, of which no app keeps one for long.
///
/// Most looks take milliseconds, but a request that an admission webhook hangs on takes half a minute, and there may be as
/// many such apps as there are places. So one that has taken longer than ``patience`` gives its place to another and goes
/// on beside it, up to a number of apps in all that bounds the requests which an API server has before it.
struct WorkPlaces {
    /// How many apps are worked on at once, without those that take long.
    var quick = Int.max
    /// How many apps are worked on at once in all.
    var all = Int.max
    /// After this time one takes long.
    var patience: Duration = .zero

    private struct Work {
        let since: Duration
        let failed: Bool
    }

    private var work: [AppID: Work] = [:]

    init() {}

    init(quick: Int, all: Int, patience: Duration) {
        self.quick = quick
        self.all = max(all, quick)
        self.patience = patience
    }

    /// How many are worked on.
    var count: Int { work.count }

    /// Whether another can be worked on.
    ///
    /// - Parameter failed: whether it has failed the last time: those have half of the places at most.
    func hasRoom(failed: Bool, now: Duration) -> Bool {
        guard work.count < all else { return false }
        guard quick < .max else { return true }
        var (quickOnes, failedOnes, both) = (0, 0, 0)
        for work in work.values {
            let isQuick = now - work.since < patience
            if isQuick { quickOnes += 1 }
            if work.failed { failedOnes += 1 }
            if isQuick, work.failed { both += 1 }
        }
        guard quickOnes < quick else { return false }
        return !failed || both < max(quick / 2, 1) && failedOnes < max(all / 2, 1)
    }

    mutating func take(_ id: AppID, failed: Bool, now: Duration) { work[id] = Work(since: now, failed: failed) }

    mutating func free(_ id: AppID) { work[id] = nil }

    /// When the next of those that are worked on takes long.
    func nextRoom(after now: Duration) -> Duration? {
        guard quick < .max else { return nil }
        return work.values.lazy.map { [patience] in $0.since + patience }.filter { $0 > now }.min()
    }
}
