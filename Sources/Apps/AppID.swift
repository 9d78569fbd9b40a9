public import Graphs

/// The name of an app: a namespace and a name, both DNS-1123 labels; written `<namespace>_<name>`.
///
/// Neither part can hold `_`, so the text has one reading.
public struct AppID: Hashable, Sendable {
    public let namespace: String
    public let name: String

    /// - Returns: nil where a part is no DNS-1123 label.
    public init?(namespace: some StringProtocol, name: some StringProtocol) {
        let namespace = String(namespace)
        let name = String(name)
        guard DNSLabel.isValid(namespace), DNSLabel.isValid(name) else { return nil }
        self.namespace = namespace
        self.name = name
    }

    /// The app that a manifest is of; one without a namespace is in `default`.
    public init?(_ manifest: Manifest) {
        self.init(namespace: manifest.namespace ?? "default", name: manifest.name)
    }

    /// The folder of the app in the graph repository.
    public var folder: String { "apps/\(namespace)/\(name)" }
}

extension AppID: LosslessStringConvertible {
    /// Reads `<namespace>_<name>`.
    public init?(_ description: String) {
        let parts = description.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        self.init(namespace: parts[0], name: parts[1])
    }

    public var description: String { "\(namespace)_\(name)" }
}

extension AppID: Comparable {
    /// Ordered by namespace, then by name.
    public static func < (left: AppID, right: AppID) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}
