import Grafana
import JSONValues
import Sandbox
import TestSupport
import Testing

/// Writes of who may not write any more: none of them reaches Grafana.
@Suite struct FenceTests {
    private func save(_ client: GrafanaClient, _ uid: String = "mine") async throws {
        _ = try await client.save(["uid": .string(uid), "title": .string(uid)], version: nil, message: "")
    }

    @Test func nothingGoesOutWhileItIsShut() async throws {
        try await RunningGrafana.with { grafana in
            let fence = Fence()
            let fenced = grafana.client.fenced { fence.look() }
            try await save(fenced)
            fence.set(open: false)
            for write in [
                { try await save(fenced, "other") }, { try await fenced.deleteDashboard("mine") },
                { _ = try await fenced.createFolder("f", title: "F") },
            ] as [@Sendable () async throws -> Void] {
                #expect(await RunningGrafana.failure(write)?.kind == .cancelled)
            }
            #expect(try await fenced.dashboard("mine") != nil, "reads go on")
            #expect(grafana.sandbox.requests.filter(\.isWrite).count == 1)
            try await save(grafana.client, "other")
            fence.set(open: true)
            #expect(try await fenced.deleteDashboard("mine"))
        }
    }

    /// It was open when the request was made, and is shut when the connection for it is there.
    @Test func aRequestThatHasWaitedIsLookedAtAgain() async throws {
        try await RunningGrafana.with { grafana in
            var address = grafana.client.address
            address.maximumConnections = 1
            let client = GrafanaClient(address)
            try await RunningGrafana.closing(client) {
                let fence = Fence()
                let fenced = client.fenced { fence.look() }
                grafana.sandbox.setFaults([SandboxFault(.latency(.seconds(5)), method: "GET", count: 1)])
                async let reading = client.datasources()
                try await eventually("the only connection is taken") { grafana.sandbox.underway.count == 1 }
                async let writing = RunningGrafana.failure { try await save(fenced) }
                try await eventually("the write was let through and waits for the connection") { fence.looks > 0 }
                fence.set(open: false)
                _ = try await reading
                #expect(await writing?.kind == .cancelled)
                #expect(fence.looks > 1 && grafana.sandbox.dashboards.isEmpty)
                fence.set(open: true)
                try await save(fenced)
                #expect(grafana.sandbox.dashboards.count == 1)
            }
        }
    }
}
