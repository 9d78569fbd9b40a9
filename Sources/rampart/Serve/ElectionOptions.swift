import ArgumentParser
import Foundation
import Kubernetes
import Logging
import Sync

/// Whether several replicas of the service elect the one that writes to the cluster.
struct ElectionOptions: ParsableArguments {
    @Flag(
        name: .customLong("leader-elect"),
        help: "Of several replicas one applies (a Lease says which); all answer. They share a --remote.")
    var isOn = false

    @Option(
        name: .customLong("leader-elect-namespace"),
        help: ArgumentHelp("Where the Lease lies; else the namespace of the pod or the context.", valueName: "name"))
    var namespace: String?

    @Option(
        name: .customLong("leader-elect-lease"), help: ArgumentHelp("The name of the Lease.", valueName: "name"))
    var lease = "rampart-backend"

    @Option(
        name: .customLong("leader-elect-duration"),
        help: ArgumentHelp("How long a leader that is silent is left alone before another takes over.", valueName: "s"))
    var duration = 10

    @Option(
        help: ArgumentHelp(
            "Of M parts of all apps, apply only part N; each part has a Lease and replicas of its own.",
            valueName: "n/m"),
        transform: ElectionOptions.shard)
    var shard: Shard?

    /// By what name this process appears in the Lease and in the API server's audit log.
    var identity: String { Self.name }

    func validate() throws {
        guard (2...600).contains(duration) else {
            throw ValidationError("--leader-elect-duration is from 2 to 600 seconds.")
        }
        guard shard == nil || isOn else {
            throw ValidationError("--shard goes with --leader-elect: the Lease keeps two from applying the same part.")
        }
    }

    /// The election and the client that it asks with, which the caller shuts down; nil where there is none.
    func election(
        in configuration: ClusterConfiguration, metrics: KubernetesMetrics, logger: Logger
    ) throws -> (election: LeaderElection, client: KubernetesClient)? {
        guard isOn else { return nil }
        let silence = Duration.seconds(duration)
        let timing = LeaseTiming(duration: silence, renewWithin: silence * 0.7, interval: silence * 0.2)
        var options = KubernetesClientOptions.candidate(timing)
        options.metrics = metrics
        options.userAgent = userAgent
        let client = try KubernetesClient(configuration, options: options, logger: logger)
        let election = LeaderElection(
            client: client, namespace: namespace ?? configuration.namespace, name: leaseName, identity: identity,
            timing: timing, logger: logger)
        return (election, client)
    }

    private static func shard(_ text: String) throws -> Shard {
        guard let shard = Shard(text) else {
            throw ValidationError("--shard is N/M, for example 2/3: N from 1 to M, M up to 256.")
        }
        return shard
    }

    /// What the API server's audit log calls this process. It takes what stands before the slash for a field manager
    /// where a write names none.
    var userAgent: String { "rampart/\(identity)" }

    /// Shards of different counts have different Leases, which keeps none of them from applying the same app: all replicas
    /// have to be stopped before the count is changed.
    private var leaseName: String { shard.map { "\(lease)-\($0.number)-of-\($0.count)" } ?? lease }

    /// The pod's name, and something that another start of the same pod does not have.
    private static let name: String = {
        let suffix = String(UInt32.random(in: .min ... .max), radix: 16)
        return "\(ProcessInfo.processInfo.hostName)_\(suffix)"
    }()
}
