import HashTreeCollections

/// What an informer knows and what it does next. A value: no network, no clock, no randomness of its own.
struct WatchState<Kept: Sendable>: Sendable {
    /// What to do next.
    enum Step: Sendable, Hashable {
        case list
        case watch(resourceVersion: String)
        /// Ask which version the collection has before the watch goes on from this one. A server whose etcd was put back
        /// from a backup counts versions a second time, and a watch from its future says nothing at all (as recorded).
        case compare(resourceVersion: String)
    }

    /// An object as far as the informer needs it.
    struct Item: Sendable {
        var key: ObjectKey
        var resourceVersion: String
        var uid: String
        /// Nil where the transform does not want the object.
        var kept: Kept?
    }

    enum Change: Sendable {
        case changed(ObjectKey, Kept)
        case deleted(ObjectKey, last: Kept)
    }

    /// How a watch ended.
    enum End: Sendable, Hashable {
        /// By the server, in order.
        case ended
        /// The resource version is too old.
        case gone
        /// Cut, refused, or not to be read.
        case failed(retryAfter: Duration?)
    }

    private struct Identity: Sendable {
        var resourceVersion: String
        var uid: String
    }

    private(set) var objects: TreeDictionary<ObjectKey, Kept> = [:]
    private(set) var step = Step.list
    private(set) var hasSynced = false
    /// Failures in a row.
    private(set) var failures = 0
    private var identities: [ObjectKey: Identity] = [:]
    /// Whether the running watch has brought anything, which shows that it works.
    private var hasProgress = false
    /// Watches in a row that ended in order but brought nothing.
    private var emptyEnds = 0
    /// Lists in a row from which no watch could go on.
    private var goneLists = 0

    init() {}

    /// Takes in a whole list.
    /// - Returns: what is different from before; nothing for the first list, which is told as a whole.
    mutating func listed(_ items: [Item], resourceVersion: String) -> [Change] {
        var changes: [Change] = []
        var present: Set<ObjectKey> = []
        present.reserveCapacity(items.count)
        let isFirst = !hasSynced
        for item in items {
            present.insert(item.key)
            if let change = take(item), !isFirst { changes.append(change) }
        }
        if identities.count > present.count {
            for key in identities.keys where !present.contains(key) {
                if let change = drop(key) { changes.append(change) }
            }
        }
        hasSynced = true
        failures = 0
        step = .watch(resourceVersion: resourceVersion)
        hasProgress = false
        return changes
    }

    mutating func listFailed() {
        failures += 1
        step = .list
    }

    /// Takes in which version the collection has now: the watch goes on, or all is listed anew where the server has gone back.
    ///
    /// Versions of a collection are numbers that may be compared (Kubernetes API concepts, "Resource versions", 1.35); one
    /// that is none is left to the server to judge.
    mutating func compared(current: String) {
        guard case .compare(let known) = step else { return }
        if let known = UInt64(known), let current = UInt64(current), current < known {
            step = .list
        } else {
            step = .watch(resourceVersion: known)
        }
    }

    mutating func compareFailed() { failures += 1 }

    /// Takes in one event of the watch.
    mutating func received(_ kind: WatchEvent.Kind, _ item: Item) -> Change? {
        hasProgress = true
        failures = 0
        emptyEnds = 0
        goneLists = 0
        if !item.resourceVersion.isEmpty { step = .watch(resourceVersion: item.resourceVersion) }
        switch kind {
        case .bookmark: return nil
        case .added, .modified: return take(item)
        case .deleted: return drop(item.key, last: item.kept)
        }
    }

    mutating func watchEnded(_ end: End) {
        switch end {
        case .ended:
            emptyEnds = hasProgress ? 0 : emptyEnds + 1
            // Bookmarks come each minute, so that silence is not for want of news.
            if !hasProgress { compareFirst() }
        case .gone:
            step = .list
            // Gone at once after a list is a server that cannot be watched; do not ask it without a pause.
            goneLists = hasProgress ? 0 : goneLists + 1
        case .failed:
            failures += 1
            compareFirst()
        }
        hasProgress = false
    }

    private mutating func compareFirst() {
        if case .watch(let version) = step { step = .compare(resourceVersion: version) }
    }

    /// The wait before the next step: none while all goes well, doubled with each failure in a row, and not less than
    /// the server asked for, within reason.
    func delay(_ policy: RetryPolicy, end: End?, lasted: Duration?, random: Double) -> Duration {
        var delay = failures == 0 || end == nil ? .zero : policy.delay(attempt: failures, random: random)
        if case .failed(let retryAfter?) = end {
            delay = max(delay, min(retryAfter, max(policy.longestDelay, policy.longestRetryAfter)))
        }
        if end == .gone, goneLists > 0 { delay = policy.delay(attempt: goneLists, random: random) }
        if end == .ended, emptyEnds > 0, let lasted, lasted < .seconds(1) {
            delay = max(delay, policy.delay(attempt: emptyEnds, random: random))
        }
        return delay
    }

    private mutating func take(_ item: Item) -> Change? {
        guard let kept = item.kept else { return drop(item.key) }
        if let known = identities[item.key], known.resourceVersion == item.resourceVersion, known.uid == item.uid {
            return nil
        }
        identities[item.key] = Identity(resourceVersion: item.resourceVersion, uid: item.uid)
        objects[item.key] = kept
        return .changed(item.key, kept)
    }

    private mutating func drop(_ key: ObjectKey, last: Kept? = nil) -> Change? {
        identities[key] = nil
        guard let known = objects.removeValue(forKey: key) else { return nil }
        return .deleted(key, last: last ?? known)
    }
}
