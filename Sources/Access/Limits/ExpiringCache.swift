import Synchronization

/// Values that are kept for a while, within a bound of entries.
///
/// Two generations: when the young one is full the old one goes. An entry that has expired is not found.
final class ExpiringCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry {
        var value: Value
        var until: ContinuousClock.Instant
    }

    private struct Generations {
        var young: [Key: Entry] = [:]
        var old: [Key: Entry] = [:]
    }

    private let keep: Duration
    private let limit: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let generations = Mutex(Generations())

    /// - Parameters:
    ///   - keep: how long a value is found.
    ///   - limit: the most entries of both generations together.
    init(keep: Duration, limit: Int, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.keep = keep
        self.limit = max(2, limit)
        self.now = now
    }

    subscript(key: Key) -> Value? {
        get {
            let now = now()
            return generations.withLock { all in
                guard let entry = all.young[key] ?? all.old[key], entry.until > now else { return nil }
                return entry.value
            }
        }
        set {
            guard let newValue else {
                generations.withLock { all in
                    all.young[key] = nil
                    all.old[key] = nil
                }
                return
            }
            set(newValue, for: key, within: keep)
        }
    }

    /// Keeps a value for a time of its own, where that is shorter.
    func set(_ value: Value, for key: Key, within time: Duration) {
        let entry = Entry(value: value, until: now() + min(time, keep))
        generations.withLock { all in
            all.young[key] = entry
            if all.young.count >= limit / 2 {
                all.old = all.young
                all.young = [:]
            }
        }
    }

    func removeAll() { generations.withLock { $0 = Generations() } }

    var count: Int { generations.withLock { $0.young.count + $0.old.count } }
}
