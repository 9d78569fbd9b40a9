import Foundation
import JSONValues
import Kubernetes
import Logging
import Sandbox
import TestSupport
import Testing

@testable import Health

/// The watches against a sandbox.
@Suite struct ClusterHealthTests {
    private func run(_ body: @Sendable (ClusterHealth, KubernetesClient, SandboxServer) async throws -> Void)
        async throws
    {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var options = SandboxOptions()
        options.createsNamespaces = true
        let sandbox = SandboxServer(options: options, logger: logger)
        let folder = try TemporaryFolder()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sandbox.run() }
            _ = try await sandbox.started()
            try folder.write(await sandbox.kubeconfig(), to: "kubeconfig")
            let client = try KubernetesClient(
                ClusterConfiguration.kubeconfig(path: folder.appending("kubeconfig")), logger: logger)
            let health = ClusterHealth(client: client, logger: logger)
            group.addTask { try await health.run() }
            do {
                try await body(health, client, sandbox)
            } catch {
                await client.shutdown()
                throw error
            }
            group.cancelAll()
            await client.shutdown()
        }
    }

    private func secret(_ status: String, revision: Int) -> JSON {
        [
            "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
            "metadata": [
                "name": .string("sh.helm.release.v1.component.v\(revision)"), "namespace": "default-demo-board",
                "labels": [
                    "owner": "helm", "name": "component", "status": .string(status),
                    "version": .string(String(revision)),
                ],
            ], "data": ["release": "c2VjcmV0"],
        ]
    }

    @Test func followsReleasesAndPods() async throws {
        try await run { health, client, _ in
            try await eventually("listed") {
                health.snapshot.releasesProblem == nil && health.snapshot.podsProblem == nil
            }
            let namespace = "default-demo-board"
            func word() -> NamespaceState.Word { health.snapshot.state(of: namespace, at: Date()).word }
            #expect(word() == .notFound)
            _ = try await client.create(.secrets, namespace: namespace, body: secret("pending-install", revision: 1))
            try await eventually("pending") { word() == .deploying }
            _ = try await client.mergePatch(
                .secrets, namespace: namespace, name: "sh.helm.release.v1.component.v1",
                body: ["metadata": ["labels": ["status": "deployed"]]])
            try await eventually("deployed") { word() == .normal }
            let pod: JSON = [
                "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "board-0", "namespace": .string(namespace)],
                "spec": ["containers": [["name": "c", "image": "x"]]],
            ]
            _ = try await client.create(.pods, namespace: namespace, body: pod)
            _ = try await client.mergePatch(
                .pods, namespace: namespace, name: "board-0",
                body: [
                    "status": [
                        "containerStatuses": [["name": "c", "state": ["waiting": ["reason": "ImagePullBackOff"]]]]
                    ]
                ], subresource: .status)
            try await eventually("waiting") { word() == .transientError }
            _ = try await client.mergePatch(
                .pods, namespace: namespace, name: "board-0",
                body: ["status": ["containerStatuses": [["name": "c", "state": ["running": [:]]]]]],
                subresource: .status)
            try await eventually("running") { word() == .normal }
            _ = try await client.delete(.secrets, namespace: namespace, name: "sh.helm.release.v1.component.v1")
            try await eventually("gone") { word() == .notFound }
        }
    }

    @Test func asksForNoDataOfSecrets() async throws {
        try await run { health, client, sandbox in
            try await eventually("listed") { health.snapshot.releasesProblem == nil }
            let list = try await client.list(.secrets, form: .metadata)
            #expect(list.items.allSatisfy { $0.json["data"] == nil })
            _ = try await client.create(
                .secrets, namespace: "a",
                body: secret("deployed", revision: 1)
                    .with(namespace: "a"))
            let after = try await client.list(.secrets, labelSelector: "owner=helm", form: .metadata)
            #expect(after.items.count == 1)
            #expect(after.items.first?.json["data"] == nil)
            #expect(after.items.first?.label("status") == "deployed")
        }
    }

    @Test func saysWhatMayNotBeRead() async throws {
        try await run { health, _, sandbox in
            sandbox.setFaults([
                SandboxFault(.failure(code: 403, message: "secrets is forbidden"), path: "secrets")
            ])
            await sandbox.cutWatches()
            try await eventually("said") { health.snapshot.releasesProblem?.contains("forbidden") == true }
            sandbox.setFaults([])
            try await eventually("read again") { health.snapshot.releasesProblem == nil }
        }
    }
}

extension JSON {
    fileprivate func with(namespace: String) -> JSON {
        var copy = self
        copy["metadata"]?["namespace"] = .string(namespace)
        return copy
    }
}
