/// How often Events may be written.
///
/// The same limits as those of client-go, by which what people know from other controllers holds here too.
public struct EventLimits: Sendable, Hashable {
    /// How many Events one object may get at once.
    public var burst = 25.0
    /// After that one comes in this time.
    public var refill: Duration = .seconds(300)
    /// From so many different messages of one reason on, within ``interval``, they are counted as one.
    public var similar = 10
    /// After this time without another one, an Event begins anew.
    public var interval: Duration = .seconds(600)
    /// How many objects and Events are remembered.
    public var memory = 4_096

    public init() {}
}

/// Decides what becomes of each note: a new Event, one more in the count of one that is there, or nothing.
///
/// A state machine without a clock of its own.
struct EventCorrelator: Sendable {
    enum Decision: Equatable, Sendable {
        /// Make an Event with this message; ``EventCorrelator/made(_:as:at:)`` notes its name.
        case create(Key, message: String)
        /// Set the count and the message of an Event.
        case count(Key, name: String, count: Int, message: String)
        case drop
    }

    /// What makes two notes the same.
    struct Key: Hashable, Sendable {
        var about: EventNote.Object
        var isWarning: Bool
        var reason: String
        /// nil where notes of many messages are counted together.
        var message: String?
    }

    private struct Bucket {
        var tokens: Double
        var filledAt: Duration
    }

    private struct Similar {
        var messages: Set<String> = []
        var seenAt: Duration
    }

    private struct Known {
        var name: String
        var count: Int
        var seenAt: Duration
    }

    private let limits: EventLimits
    private var buckets: [EventNote.Object: Bucket] = [:]
    private var similar: [Key: Similar] = [:]
    private var known: [Key: Known] = [:]

    init(limits: EventLimits) { self.limits = limits }

    /// - Parameter now: of a clock that goes on.
    mutating func decide(_ note: EventNote, at now: Duration) -> Decision {
        forget(at: now)
        let (key, message) = together(note, at: now)
        guard take(note.about, at: now) else { return .drop }
        guard var entry = known[key], now - entry.seenAt <= limits.interval else {
            return .create(key, message: message)
        }
        entry.count += 1
        entry.seenAt = now
        known[key] = entry
        return .count(key, name: entry.name, count: entry.count, message: message)
    }

    /// An Event was made.
    mutating func made(_ key: Key, as name: String, at now: Duration) {
        known[key] = Known(name: name, count: 1, seenAt: now)
    }

    /// An Event is not there any more: the next one is made anew.
    mutating func lost(_ key: Key) { known[key] = nil }

    /// Counts many messages of one reason as one.
    private mutating func together(_ note: EventNote, at now: Duration) -> (key: Key, message: String) {
        var key = Key(about: note.about, isWarning: note.isWarning, reason: note.reason)
        var seen = similar[key] ?? Similar(seenAt: now)
        if now - seen.seenAt > limits.interval { seen.messages = [] }
        seen.seenAt = now
        if seen.messages.count <= limits.similar { seen.messages.insert(note.message) }
        similar[key] = seen
        if seen.messages.count > limits.similar {
            return (
                key, EventNote(about: note.about, reason: "", message: "(several like this) \(note.message)").message
            )
        }
        key.message = note.message
        return (key, note.message)
    }

    private mutating func take(_ object: EventNote.Object, at now: Duration) -> Bool {
        var bucket = buckets[object] ?? Bucket(tokens: limits.burst, filledAt: now)
        bucket.tokens = min(limits.burst, bucket.tokens + (now - bucket.filledAt) / limits.refill)
        bucket.filledAt = now
        defer { buckets[object] = bucket }
        guard bucket.tokens >= 1 else { return false }
        bucket.tokens -= 1
        return true
    }

    /// Keeps the memory bounded: first goes what is old, and where that is not enough, all of it.
    private mutating func forget(at now: Duration) {
        if known.count >= limits.memory {
            known = known.filter { now - $0.value.seenAt <= limits.interval }
            if known.count >= limits.memory { known = [:] }
        }
        if similar.count >= limits.memory {
            similar = similar.filter { now - $0.value.seenAt <= limits.interval }
            if similar.count >= limits.memory { similar = [:] }
        }
        if buckets.count >= limits.memory {
            // A bucket that would be full again says nothing.
            let (burst, refill) = (limits.burst, limits.refill)
            buckets = buckets.filter { $0.value.tokens + (now - $0.value.filledAt) / refill < burst }
            if buckets.count >= limits.memory { buckets = [:] }
        }
    }
}
