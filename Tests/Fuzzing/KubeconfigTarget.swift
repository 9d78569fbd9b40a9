import Foundation
import Kubernetes

/// Kubeconfig files.
enum KubeconfigTarget {
    private static let path = NSTemporaryDirectory() + "rampart-fuzz-kubeconfig-\(getpid())"

    @Sendable static func run(_ bytes: [UInt8]) {
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else { fatalError("cannot write") }
        _ = try? ClusterConfiguration.kubeconfig(path: path, environment: [:])
    }
}
