import Sandbox
import ServiceLifecycle

/// Does something once the sandbox listens, then waits for the end.
struct OnceStarted: Service {
    let server: SandboxServer
    let body: @Sendable ((host: String, port: Int)) async throws -> Void

    func run() async throws {
        let address = try await server.started()
        try await body((host: address.host, port: address.port))
        try? await gracefulShutdown()
    }
}
