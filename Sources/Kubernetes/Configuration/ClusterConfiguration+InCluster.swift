public import FoundationEssentials

extension ClusterConfiguration {
    /// What a pod finds: the address in its environment, and its service account's token, certificates and namespace
    /// in a folder. The token is read again when it changes.
    public static func inCluster(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        folder: String = "/var/run/secrets/kubernetes.io/serviceaccount"
    ) throws(ConfigurationError) -> ClusterConfiguration {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
        else {
            throw ConfigurationError(
                path: "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT",
                message: "are not both set, so this is no pod; use a kubeconfig instead of --in-cluster")
        }
        let token = folder + "/token"
        guard FileManager.default.fileExists(atPath: token) else {
            throw ConfigurationError(
                file: token,
                message: "there is no service account token; set automountServiceAccountToken: true for the pod")
        }
        let namespace = try? Kubeconfig.text(folder + "/namespace").trimming { $0.isWhitespace }
        var configuration = ClusterConfiguration(
            server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)",
            namespace: namespace.flatMap { $0.isEmpty ? nil : $0 } ?? "default",
            certificateAuthority: try Kubeconfig.text(folder + "/ca.crt"), credentials: .tokenFile(token))
        configuration.certificateFiles = CertificatePaths(authority: folder + "/ca.crt")
        return configuration
    }
}
