import AsyncHTTPClient
import Foundation
import JSONValues
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import TestSupport

/// An answer of the REST API.
struct Answer: Sendable {
    let status: Int
    let body: JSON
}

extension RunningService {
    // MARK: - REST

    /// Sends one request to the REST API.
    func request(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: origin + path)
        request.method = .RAW(value: method)
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.bytes()))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        let body = bytes.readableBytes == 0 ? JSON.null : try JSON(parsing: bytes.readableBytesView)
        return Answer(status: Int(response.status.code), body: body)
    }

    /// Scheme, host and port of the API.
    var origin: String {
        let parts = api.split(separator: "/", maxSplits: 2)
        return parts.count == 3 ? "\(parts[0])//\(parts[1])" : api
    }

    // MARK: - git

    /// Clones the graph repository.
    /// - Returns: the work tree's path, inside of `folder`.
    func clone(into folder: TemporaryFolder, _ name: String = "work") async throws -> String {
        try await Command.git("clone", "--quiet", repository, name, in: folder.path)
        return folder.appending(name)
    }

    // MARK: - kubectl

    /// Runs the machine's `kubectl` against the cluster.
    @discardableResult
    func kubectl(_ arguments: String..., input: String = "") async throws -> String {
        try await Command.output(
            "kubectl", ["--kubeconfig", kubeconfig] + arguments, environment: ["KUBECONFIG": kubeconfig], input: input)
    }

    /// Makes a namespace where it is not there yet.
    func makeNamespace(_ name: String) async throws {
        let result = try await Command.run("kubectl", ["--kubeconfig", kubeconfig, "create", "namespace", name])
        guard result.succeeded || result.errors.contains("AlreadyExists") else {
            throw CommandFailure(command: "kubectl create namespace \(name)", result: result)
        }
    }

    /// The RampartGraph as the cluster has it; nil where there is none.
    func resource(_ namespace: String, _ name: String) async throws -> JSON? {
        let text = try await kubectl(
            "get", "rampartgraph", name, "--namespace", namespace, "--ignore-not-found", "--output", "json")
        return text.isEmpty ? nil : try JSON(parsing: text)
    }

    /// Waits until the RampartGraph satisfies a condition.
    @discardableResult
    func resource(
        _ namespace: String, _ name: String, _ what: String, _ holds: (JSON) -> Bool
    ) async throws -> JSON {
        try await eventually("\(namespace)/\(name): \(what)") {
            try await resource(namespace, name).flatMap { holds($0) ? $0 : nil }
        }
    }

    /// Waits until the cluster's resource is gone.
    func gone(_ namespace: String, _ name: String) async throws {
        try await eventually("\(namespace)/\(name) is gone") { try await resource(namespace, name) == nil }
    }
}

/// A small graph whose one setting tells one version from another.
func graphYAML(_ namespace: String, _ name: String, rate: String, labels: String = "") -> String {
    """
    # A graph of the tests.
    apiVersion: rampart.petuum.com/v1beta2
    kind: RampartGraph
    metadata:
      name: \(name)
      namespace: \(namespace)\(labels)
    spec:
      graph:
        components:
          trainer:
            type: generic-service
            chart: {repo: rampart-repo, name: rampart-test-component, version: 1.1.2}
            config:
              rate: \(rate)
            outputs:
              out:
                type: volume
                flow: data
        flows:
          data:
            type: volume
            config:
              size: 1Gi

    """
}

/// The same as JSON, as the UI sends it.
func graphJSON(_ namespace: String, _ name: String, rate: Double) -> JSON {
    [
        "apiVersion": "rampart.petuum.com/v1beta2", "kind": "RampartGraph",
        "metadata": ["name": .string(name), "namespace": .string(namespace)],
        "spec": [
            "graph": [
                "components": [
                    "trainer": [
                        "type": "generic-service",
                        "chart": ["repo": "rampart-repo", "name": "rampart-test-component", "version": "1.1.2"],
                        "config": ["rate": .double(rate)],
                        "outputs": ["out": ["type": "volume", "flow": "data"]],
                    ]
                ],
                "flows": ["data": ["type": "volume", "config": ["size": "1Gi"]]],
            ]
        ],
    ]
}

/// The setting of ``graphYAML(_:_:rate:labels:)`` in a resource.
func rate(_ resource: JSON) -> Double? {
    resource.at("spec", "graph", "components", "trainer", "config", "rate")?.double
}
