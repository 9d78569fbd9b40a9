import Foundation
import Logging
import Sandbox

/// A cluster that outlives the services on it, in the process of the tests, so that they can ask it what it has seen.
enum OtherCluster {
    /// - Parameters:
    ///   - kubeconfig: where the file for `rampart` and `kubectl` goes.
    ///   - change: what is to be otherwise than usual.
    static func with<Value: Sendable>(
        kubeconfig: String, _ change: (inout SandboxOptions) -> Void = { _ in },
        body: @Sendable (SandboxServer) async throws -> Value
    ) async throws -> Value {
        var options = SandboxOptions()
        options.createsNamespaces = true
        change(&options)
        let sandbox = SandboxServer(options: options, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sandbox.run() }
            _ = try await sandbox.started()
            try Data(await sandbox.kubeconfig().utf8).write(to: URL(fileURLWithPath: kubeconfig))
            let value: Value
            do {
                value = try await body(sandbox)
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            try await group.waitForAll()
            return value
        }
    }
}
