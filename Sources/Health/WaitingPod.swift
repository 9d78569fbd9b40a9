public import Foundation
import JSONValues
import Kubernetes

/// A pod with a container that waits and does not run.
public struct WaitingPod: Sendable, Hashable {
    public let name: String
    public let namespace: String
    /// As the kubelet words it: `ImagePullBackOff`, `CrashLoopBackOff`, `ContainerCreating`, …
    public let reason: String
    /// When the pod was made.
    public let since: Date

    public init(name: String, namespace: String, reason: String, since: Date) {
        self.name = name
        self.namespace = namespace
        self.reason = reason
        self.since = since
    }

    /// - Returns: nil where no container waits.
    init?(_ pod: KubernetesObject) {
        let statuses = ["initContainerStatuses", "containerStatuses"].flatMap { pod.status?[$0]?.array ?? [] }
        let reasons = statuses.compactMap { $0.at("state", "waiting", "reason")?.string }
        guard let reason = reasons.first, let namespace = pod.namespace,
            let since = pod.creationTimestamp.flatMap({ try? Date($0, strategy: .iso8601) })
        else { return nil }
        self.init(name: pod.name, namespace: namespace, reason: reason, since: since)
    }
}
