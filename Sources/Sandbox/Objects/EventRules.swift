import Foundation
import JSONValues

/// What is otherwise with Events (`v1`) than with other objects.
enum EventRules {
    /// What the API server demands of an Event.
    static func violations(_ event: JSON) -> [StatusError.Cause] {
        let namespace = event.at("involvedObject", "namespace")?.string ?? ""
        guard namespace != event.at("metadata", "namespace")?.string else { return [] }
        return [.invalid("involvedObject.namespace", "\"\(namespace)\"", "does not match event.namespace")]
    }

    /// Whether an Event is older than the hour for which the API server keeps it.
    static func isOver(_ event: JSON, now: Date) -> Bool {
        guard let text = lastSeen(event) ?? event.at("metadata", "creationTimestamp")?.string,
            let time = try? Date(text, strategy: .iso8601)
        else { return false }
        return now.timeIntervalSince(time) > 3_600
    }

    static func firstSeen(_ event: JSON) -> String? { event["firstTimestamp"]?.string ?? event["eventTime"]?.string }

    static func lastSeen(_ event: JSON) -> String? {
        event.at("series", "lastObservedTime")?.string ?? event["lastTimestamp"]?.string ?? firstSeen(event)
    }

    static func count(_ event: JSON) -> Int64 {
        event.at("series", "count")?.int ?? event["count"]?.int ?? 1
    }

    /// `rampartgraph/demo`.
    static func object(_ event: JSON) -> String {
        let kind = event.at("involvedObject", "kind")?.string ?? ""
        let name = event.at("involvedObject", "name")?.string ?? ""
        return name.isEmpty ? kind.lowercased() : "\(kind.lowercased())/\(name)"
    }

    /// `rampart-backend, rampart-0`: who wrote it, and where.
    static func source(_ event: JSON) -> String {
        func text(_ path: String...) -> String? {
            let value = path.reduce(Optional(event)) { $0?[$1] }?.string ?? ""
            return value.isEmpty ? nil : value
        }
        let component = text("source", "component") ?? text("reportingComponent") ?? ""
        let place = text("source", "host") ?? text("reportingInstance") ?? ""
        return place.isEmpty ? component : "\(component), \(place)"
    }
}

extension Cluster {
    /// Forgets the Events that a real API server would not have any more.
    func forgetOldEvents() {
        guard let events = objects[.events], events.count % 128 == 0 else { return }
        for event in events.values where EventRules.isOver(event, now: now()) {
            revision += 1
            commit(Event(kind: .deleted, resource: .events, revision: revision, object: event, previous: event))
        }
    }
}
