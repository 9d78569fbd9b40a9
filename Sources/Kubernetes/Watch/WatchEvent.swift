/// What a watch reports about one object.
public struct WatchEvent: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case added = "ADDED"
        case modified = "MODIFIED"
        case deleted = "DELETED"
        /// No object, only the resource version from which a next watch may go on.
        case bookmark = "BOOKMARK"
    }

    public var kind: Kind
    public var object: KubernetesObject

    public init(_ kind: Kind, _ object: KubernetesObject) {
        self.kind = kind
        self.object = object
    }
}
