import Apps
import Graphs
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
    /// Stands for the content of `spec`: equal ones have equal digests, numbers compared by value.
    let specDigest: String

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
        specDigest = SpecDigest.digest(object.spec)
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

/// A text that stands for the content of a `spec`.
enum SpecDigest {
    /// The MD5 of the content with sorted keys, `1.0` and `1` being the same number: the API server turns one into the
    /// other. `deploy: true` says what its absence says.
    static func digest(_ spec: JSON?) -> String {
        var spec = spec ?? .null
        if spec["deploy"]?.bool == true { spec["deploy"] = nil }
        return Manifest.hash(ofGraph: normalized(spec))
    }

    private static func normalized(_ value: JSON) -> JSON {
        switch value {
        case .double(let number): Int64(exactly: number).map(JSON.int) ?? value
        case .array(let values): .array(values.map(normalized))
        case .object(let object): .object(object.mapValues(normalized))
        default: value
        }
    }
}
