public import JSONValues

/// An object as an API server gave it, with names for what every object has.
public struct KubernetesObject: Sendable, Hashable {
    /// The whole object.
    public var json: JSON

    public init(_ json: JSON) { self.json = json }

    public var apiVersion: String { json["apiVersion"]?.string ?? "" }
    public var kind: String { json["kind"]?.string ?? "" }
    public var metadata: JSON { json["metadata"] ?? .object([:]) }
    public var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }
    public var name: String { metadata["name"]?.string ?? "" }
    /// Nil for objects outside of namespaces.
    public var namespace: String? { metadata["namespace"]?.string }
    public var uid: String { metadata["uid"]?.string ?? "" }
    public var resourceVersion: String { metadata["resourceVersion"]?.string ?? "" }
    /// How often the specification has changed; nil where the type does not count.
    public var generation: Int64? { metadata["generation"]?.int }
    public var labels: [String: String] { strings(metadata["labels"]) }
    public var annotations: [String: String] { strings(metadata["annotations"]) }
    public var finalizers: [String] { (metadata["finalizers"]?.array ?? []).compactMap(\.string) }
    /// RFC 3339, as the server wrote it.
    public var creationTimestamp: String? { metadata["creationTimestamp"]?.string }
    /// Set while the object waits for its finalizers before it goes.
    public var deletionTimestamp: String? { metadata["deletionTimestamp"]?.string }
    public var isTerminating: Bool { deletionTimestamp != nil }
    public var managedFields: [JSON] { metadata["managedFields"]?.array ?? [] }
    public var spec: JSON? { json["spec"] }
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
    public var items: [KubernetesObject]
    /// From where a watch goes on after this list.
    public var resourceVersion: String
    /// What asks for the next page; nil after the last.
    public var continueToken: String?
    /// How many more there are, where the server says so.
    public var remainingItemCount: Int64?

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
