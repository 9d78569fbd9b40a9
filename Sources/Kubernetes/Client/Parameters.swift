/// What has to hold of an object for a delete to go ahead; else the server answers 409.
public struct Preconditions: Sendable, Hashable {
    /// The object still is this one, and not another made later under its name.
    public var uid: String?
    /// The object has not changed since.
    public var resourceVersion: String?

    /// What has to hold; nil asks for nothing.
    public init(uid: String? = nil, resourceVersion: String? = nil) {
        self.uid = uid
        self.resourceVersion = resourceVersion
    }
}

/// What becomes of the objects that an object owns when it is deleted.
public enum DeletePropagation: String, Sendable, Hashable {
    case foreground = "Foreground"
    case background = "Background"
    case orphan = "Orphan"
}

/// What the server does with fields that its schema does not have.
public enum FieldValidation: String, Sendable, Hashable {
    case strict = "Strict"
    case warn = "Warn"
    case ignore = "Ignore"
}
