/// What a watch reports about one object.
public struct WatchEvent: Sendable, Hashable {
    /// What happened.
    public enum Kind: String, Sendable, Hashable {
        case added = "ADDED"
        case modified = "MODIFIED"
        case deleted = "DELETED"
        /// No object, only the resource version from which a next watch may go on.
        case bookmark = "BOOKMARK"
    }

    /// What happened to the object.
    public var kind: Kind
    /// The object as it is now, or was last, without `metadata.managedFields`.
    public var object: KubernetesObject

    /// An event.
    public init(_ kind: Kind, _ object: KubernetesObject) {
        self.kind = kind
        self.object = object
    }
}
