import JSONValues
import Kubernetes
import TestSupport
import Testing

/// Writes of who may not write any more: none of them reaches a server, however late that is found out.
@Suite struct FenceTests {
    private func apply(_ client: KubernetesClient) async throws {
        _ = try await client.apply(
            widgets, namespace: "demo", name: "a", body: widget("a", "1"), fieldManager: "test", force: true)
    }

    @Test func nothingGoesOutWhileItIsShut() async throws {
        let server = try await ScriptedServer.start { _ in .json(widget("a", "1")) }
        try await withClient(ClusterConfiguration(server: server.address)) { client in
            let fence = Fence()
            let fenced = client.fenced { fence.look() }
            try await apply(fenced)
            #expect(server.requests.count == 1)
            fence.set(open: false)
            for write in [
                { try await apply(fenced) },
                { _ = try await fenced.delete(widgets, namespace: "demo", name: "a") },
                { _ = try await fenced.create(widgets, namespace: "demo", body: widget("b", "1")) },
                { _ = try await fenced.mergePatch(widgets, namespace: "demo", name: "a", body: [:]) },
            ] as [@Sendable () async throws -> Void] {
                #expect(await failure(write)?.kind == .cancelled)
            }
            #expect(server.requests.count == 1)
            _ = try await fenced.get(widgets, namespace: "demo", name: "a")
            try await apply(client)
            fence.set(open: true)
            try await apply(fenced)
            #expect(server.requests.map(\.method) == ["PATCH", "GET", "PATCH", "PATCH"])
        }
    }

    /// It was open when the request was made, and is shut when the connection for it is there.
    @Test func aRequestThatHasWaitedIsLookedAtAgain() async throws {
        let answer = StreamHandle()
        let server = try await ScriptedServer.start { request in
            request.method == "GET" ? .stream(answer) : .json(widget("a", "1"))
        }
        let options = quickOptions { $0.maximumConnections = 1 }
        try await withClient(ClusterConfiguration(server: server.address), options: options) { client in
            let fence = Fence()
            let fenced = client.fenced { fence.look() }
            async let reading = client.get(widgets, namespace: "demo", name: "a")
            try await eventually("the only connection is taken") { answer.isOpen }
            async let writing = failure { try await apply(fenced) }
            try await eventually("the write was let through and waits for the connection") { fence.looks > 0 }
            fence.set(open: false)
            answer.send(widget("a", "1").text())
            answer.end()
            _ = try await reading
            #expect(await writing?.kind == .cancelled)
            #expect(server.requests.map(\.method) == ["GET"])
        }
    }
}
