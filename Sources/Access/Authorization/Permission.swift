/// What a caller wants to do, as policies and the API server judge it.
public enum Permission: String, Sendable, Hashable, CaseIterable {
    /// See apps, versions, states and files of flows.
    case read
    /// Make an app.
    case create
    /// Write a draft, or a node config.
    case save
    /// Change what the cluster runs: deploy, undeploy, revert.
    case deploy
    /// Remove an app.
    case delete
    /// What only administrators do: change a read-only app.
    case administer
    /// Read what the service measures of itself.
    case metrics
}

/// Where a caller wants to do it.
public enum Scope: Sendable, Hashable, CustomStringConvertible {
    case namespace(String)
    /// What belongs to no namespace: node configs, the branch as a whole.
    case everywhere

    public var description: String {
        switch self {
        case .namespace(let name): "the namespace \(name)"
        case .everywhere: "all namespaces"
        }
    }
}

/// The roles of a policy file; each may do what the one before may.
public enum Role: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Reads metrics and no app: for Prometheus.
    case scraper
    case viewer
    case editor
    case deployer
    case admin

    /// Whether the role is enough.
    public func allows(_ permission: Permission) -> Bool {
        switch permission {
        case .metrics: true
        case .read: self >= .viewer
        case .create, .save: self >= .editor
        case .deploy, .delete: self >= .deployer
        case .administer: self == .admin
        }
    }

    public static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .scraper: 0
        case .viewer: 1
        case .editor: 2
        case .deployer: 3
        case .admin: 4
        }
    }
}

/// Which namespaces a caller may see.
public enum Visibility: Sendable, Hashable {
    case all
    case namespaces(Set<String>)

    public func contains(_ namespace: String) -> Bool {
        switch self {
        case .all: true
        case .namespaces(let names): names.contains(namespace)
        }
    }

    public var isAll: Bool { self == .all }
}
