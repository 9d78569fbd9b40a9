import URLText

/// A kind of Kubernetes resource: where the API server serves it, and how its manifests call it.
public struct ResourceType: Hashable, Sendable {
    /// The API group; empty for the core group.
    public let group: String
    /// The version of the group, for example `v1`.
    public let version: String
    /// The name in paths, for example `configmaps`.
    public let plural: String
    /// The name in manifests, for example `ConfigMap`.
    public let kind: String
    /// Whether its objects live in namespaces.
    public let isNamespaced: Bool

    /// A resource type, for example `ResourceType(group: "apps", version: "v1", plural: "deployments", kind: "Deployment")`.
    public init(group: String, version: String, plural: String, kind: String, isNamespaced: Bool = true) {
        self.group = group
        self.version = version
        self.plural = plural
        self.kind = kind
        self.isNamespaced = isNamespaced
    }

    /// What a manifest says under `apiVersion`.
    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// The path of a collection, of an object, or of a part of it.
    ///
    /// - Parameters:
    ///   - namespace: nil means all namespaces, or that there are none.
    ///   - name: nil means the collection.
    ///   - subresource: for example `status`.
    public func path(namespace: String?, name: String? = nil, subresource: String? = nil) -> String {
        var path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        if isNamespaced, let namespace { path += "/namespaces/" + PercentEncoding.encode(namespace) }
        path += "/" + plural
        if let name { path += "/" + PercentEncoding.encode(name) }
        if let subresource { path += "/" + PercentEncoding.encode(subresource) }
        return path
    }
}

extension ResourceType {
    /// `v1` namespaces.
    public static let namespaces = core("namespaces", "Namespace", isNamespaced: false)
    /// `v1` nodes.
    public static let nodes = core("nodes", "Node", isNamespaced: false)
    /// `v1` secrets.
    public static let secrets = core("secrets", "Secret")
    /// `v1` config maps.
    public static let configMaps = core("configmaps", "ConfigMap")
    /// `v1` pods.
    public static let pods = core("pods", "Pod")
    /// `v1` services.
    public static let services = core("services", "Service")
    /// `v1` service accounts.
    public static let serviceAccounts = core("serviceaccounts", "ServiceAccount")
    /// `v1` events, whose count and message may be changed.
    public static let coreEvents = core("events", "Event")
    /// `events.k8s.io/v1` events.
    public static let events = ResourceType(
        group: "events.k8s.io", version: "v1", plural: "events", kind: "Event")
    /// `coordination.k8s.io/v1` leases.
    public static let leases = ResourceType(
        group: "coordination.k8s.io", version: "v1", plural: "leases", kind: "Lease")
    /// `apps/v1` deployments.
    public static let deployments = ResourceType(
        group: "apps", version: "v1", plural: "deployments", kind: "Deployment")
    /// `apiextensions.k8s.io/v1` custom resource definitions.
    public static let customResourceDefinitions = ResourceType(
        group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions",
        kind: "CustomResourceDefinition", isNamespaced: false)

    private static func core(_ plural: String, _ kind: String, isNamespaced: Bool = true) -> ResourceType {
        ResourceType(group: "", version: "v1", plural: plural, kind: kind, isNamespaced: isNamespaced)
    }
}

extension ResourceType: CustomStringConvertible {
    /// `plural.group`, as `kubectl` and RBAC rules write it.
    public var description: String { group.isEmpty ? plural : "\(plural).\(group)" }
}

/// A part of a resource with a path of its own.
public struct Subresource: RawRepresentable, Hashable, Sendable {
    /// The last segment of the path.
    public let rawValue: String

    /// A subresource by its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// What controllers report; writes to it leave `spec` and metadata alone.
    public static let status = Subresource(rawValue: "status")
    /// The number of replicas.
    public static let scale = Subresource(rawValue: "scale")
}
