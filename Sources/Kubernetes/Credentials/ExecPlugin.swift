public import JSONValues

/// A program that hands out credentials, as a kubeconfig names it under `users[].user.exec`.
public struct ExecPlugin: Sendable, Hashable {
    /// The versions of the protocol with a plugin.
    public enum Version: String, Sendable, Hashable, CaseIterable {
        case v1 = "client.authentication.k8s.io/v1"
        case v1beta1 = "client.authentication.k8s.io/v1beta1"
    }

    /// The version that the kubeconfig asks for.
    public var version: Version
    /// A name looked up on the PATH, or an absolute path.
    public var command: String
    /// What the program is called with.
    public var arguments: [String]
    /// Variables set beside the inherited ones.
    public var environment: [String: String]
    /// Shown where the program is missing.
    public var installHint: String
    /// What the program is told about the cluster; nil where it asked for nothing.
    public var clusterInfo: JSON?
    /// The kubeconfig that names it, for errors.
    public var file: String?

    /// A plugin from its parts.
    public init(
        version: Version, command: String, arguments: [String] = [], environment: [String: String] = [:],
        installHint: String = "", clusterInfo: JSON? = nil, file: String? = nil
    ) {
        self.version = version
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.installHint = installHint
        self.clusterInfo = clusterInfo
        self.file = file
    }
}
