/// Which object of a resource type is meant: its namespace, where it has one, and its name.
public struct ObjectKey: Hashable, Sendable {
    /// Empty for objects outside of namespaces.
    public let namespace: String
    /// The name of the object.
    public let name: String

    /// A key; without a namespace where that is nil.
    public init(namespace: String?, name: String) {
        self.namespace = namespace ?? ""
        self.name = name
    }
}

extension ObjectKey: CustomStringConvertible {
    /// `namespace/name`, or only the name.
    public var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }
}

extension ObjectKey: Comparable {
    /// The order in which an API server lists: by the bytes of `namespace/name`, so `a-b/x` comes before `a/x`.
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}
