public import JSONValues

/// An object as an API server gave it, with names for what every object has.
public struct KubernetesObject: Sendable, Hashable {
    /// The whole object.
    public var json: JSON

    /// An object of its JSON.
    public init(_ json: JSON) { self.json = json }

    /// Group and version of its type.
    public var apiVersion: String { json["apiVersion"]?.string ?? "" }
    /// The name of its type.
    public var kind: String { json["kind"]?.string ?? "" }
    /// What every object has; empty where it is missing.
    public var metadata: JSON { json["metadata"] ?? .object([:]) }
    /// Namespace and name.
    public var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }
    /// Unique among the objects of a type in a namespace.
    public var name: String { metadata["name"]?.string ?? "" }
    /// Nil for objects outside of namespaces.
    public var namespace: String? { metadata["namespace"]?.string }
    /// Unique for all time.
    public var uid: String { metadata["uid"]?.string ?? "" }
    /// Changes with every change of the object; to be compared for equality only.
    public var resourceVersion: String { metadata["resourceVersion"]?.string ?? "" }
    /// How often the specification has changed; nil where the type does not count.
    public var generation: Int64? { metadata["generation"]?.int }
    /// All labels.
    public var labels: [String: String] { strings(metadata["labels"]) }
    /// All annotations.
    public var annotations: [String: String] { strings(metadata["annotations"]) }
    /// What has to be done before the object goes.
    public var finalizers: [String] { (metadata["finalizers"]?.array ?? []).compactMap(\.string) }
    /// RFC 3339, as the server wrote it.
    public var creationTimestamp: String? { metadata["creationTimestamp"]?.string }
    /// Set while the object waits for its finalizers before it goes.
    public var deletionTimestamp: String? { metadata["deletionTimestamp"]?.string }
    /// Whether the object is to go.
    public var isTerminating: Bool { deletionTimestamp != nil }
    /// Who has set which fields.
    public var managedFields: [JSON] { metadata["managedFields"]?.array ?? [] }
    /// What is wanted.
    public var spec: JSON? { json["spec"] }
    /// What controllers report.
    public var status: JSON? { json["status"] }

    /// One label, without building all of them.
    public func label(_ name: String) -> String? { metadata["labels"]?[name]?.string }

    /// One annotation, without building all of them.
    public func annotation(_ name: String) -> String? { metadata["annotations"]?[name]?.string }

    /// The same object without `metadata.managedFields`, which take most of the room and which few read.
    public func withoutManagedFields() -> KubernetesObject {
        var copy = self
        copy.json["metadata"]?["managedFields"] = nil
        return copy
    }

    private func strings(_ value: JSON?) -> [String: String] {
        var strings: [String: String] = [:]
        for (name, value) in value?.object ?? [:] { strings[name] = value.string }
        return strings
    }
}

/// A list of objects, or a page of one.
public struct ObjectList: Sendable {
    /// The objects of this page.
    public var items: [KubernetesObject]
    /// From where a watch goes on after this list.
    public var resourceVersion: String
    /// What asks for the next page; nil after the last.
    public var continueToken: String?
    /// How many more there are, where the server says so.
    public var remainingItemCount: Int64?

    /// A list from its parts.
    public init(
        items: [KubernetesObject], resourceVersion: String, continueToken: String? = nil,
        remainingItemCount: Int64? = nil
    ) {
        self.items = items
        self.resourceVersion = resourceVersion
        self.continueToken = continueToken
        self.remainingItemCount = remainingItemCount
    }
}
