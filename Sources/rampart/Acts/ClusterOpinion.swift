import Apps
import Kubernetes
import Logging
import Sync

/// Asks a cluster what it would say to a merge.
enum ClusterOpinion {
    static func ask(on preview: MergePreview, kubeconfig: String, context: String?) async throws -> ClusterFindings {
        var logger = Logger(label: "rampart", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .error
        let client: KubernetesClient
        do {
            var options = KubernetesClientOptions()
            options.retry.maximumAttempts = 2
            client = try KubernetesClient(
                try ClusterConfiguration.kubeconfig(path: kubeconfig, context: context), options: options,
                logger: logger)
        } catch { throw Unreachable("\(error)") }
        let findings = await ClusterProbe(client: client).findings(on: preview)
        await client.shutdown()
        return findings
    }
}
