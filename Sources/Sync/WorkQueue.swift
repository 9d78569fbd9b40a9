import Apps
import DequeModule
import HeapModule

/// Which apps are to be looked at, and when: a state machine without a clock of its own.
///
/// An app is worked on once at a time. One that is asked for while it is worked on comes again afterwards; a failure
/// brings it back after a wait that grows; anything new about it ends the wait at once.
///
/// Apps that have failed stand in a line of their own, of which the first is taken in turn with the first of all others,
/// and have half of the places at most: however many hang, what has just been committed finds room.
struct WorkQueue {
    private enum Place {
        case ready
        case waiting(until: Duration)
        case running(again: Again?)
    }

    /// How an app is asked for while it is worked on.
    private enum Again { case asBefore, anew }

    private struct Entry {
        var place: Place
        var failures = 0
        /// Whether it failed the last time, and nothing new is to be tried.
        var hasFailed = false
    }

    /// The end of a wait; void where the app's entry says otherwise by now.
    private struct Due: Comparable {
        let time: Duration
        let id: AppID

        static func < (left: Due, right: Due) -> Bool { left.time < right.time }
    }

    private var entries: [AppID: Entry] = [:]
    private var taken: WorkPlaces
    /// Those that are ready; void where the app's entry says otherwise by now.
    private var fresh: Deque<AppID> = []
    private var failed: Deque<AppID> = []
    private var ready = 0
    private var isFailedsTurn = false
    private var dues: Heap<Due> = []
    private let firstRetry: Duration
    private let longestRetry: Duration

    init(firstRetry: Duration, longestRetry: Duration, places: WorkPlaces = WorkPlaces()) {
        self.firstRetry = firstRetry
        self.longestRetry = longestRetry
        taken = places
    }

    /// How many apps wait or are worked on.
    var count: Int { entries.count }

    /// The same by where they stand.
    var depth: (ready: Int, running: Int, retrying: Int) {
        (ready, taken.count, entries.count - ready - taken.count)
    }

    /// Whether nothing is to be done but to wait for the next try of what has failed.
    var isIdle: Bool { ready == 0 && taken.count == 0 }

    /// Asks for a look at an app, now.
    ///
    /// - Parameter anew: whether there is something that has not been tried yet, as a commit is.
    mutating func add(_ id: AppID, anew: Bool = true) {
        guard var entry = entries[id] else { return line(up: id, Entry(place: .ready)) }
        switch entry.place {
        case .ready where anew && entry.hasFailed:
            ready -= 1
            line(up: id, Entry(place: .ready))
        case .ready: return
        case .waiting: line(up: id, Entry(place: .ready, hasFailed: entry.hasFailed && !anew))
        case .running(let again):
            entry.place = .running(again: anew ? .anew : again ?? .asBefore)
            entries[id] = entry
        }
    }

    private mutating func line(up id: AppID, _ entry: Entry) {
        entries[id] = entry
        ready += 1
        if entry.hasFailed { failed.append(id) } else { fresh.append(id) }
    }

    /// The next app to work on; nil where there is none, or no place.
    mutating func take(now: Duration) -> AppID? {
        while let due = dues.min, due.time <= now {
            dues.removeMin()
            guard isWaiting(due), var entry = entries[due.id] else { continue }
            entry.place = .ready
            line(up: due.id, entry)
        }
        guard ready > 0 else { return nil }
        for hasFailed in [isFailedsTurn, !isFailedsTurn] where taken.hasRoom(failed: hasFailed, now: now) {
            guard let id = next(failed: hasFailed) else { continue }
            isFailedsTurn = !hasFailed
            entries[id]?.place = .running(again: nil)
            ready -= 1
            taken.take(id, failed: hasFailed, now: now)
            return id
        }
        return nil
    }

    /// The first of a line.
    private mutating func next(failed isFailed: Bool) -> AppID? {
        while let id = isFailed ? failed.popFirst() : fresh.popFirst() {
            if let entry = entries[id], case .ready = entry.place, entry.hasFailed == isFailed { return id }
        }
        return nil
    }

    /// Says that the work on an app has ended.
    ///
    /// - Parameter jitter: from 0 to 1, so that apps that failed together do not all come back together.
    mutating func finish(_ id: AppID, failed: Bool, now: Duration, jitter: Double, notBefore: Duration? = nil) {
        guard var entry = entries[id], case .running(let again) = entry.place else { return }
        taken.free(id)
        entry.failures = failed ? entry.failures + 1 : 0
        entry.hasFailed = failed
        if let again {
            entry.place = .ready
            if again == .anew { entry.hasFailed = false }
            line(up: id, entry)
        } else if failed {
            let factor = Double(1 << min(entry.failures - 1, 16)) * (0.75 + jitter / 2)
            let wait = max(min(firstRetry * factor, longestRetry), notBefore ?? .zero)
            entry.place = .waiting(until: now + wait)
            entries[id] = entry
            dues.insert(Due(time: now + wait, id: id))
        } else {
            entries[id] = nil
        }
    }

    /// When the next app that waits is due.
    var nextDue: Duration? {
        mutating get {
            while let due = dues.min {
                if isWaiting(due) { return due.time }
                dues.removeMin()
            }
            return nil
        }
    }

    /// When one that is worked on gives its place to one that is ready, if it does not end before.
    func nextRoom(after now: Duration) -> Duration? { ready > 0 ? taken.nextRoom(after: now) : nil }

    private func isWaiting(_ due: Due) -> Bool {
        if case .waiting(due.time)? = entries[due.id]?.place { true } else { false }
    }
}
