import ArgumentParser
import Foundation
import Kubernetes
import Logging

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

    /// The election and the client that it asks with, which the caller shuts down; nil where there is none.
    ///
    /// The client gives a request up while there is still time to send another before the Lease counts as lost.
    func election(
        in configuration: ClusterConfiguration, metrics: KubernetesMetrics, logger: Logger
    ) throws -> (election: LeaderElection, client: KubernetesClient)? {
        guard isOn else { return nil }
        let timing = LeaseTiming()
        var options = KubernetesClientOptions()
        options.retry.maximumAttempts = 1
        options.metrics = metrics
        options.connectTimeout = .seconds(2)
        options.requestTimeout = timing.renewWithin - timing.interval
        options.readTimeout = options.requestTimeout
        let client = try KubernetesClient(configuration, options: options, logger: logger)
        let election = LeaderElection(
            client: client, namespace: namespace ?? configuration.namespace, name: lease, identity: Self.identity(),
            timing: timing, logger: logger)
        return (election, client)
    }

    /// The pod's name, and something that another start of the same pod does not have.
    private static func identity() -> String {
        let suffix = String(UInt32.random(in: .min ... .max), radix: 16)
        return "\(ProcessInfo.processInfo.hostName)_\(suffix)"
    }
}
