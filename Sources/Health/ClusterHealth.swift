import HashTreeCollections
public import Kubernetes
public import Logging
public import ServiceLifecycle
import Synchronization

/// Watches Helm's releases and the pods that wait, so that the state of any app is known without asking anybody.
///
/// Of Secrets only the metadata is asked for: a release's state stands in the labels. Of pods only those that wait are
/// kept. What the account may not read is told as the reason why it is unknown.
public final class ClusterHealth: Service {
    private let releases: Informer<Release>
    private let pods: Informer<WaitingPod>
    private let shared = Mutex(HealthSnapshot())

    public init(client: KubernetesClient, logger: Logger) {
        releases = Informer(
            client: client, type: .secrets, labelSelector: "owner=helm", form: .metadata, logger: logger,
            transform: { Release($0) })
        pods = Informer(client: client, type: .pods, logger: logger, transform: { WaitingPod($0) })
    }

    /// What is known now.
    public var snapshot: HealthSnapshot {
        var snapshot = shared.withLock { $0 }
        snapshot.releasesProblem = Self.problem(releases.status, "releases (secrets with owner=helm)")
        snapshot.podsProblem = Self.problem(pods.status, "pods")
        return snapshot
    }

    public func run() async throws {
        let (releases, pods) = (releases, pods)
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await releases.run() }
                group.addTask { try await pods.run() }
                group.addTask {
                    for await event in releases.events() {
                        self.shared.withLock { Self.take(event, releases, into: &$0.releases) }
                    }
                }
                group.addTask {
                    for await event in pods.events() {
                        self.shared.withLock { Self.take(event, pods, into: &$0.pods) }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    private static func take<Kept>(
        _ event: InformerEvent<Kept>, _ informer: Informer<Kept>,
        into index: inout TreeDictionary<String, [String: Kept]>
    ) {
        switch event {
        case .synced, .relisted:
            index = [:]
            for (key, kept) in informer.objects { put(kept, key, into: &index) }
        case .changed(let key, let kept): put(kept, key, into: &index)
        case .deleted(let key, _): put(nil, key, into: &index)
        }
    }

    /// A namespace is taken out and put back, so that its objects are not copied; one without any is not kept.
    private static func put<Kept>(
        _ kept: Kept?, _ key: ObjectKey, into index: inout TreeDictionary<String, [String: Kept]>
    ) {
        var objects = index.removeValue(forKey: key.namespace) ?? [:]
        objects[key.name] = kept
        if !objects.isEmpty { index[key.namespace] = objects }
    }

    private static func problem(_ status: InformerStatus, _ what: String) -> String? {
        if status.hasSynced { return nil }
        guard let error = status.lastError else { return "the \(what) of the cluster have not been listed yet" }
        return "the \(what) of the cluster cannot be listed: \(error)"
    }
}
