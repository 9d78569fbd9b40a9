import Apps
import Foundation
import Grafana
import JSONValues
import Kubernetes
import Logging
import Sandbox
import Sync
import TestSupport
import Testing

/// Deletions of dashboards by who may not delete them any more, or that are wanted again by then.
@Suite struct DashboardFenceTests {
    private static let gone = DashboardLoop.uid("default_gone")

    private static let leftBehind: @Sendable (AppStore, GrafanaClient) async throws -> Void = { _, client in
        let tags: JSON = [.string(Ownership.standard)]
        _ = try await client.save(["uid": .string(gone), "title": "Old", "tags": tags], version: nil, message: "")
    }

    /// The leader is stopped between its look at a dashboard and the deletion, and wakes when another leads.
    @Test func aLeaderThatWasStoppedDeletesNothing() async throws {
        let faults = [SandboxFault(.latency(.seconds(10)), method: "GET", path: Self.gone)]
        try await DashboardLoop.run(faults: faults, follows: false, before: Self.leftBehind) { all in
            let clock = TestClock()
            let election = LeaderElection(
                client: all.loop.client, namespace: "default", name: "rampart-backend", identity: "a",
                timing: LeaseTiming(duration: .seconds(600), renewWithin: .seconds(400), interval: .milliseconds(100)),
                clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let engine = SyncEngine(
                store: all.loop.store, client: all.loop.client, election: election,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let dashboards = all.another(engine: engine)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await election.run() }
                try await eventually("leads") { election.isLeader }
                group.addTask { try await engine.run() }
                group.addTask { try await dashboards.run() }
                try await eventually("it is looked at") { all.grafana.underway.contains { $0.contains(Self.gone) } }
                // The API server lets nobody renew.
                all.loop.sandbox.setFaults([SandboxFault(.dropBefore, path: "/leases")])
                clock.jump(.seconds(3_600))
                #expect(!election.isLeader)
                try await eventually("the look at it has ended") { all.count("GET", Self.gone) >= 1 }
                let looks = all.count("GET", "/api/datasources")
                await dashboards.look()
                try await eventually("it goes on") { all.count("GET", "/api/datasources") > looks }
                #expect(all.uids == [Self.gone] && all.count("DELETE", "/") == 0)
                all.grafana.setFaults([])
                all.loop.sandbox.setFaults([])
                try await eventually("it goes when the replica leads again") { all.uids.isEmpty }
                group.cancelAll()
                while await group.nextResult() != nil {}
            }
        }
    }

    /// An app comes back while its old dashboard is about to be deleted: it stays.
    @Test func whatIsWantedAgainStays() async throws {
        let faults = [SandboxFault(.latency(.seconds(20)), method: "GET", path: Self.gone, count: 1)]
        try await DashboardLoop.run(faults: faults, before: Self.leftBehind) { all in
            try await eventually("it is looked at") { all.grafana.underway.contains { $0.contains(Self.gone) } }
            try await all.loop.deploy("default_gone")
            try await all.reaches("default_gone", .synced)
            try await all.lookAgain()
            #expect(all.uids == [Self.gone] && all.count("DELETE", "/") == 0)
        }
    }
}
