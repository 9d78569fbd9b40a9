import Foundation
import Logging
import Sandbox

/// A cluster that outlives the services on it, in the process of the tests, so that they can ask it what it has seen.
enum OtherCluster {
    /// - Parameter kubeconfig: where the file for `rampart` and `kubectl` goes.
    static func with(kubeconfig: String, _ body: @Sendable (SandboxServer) async throws -> Void) async throws {
        var options = SandboxOptions()
        options.createsNamespaces = true
        let sandbox = SandboxServer(options: options, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sandbox.run() }
            _ = try await sandbox.started()
            try Data(await sandbox.kubeconfig().utf8).write(to: URL(fileURLWithPath: kubeconfig))
            do {
                try await body(sandbox)
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
