import Foundation
import JSONValues
import Kubernetes
import Logging

/// A custom resource for tests.
let widgets = ResourceType(group: "example.com", version: "v1", plural: "widgets", kind: "Widget")

func widget(_ name: String, _ version: String, namespace: String = "demo", uid: String? = nil) -> JSON {
    [
        "apiVersion": "example.com/v1", "kind": "Widget",
        "metadata": [
            "name": .string(name), "namespace": .string(namespace), "resourceVersion": .string(version),
            "uid": .string(uid ?? "uid-\(name)"), "managedFields": [["manager": "x"]],
        ],
    ]
}

func widgetList(_ items: [JSON], version: String, continue token: String = "") -> JSON {
    [
        "apiVersion": "example.com/v1", "kind": "WidgetList",
        "metadata": ["resourceVersion": .string(version), "continue": .string(token)], "items": .array(items),
    ]
}

func status(_ code: Int, _ reason: String, _ message: String, details: JSON = [:]) -> JSON {
    [
        "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message),
        "reason": .string(reason), "details": details, "code": .int(Int64(code)),
    ]
}

/// Options with short waits.
func quickOptions(_ change: (inout KubernetesClientOptions) -> Void = { _ in }) -> KubernetesClientOptions {
    var options = KubernetesClientOptions()
    options.retry.firstDelay = .milliseconds(1)
    options.retry.longestDelay = .milliseconds(20)
    options.requestTimeout = .seconds(120)
    change(&options)
    return options
}

/// Runs something with a client, and closes it whatever happens.
func withClient<Result: Sendable>(
    _ configuration: ClusterConfiguration, options: KubernetesClientOptions = quickOptions(),
    logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
    _ body: (KubernetesClient) async throws -> Result
) async throws -> Result {
    let client = try KubernetesClient(configuration, options: options, logger: logger)
    do {
        let result = try await body(client)
        await client.shutdown()
        return result
    } catch {
        await client.shutdown()
        throw error
    }
}

/// The error that something throws.
func failure(_ body: () async throws -> Void) async -> KubernetesError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? KubernetesError
    }
}

/// Exchanges recorded from a real API server.
func recording(_ name: String) throws -> [JSON] {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "SandboxTests/Recordings/\(name).json")
    return try JSON(parsing: Data(contentsOf: url)).array ?? []
}
