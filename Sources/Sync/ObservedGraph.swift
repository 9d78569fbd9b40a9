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
    public let isTerminating: Bool
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
        isTerminating = object.isTerminating
        deploys = object.spec?["deploy"]?.bool != false
        creationTimestamp = object.creationTimestamp
        specDigest = SpecDigest(object.spec)
    }

    /// `status`, read.
    public var status: JSON? { statusText.flatMap { try? JSON(parsing: $0) } }
    public var phase: String? { status?["phase"]?.string }
    /// Whether this service looks after the resource; others are never deleted.
    public var isManaged: Bool { labels[Desired.managedByLabel] == Desired.managedBy }
    public var isReadOnly: Bool { labels["rampart-graph-readonly"]?.lowercased() == "true" }

    /// The app that the resource belongs to; nil where its name cannot be an app's.
    static func app(_ key: ObjectKey) -> AppID? { AppID(namespace: key.namespace, name: key.name) }
}
