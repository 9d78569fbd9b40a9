import ArgumentParser
import Foundation
import Kubernetes
import Logging

/// Which cluster the service keeps equal to the branch: exactly one of three.
struct ClusterOptions: ParsableArguments {
    @Flag(help: "A small Kubernetes API server in this process; DIR/kubeconfig is written for kubectl.")
    var sandbox = false

    @Option(help: ArgumentHelp("The cluster of a kubeconfig file's current context.", valueName: "file"))
    var kubeconfig: String?

    @Option(help: ArgumentHelp("Another context of the kubeconfig file.", valueName: "name"))
    var context: String?

    @Flag(name: .customLong("in-cluster"), help: "The cluster that this process runs in, with its service account.")
    var inCluster = false

    @Flag(
        inversion: .prefixedNo, help: "Write Events beside RampartGraphs: Applied, Healed, Refused, Pruned and others.")
    var events = true

    func validate() throws {
        let choices = [sandbox, kubeconfig != nil, inCluster].count { $0 }
        guard choices == 1 else {
            throw ValidationError(
                "Say which cluster to serve: one of --sandbox, --kubeconfig FILE, --in-cluster. A default would "
                    + "apply graphs to whatever cluster kubectl happens to point at.")
        }
        if context != nil, kubeconfig == nil { throw ValidationError("--context goes with --kubeconfig FILE.") }
    }

    /// Who writes Events beside resources; nil where nobody does.
    ///
    /// - Parameter identity: by what name this replica stands for election; nil where there is no other.
    func recorder(_ client: KubernetesClient, identity: String?, logger: Logger) -> EventRecorder? {
        guard events else { return nil }
        let host = ProcessInfo.processInfo.environment["HOSTNAME"] ?? ""
        return EventRecorder(
            client: client, component: "rampart-backend",
            instance: identity ?? (host.isEmpty ? "rampart-backend" : host), logger: logger)
    }

    /// The settings of a real cluster; nil for the sandbox.
    func configuration() throws -> ClusterConfiguration? {
        if sandbox { return nil }
        if inCluster { return try ClusterConfiguration.inCluster() }
        return try ClusterConfiguration.kubeconfig(path: kubeconfig, context: context)
    }
}
