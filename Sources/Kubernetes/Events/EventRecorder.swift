import FoundationEssentials
import JSONValues
public import Logging
import Synchronization

/// Writes Events (`v1`) beside objects, for whoever asks `kubectl describe` or `kubectl get events` what has happened.
///
/// Events are for people and may get lost: what cannot be written is left out, and nobody waits for it but the caller.
public actor EventRecorder {
    private let client: KubernetesClient
    private let component: String
    private let instance: String
    private let logger: Logger
    private let now: @Sendable () -> Duration
    private let sleep: @Sendable (Duration) async throws -> Void
    private let timestamp: @Sendable () -> String
    private var correlator: EventCorrelator
    private var pace: Pace
    /// Where Events may not be written, and until when that counts.
    private var forbidden: [String: Duration] = [:]
    private nonisolated let shared = Mutex<String?>(nil)

    /// How long a refusal counts; afterwards it is tried again.
    static let patience: Duration = .seconds(300)

    /// - Parameters:
    ///   - component: who writes them: `rampart-backend`.
    ///   - instance: which of several processes: the name of the pod.
    ///   - perSecond: how many Events are written a second, after a first hundred.
    ///   - timestamp: the time of an Event, RFC 3339 in whole seconds; that of the machine if nil.
    public init(
        client: KubernetesClient, component: String, instance: String, limits: EventLimits = .init(),
        perSecond: Double = 20, clock: some Clock<Duration> = ContinuousClock(),
        timestamp: (@Sendable () -> String)? = nil, logger: Logger
    ) {
        self.client = client
        self.component = component
        self.instance = instance
        self.logger = logger
        self.timestamp = timestamp ?? { Date().formatted(.iso8601) }
        correlator = EventCorrelator(limits: limits)
        pace = Pace(perSecond: perSecond, burst: 100)
        let start = clock.now
        now = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(for: $0) }
    }

    /// What is missing for Events to be written, for people; nil while nothing is.
    public nonisolated var note: String? { shared.withLock { $0 } }

    /// Writes an Event, counts it in one that was written before, or leaves it out.
    ///
    /// Returns when that is done, after a wait where many come at once.
    public func record(_ note: EventNote) async {
        let start = now()
        if let until = forbidden[note.about.namespace] {
            guard until <= start else { return }
            forbidden[note.about.namespace] = nil
        }
        let decision = correlator.decide(note, at: start)
        if decision == .drop { return }
        if let wait = pace.take(at: start) {
            do { try await sleep(wait) } catch { return }
        }
        switch decision {
        case .drop: return
        case .create(let key, let message): await create(note, key, message)
        case .count(let key, let name, let count, let message):
            do throws(KubernetesError) {
                _ = try await client.mergePatch(
                    .coreEvents, namespace: note.about.namespace, name: name,
                    body: [
                        "count": .int(Int64(count)), "lastTimestamp": .string(timestamp()),
                        "message": .string(message),
                    ])
                wrote(in: note.about.namespace)
            } catch {
                // The API server keeps Events for an hour.
                correlator.lost(key)
                if error.isNotFound { await create(note, key, message) } else { failed(error, note) }
            }
        }
    }

    private func create(_ note: EventNote, _ key: EventCorrelator.Key, _ message: String) async {
        let name = Self.name(note.about.name)
        do throws(KubernetesError) {
            _ = try await client.create(
                .coreEvents, namespace: note.about.namespace, body: body(note, named: name, message))
            correlator.made(key, as: name, at: now())
            wrote(in: note.about.namespace)
        } catch {
            failed(error, note)
        }
    }

    private func body(_ note: EventNote, named name: String, _ message: String) -> JSON {
        let time = timestamp()
        var object: JSON = [
            "apiVersion": .string(note.about.type.apiVersion), "kind": .string(note.about.type.kind),
            "namespace": .string(note.about.namespace), "name": .string(note.about.name),
        ]
        if !note.about.uid.isEmpty { object["uid"] = .string(note.about.uid) }
        return [
            "apiVersion": "v1", "kind": "Event",
            "metadata": ["name": .string(name), "namespace": .string(note.about.namespace)],
            "involvedObject": object, "type": note.isWarning ? "Warning" : "Normal", "reason": .string(note.reason),
            "message": .string(message), "source": ["component": .string(component)],
            "firstTimestamp": .string(time), "lastTimestamp": .string(time), "count": 1,
            "reportingComponent": .string(component), "reportingInstance": .string(instance),
        ]
    }

    /// A name that no other Event has: the object's, and random digits.
    private static func name(_ object: String) -> String {
        "\(object.prefix(230)).\(String(UInt64.random(in: 1 << 60 ... .max), radix: 16))"
    }

    private func wrote(in namespace: String) {
        let time = now()
        forbidden = forbidden.filter { $0.value > time }
        guard note != nil, forbidden.isEmpty else { return }
        shared.withLock { $0 = nil }
        logger.notice("Events are written again", metadata: ["namespace": "\(namespace)"])
    }

    private func failed(_ error: KubernetesError, _ note: EventNote) {
        guard error.isForbidden, !error.message.contains("being terminated") else {
            return logger.debug(
                "an Event was not written",
                metadata: ["object": "\(note.about.namespace)/\(note.about.name)", "error": "\(error)"])
        }
        forbidden[note.about.namespace] = now() + Self.patience
        let text = "Events may not be written (create and patch events): \(error.message)"
        let isNew = shared.withLock { shared in
            defer { shared = text }
            return shared == nil
        }
        if isNew {
            logger.warning(
                "Events may not be written; everything else goes on", metadata: ["error": "\(error.message)"])
        }
    }
}

/// A token bucket that says how long to wait instead of refusing.
struct Pace: Sendable {
    private let perSecond: Double
    private let burst: Double
    private var tokens: Double
    private var filledAt: Duration = .zero

    init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
        tokens = burst
    }

    /// Takes one; nil where there is no need to wait.
    mutating func take(at now: Duration) -> Duration? {
        tokens = min(burst, tokens + (now - filledAt) / .seconds(1) * perSecond)
        filledAt = now
        tokens -= 1
        return tokens >= 0 ? nil : .seconds(-tokens / perSecond)
    }
}
