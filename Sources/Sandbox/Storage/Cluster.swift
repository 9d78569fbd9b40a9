import Foundation
import JSONValues
import Logging

/// All objects of the sandbox, and who watches them. One counter numbers every change.
actor Cluster {
    /// A change, as watches tell it.
    struct Event: Sendable {
        enum Kind: String, Sendable {
            case added = "ADDED"
            case modified = "MODIFIED"
            case deleted = "DELETED"
        }

        let kind: Kind
        let resource: ResourceKind
        let revision: Int
        let object: JSON
        /// The object before; nil where it is new.
        let previous: JSON?
    }

    var objects: [ResourceKind: [String: JSON]] = [:]
    var revision = 1
    /// The last changes, the oldest first; a watch can begin anywhere in them.
    var history: [Event] = []
    /// Changes up to this one are forgotten (compaction).
    var compacted = 0
    var watchers: [Int: Watcher] = [:]
    var nextWatcher = 0
    /// Asked before each write of an object; what it returns refuses the write, as an admission webhook would.
    var admission: (@Sendable (ResourceKind, JSON) -> String?)?
    var admissionCode = 400
    let now: @Sendable () -> Date
    static let historyLength = 20_000

    init(now: @escaping @Sendable () -> Date) {
        self.now = now
    }

    /// Makes what every cluster has from the start, and the definition of RampartGraph.
    func bootstrap() throws(StatusError) {
        let options = WriteOptions(manager: "sandbox")
        for name in ["default", "kube-system", "kube-public"] {
            _ = try create(.namespaces, namespace: nil, ["metadata": ["name": .string(name)]], options)
        }
        _ = try create(.definitions, namespace: nil, CustomResourceDefinition.rampartGraph, options)
    }

    /// `namespace/name`, the key by whose bytes lists are ordered.
    static func key(_ namespace: String?, _ name: String) -> String { "\(namespace ?? "")/\(name)" }

    /// The time in an object's metadata: RFC 3339 in whole seconds.
    var timestamp: String { Timestamps.seconds(now()) }

    func get(_ kind: ResourceKind, namespace: String?, name: String) throws(StatusError) -> JSON {
        guard let object = objects[kind]?[Cluster.key(namespace, name)] else { throw .notFound(kind, name) }
        return object
    }

    func setAdmission(code: Int = 400, _ check: (@Sendable (ResourceKind, JSON) -> String?)?) {
        (admission, admissionCode) = (check, code)
    }

    /// Whether a type is served: a custom resource's only while its definition is there.
    func isDefined(_ kind: ResourceKind) -> Bool {
        !kind.isCustom || objects[.definitions]?[Cluster.key(nil, "\(kind.plural).\(kind.group)")] != nil
    }

    /// With its definition all of a custom resource go, and so does who watches them.
    func forget(_ kind: ResourceKind) {
        for object in (objects[kind] ?? [:]).values {
            revision += 1
            commit(Event(kind: .deleted, resource: kind, revision: revision, object: object, previous: object))
        }
        for (id, watcher) in watchers where watcher.resource == kind {
            watcher.end()
            watchers[id] = nil
        }
    }

    /// Notes a change: numbers it, keeps it for watches that begin later, and tells those that run.
    func commit(_ event: Event) {
        if event.kind == .deleted {
            objects[event.resource]?[key(of: event.object)] = nil
        } else {
            objects[event.resource, default: [:]][key(of: event.object)] = event.object
        }
        history.append(event)
        if history.count > Cluster.historyLength * 2 { history.removeFirst(Cluster.historyLength) }
        for watcher in watchers.values where watcher.resource == event.resource { watcher.tell(event) }
    }

    func key(of object: JSON) -> String {
        Cluster.key(object.at("metadata", "namespace")?.string, object.at("metadata", "name")?.string ?? "")
    }

    /// Forgets the past: watches from before now get 410.
    func compact() {
        compacted = revision
        history = []
        for watcher in watchers.values { watcher.end() }
    }

    func backup() -> SandboxBackup { SandboxBackup(objects: objects, revision: revision) }

    /// Takes everything from a backup, the counter too, which then counts a second time what it has counted before.
    func put(back backup: SandboxBackup) { (objects, revision) = (backup.objects, backup.revision) }
}

/// What a sandbox had at a time.
public struct SandboxBackup: Sendable {
    let objects: [ResourceKind: [String: JSON]]
    let revision: Int

    /// Nothing at all, not even a definition: a new cluster.
    public static let empty = SandboxBackup(objects: [:], revision: 1)
}

/// RFC 3339 times as Kubernetes writes them.
enum Timestamps {
    static func seconds(_ date: Date) -> String { date.formatted(.iso8601) }

    /// With microseconds and an offset, as the Rampart controller writes `lastModified`.
    static func microseconds(_ date: Date) -> String {
        let whole = date.timeIntervalSince1970.rounded(.down)
        let fraction = Int((date.timeIntervalSince1970 - whole) * 1_000_000)
        let digits = String(fraction)
        let seconds = Date(timeIntervalSince1970: whole).formatted(.iso8601).dropLast()
        return seconds + "." + String(repeating: "0", count: 6 - digits.count) + digits + "+00:00"
    }
}
