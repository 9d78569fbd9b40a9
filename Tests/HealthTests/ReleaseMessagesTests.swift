import Foundation
import Gzip
import JSONValues
import Kubernetes
import Logging
import Sandbox
import TestSupport
import Testing

@testable import Health

/// Helm's own words, out of the data of its Secrets.
@Suite struct ReleaseMessagesTests {
    /// The data of a Secret as Helm writes it.
    private static func data(_ release: JSON) throws -> String {
        Data(Data(try Gzip.pack(release.bytes())).base64EncodedString().utf8).base64EncodedString()
    }

    @Test func readsWhatHelmWrites() throws {
        let recording = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "SandboxTests/Recordings/helm-secrets.json")
        let exchanges = try JSON(parsing: Data(contentsOf: recording)).array ?? []
        let written = exchanges.compactMap { $0.at("request", "body", "data", "release")?.string }
        let messages = written.compactMap { ReleaseMessages.message(in: $0) }
        #expect(Set(messages) == ["Install complete", "Upgrade complete"])
        // One of them was written to show that the API server refuses what is no base64.
        #expect(messages.count >= 5)
    }

    @Test(arguments: [
        "", "%", "bm90IGJhc2U2NCE=", "SDRzSQ==", Data("aGVsbG8=".utf8).base64EncodedString(),
    ])
    func anythingElseSaysNothing(_ data: String) {
        #expect(ReleaseMessages.message(in: data) == nil)
    }

    @Test func ofAReleaseOnlyItsMessageIsTaken() throws {
        #expect(try ReleaseMessages.message(in: Self.data(["info": ["description": " timed out \n"]])) == "timed out")
        #expect(try ReleaseMessages.message(in: Self.data(["info": ["status": "failed"]])) == nil)
        #expect(try ReleaseMessages.message(in: Self.data(["info": ["description": ""]])) == nil)
        #expect(try ReleaseMessages.message(in: Self.data(["info": ["description": 3]])) == nil)
        #expect(try ReleaseMessages.message(in: Self.data([])) == nil)
        let long = String(repeating: "x", count: 100_000)
        #expect(try ReleaseMessages.message(in: Self.data(["info": ["description": .string(long)]]))?.count == 2_000)
    }

    @Test func aBombSaysNothing() throws {
        let bomb = try Gzip.pack([UInt8](repeating: UInt8(ascii: " "), count: ReleaseMessages.longestRelease + 1))
        let data = Data(Data(bomb).base64EncodedString().utf8).base64EncodedString()
        #expect(data.utf8.count < ReleaseMessages.longestData)
        #expect(ReleaseMessages.message(in: data) == nil)
    }

    // MARK: - Against a sandbox

    private func run(
        _ body: @Sendable (ReleaseMessages, KubernetesClient, SandboxServer) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var options = SandboxOptions()
        options.createsNamespaces = true
        let sandbox = SandboxServer(options: options, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sandbox.run() }
            let port = try await sandbox.started().port
            let client = try KubernetesClient(
                ClusterConfiguration(server: "http://127.0.0.1:\(port)"), logger: logger)
            do {
                try await body(ReleaseMessages(client: client), client, sandbox)
            } catch {
                await client.shutdown()
                throw error
            }
            group.cancelAll()
            await client.shutdown()
        }
    }

    private func install(_ client: KubernetesClient, _ description: String) async throws -> Release {
        let secret = try await client.create(
            .secrets, namespace: "default-demo-board",
            body: [
                "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
                "metadata": [
                    "name": "sh.helm.release.v1.component.v1", "namespace": "default-demo-board",
                    "labels": ["owner": "helm", "name": "component", "status": "failed", "version": "1"],
                ], "data": ["release": .string(try Self.data(["info": ["description": .string(description)]]))],
            ])
        return try #require(Release(secret))
    }

    @Test func oneSecretIsReadOnceForEachState() async throws {
        try await run { messages, client, sandbox in
            let release = try await install(client, "timed out waiting for the condition")
            for _ in 0..<5 {
                #expect(await messages.message(of: release) == "timed out waiting for the condition")
            }
            let data = try Self.data(["info": ["description": "it broke again"]])
            let changed = try await client.mergePatch(
                .secrets, namespace: "default-demo-board", name: release.secret,
                body: ["data": ["release": .string(data)]])
            #expect(await messages.message(of: try #require(Release(changed))) == "it broke again")
            let reads = sandbox.requests.count { $0.method == "GET" && $0.path.contains("/secrets/") }
            #expect(reads == 2)
        }
    }

    @Test func whatMayNotBeReadSaysNothing() async throws {
        try await run { messages, client, sandbox in
            let release = try await install(client, "secret words")
            sandbox.setFaults([SandboxFault(.failure(code: 403, message: "secrets is forbidden"), path: "/secrets/")])
            #expect(await messages.message(of: release) == nil)
            // Nor is it asked for again at once.
            sandbox.setFaults([])
            #expect(await messages.message(of: release) == nil)
        }
    }

    /// A Secret that was written anew since is another one.
    @Test func whatIsThereNowIsNotTakenForWhatWas() async throws {
        try await run { messages, client, _ in
            let release = try await install(client, "of the first")
            _ = try await client.delete(.secrets, namespace: "default-demo-board", name: release.secret)
            _ = try await install(client, "of the second")
            #expect(await messages.message(of: release) == nil)
        }
    }
}
