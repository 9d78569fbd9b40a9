extension ClusterConfiguration {
    /// Reads what `kubectl` would: the files of `KUBECONFIG`, else `~/.kube/config`.
    ///
    /// - Parameters:
    ///   - path: this file instead.
    ///   - context: this context instead of the current one.
    public static func kubeconfig(
        path: String? = nil, context: String? = nil, environment: [String: String]
    ) throws(ConfigurationError) -> ClusterConfiguration {
        throw ConfigurationError(message: "not yet")
    }

    /// What a pod finds: the address in its environment, a service account's token and certificates in files.
    public static func inCluster(
        environment: [String: String], folder: String = "/var/run/secrets/kubernetes.io/serviceaccount"
    ) throws(ConfigurationError) -> ClusterConfiguration {
        throw ConfigurationError(message: "not yet")
    }
}
