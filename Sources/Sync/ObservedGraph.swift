import Apps
public import JSONValues
import Kubernetes

/// A RampartGraph as the cluster has it, without its content: ten thousand of them are kept.
public struct ObservedGraph: Sendable, Hashable {
    public let uid: String
    public let resourceVersion: String
    public let generation: Int64
    public let labels: [String: String]
    /// Without those that are longer than a kilobyte, such as kubectl's copy of the manifest.
    public let annotations: [String: String]
    /// `status` as compact JSON text; nil where there is none.
    public let statusText: [UInt8]?
    /// Set while the resource waits for its finalizers before it goes.
    let deletion: Deletion?
    /// Whether the resource asks to run; `spec.deploy` not false.
    public let deploys: Bool
    public let creationTimestamp: String?
    let specDigest: SpecDigest

    init(_ object: KubernetesObject) {
        uid = object.uid
        resourceVersion = object.resourceVersion
        generation = object.generation ?? 0
        labels = object.labels
        annotations = object.annotations.filter { $0.value.utf8.count <= 1_024 }
        statusText = object.status?.bytes()
        deletion = object.deletionTimestamp.map { Deletion(since: $0, finalizers: object.finalizers) }
        deploys = object.spec?["deploy"]?.bool != false
        creationTimestamp = object.creationTimestamp
        specDigest = SpecDigest(object.spec)
    }

    /// `status`, read.
    public var status: JSON? { statusText.flatMap { try? JSON(parsing: $0) } }
    public var isTerminating: Bool { deletion != nil }
    public var phase: String? { status?["phase"]?.string }
    /// Whether this service looks after the resource; others are never deleted.
    public var isManaged: Bool { labels[Desired.managedByLabel] == Desired.managedBy }
    public var isReadOnly: Bool { labels["rampart-graph-readonly"]?.lowercased() == "true" }

    /// Whether it was seen as it stood before a write.
    ///
    /// Versions of one resource type are numbers that may be compared (Kubernetes API concepts, "Resource versions", 1.35).
    func isOlder(than version: String?) -> Bool {
        guard let version = version.flatMap({ UInt64($0) }), let own = UInt64(resourceVersion) else { return false }
        return own < version
    }

    /// The app that the resource belongs to; nil where its name cannot be an app's.
    static func app(_ key: ObjectKey) -> AppID? { AppID(namespace: key.namespace, name: key.name) }
}

/// A resource on its way out.
struct Deletion: Sendable, Hashable, CustomStringConvertible {
    /// RFC 3339, as the server wrote it.
    let since: String
    /// What has to be done before it goes, by whoever set them.
    let finalizers: [String]

    /// In one sentence, with the names that somebody needs who looks for what holds it up.
    var description: String {
        let names = finalizers.joined(separator: ", ")
        return "the resource is being deleted since \(since)"
            + (names.isEmpty ? "" : "; whoever owns it has to remove: \(names) (metadata.finalizers)")
    }
}
