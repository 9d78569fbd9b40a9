import Grafana
import Logging
import Sandbox
import Secrets

/// A Grafana in this process and a client for it, while a test runs.
struct RunningGrafana: Sendable {
    let sandbox: GrafanaSandbox
    let client: GrafanaClient
    let url: String

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func with(
        _ change: (inout GrafanaSandboxOptions) -> Void = { _ in },
        credentials: Credentials = .basic(user: "admin", password: .text(Secret("admin"))),
        timeout: Duration = .seconds(60), _ body: @Sendable (RunningGrafana) async throws -> Void
    ) async throws {
        var options = GrafanaSandboxOptions()
        options.editorTokens = ["editor"]
        options.viewerTokens = ["viewer"]
        change(&options)
        let sandbox = GrafanaSandbox(options: options, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sandbox.run() }
            let url = try await sandbox.url()
            var address = try ServerAddress(url)
            address.credentials = credentials
            address.timeout = timeout
            let client = GrafanaClient(address)
            var failure: (any Error)?
            do { try await body(RunningGrafana(sandbox: sandbox, client: client, url: url)) } catch { failure = error }
            group.cancelAll()
            while await group.nextResult() != nil {}
            await client.shutdown()
            if let failure { throw failure }
        }
    }

    /// Does something with clients, and closes them whatever happens.
    static func closing(
        _ client: GrafanaClient, _ prometheus: PrometheusClient? = nil, after body: @Sendable () async throws -> Void
    ) async throws {
        var failure: (any Error)?
        do { try await body() } catch { failure = error }
        await client.shutdown()
        await prometheus?.shutdown()
        if let failure { throw failure }
    }

    /// The error that something ends with; nil where it does not.
    static func failure(_ body: () async throws -> Void) async -> GrafanaError? {
        do { try await body() } catch { return error as? GrafanaError }
        return nil
    }
}
