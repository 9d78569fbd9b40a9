import Apps
import DequeModule
import HeapModule

/// Which apps are to be looked at, and when: a state machine without a clock of its own.
///
/// An app is worked on once at a time. One that is asked for while it is worked on comes again afterwards; a failure
/// brings it back after a wait that grows; anything new about it ends the wait at once.
struct WorkQueue {
    private enum Place {
        case ready
        case waiting(until: Duration)
        case running(again: Bool)
    }

    private struct Entry {
        var place: Place
        var failures = 0
    }

    /// The end of a wait; void where the app's entry says otherwise by now.
    private struct Due: Comparable {
        let time: Duration
        let id: AppID

        static func < (left: Due, right: Due) -> Bool { left.time < right.time }
    }

    private var entries: [AppID: Entry] = [:]
    private var running = 0
    private var ready: Deque<AppID> = []
    private var dues: Heap<Due> = []
    private let firstRetry: Duration
    private let longestRetry: Duration

    init(firstRetry: Duration, longestRetry: Duration) {
        self.firstRetry = firstRetry
        self.longestRetry = longestRetry
    }

    /// How many apps wait or are worked on.
    var count: Int { entries.count }

    /// The same by where they stand.
    var depth: (ready: Int, running: Int, retrying: Int) {
        (ready.count, running, entries.count - ready.count - running)
    }

    /// Whether nothing is to be done but to wait for the next try of what has failed.
    var isIdle: Bool { ready.isEmpty && running == 0 }

    /// Asks for a look at an app, now.
    mutating func add(_ id: AppID) {
        guard var entry = entries[id] else {
            entries[id] = Entry(place: .ready)
            ready.append(id)
            return
        }
        switch entry.place {
        case .ready: return
        case .waiting:
            entry = Entry(place: .ready)
            ready.append(id)
        case .running: entry.place = .running(again: true)
        }
        entries[id] = entry
    }

    /// The next app to work on.
    mutating func take(now: Duration) -> AppID? {
        while let due = dues.min, due.time <= now {
            dues.removeMin()
            guard isWaiting(due) else { continue }
            entries[due.id]?.place = .ready
            ready.append(due.id)
        }
        guard let id = ready.popFirst() else { return nil }
        entries[id]?.place = .running(again: false)
        running += 1
        return id
    }

    /// Says that the work on an app has ended.
    ///
    /// - Parameter jitter: from 0 to 1, so that apps that failed together do not all come back together.
    mutating func finish(_ id: AppID, failed: Bool, now: Duration, jitter: Double, notBefore: Duration? = nil) {
        guard var entry = entries[id], case .running(let again) = entry.place else { return }
        running -= 1
        if again {
            entries[id] = Entry(place: .ready, failures: failed ? entry.failures + 1 : 0)
            ready.append(id)
        } else if failed {
            entry.failures += 1
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

    private func isWaiting(_ due: Due) -> Bool {
        if case .waiting(due.time)? = entries[due.id]?.place { true } else { false }
    }
}
