import Apps
import Grafana
import JSONValues
import Sandbox
import Sync
import TestSupport
import Testing

/// The loop for dashboards with a Prometheus that refuses, stumbles, or is away.
@Suite struct DashboardMetricsTests {
    private static let uid = DashboardLoop.uid("default_demo")

    private static func panels(_ all: DashboardLoop) -> Int {
        all.grafana.dashboards[uid]?["panels"]?.array?.count ?? 0
    }

    static let faults: [(effect: SandboxFault.Effect, kind: GrafanaError.Kind)] = [
        (.failure(code: 401, message: "who are you?"), .unauthorized),
        (.tooManyRequests(retryAfter: 1), .tooManyRequests),
        (.failure(code: 503, message: "starting"), .server), (.latency(.seconds(600)), .timedOut),
        (.dropBefore, .unreachable),
    ]

    /// The cluster and dashboards go on without it, and GPU panels come once it answers: not only at the next full look.
    @Test(arguments: faults.indices) func panelsAreFilledInLater(_ index: Int) async throws {
        let fault = Self.faults[index]
        let patience: Duration = fault.kind == .timedOut ? .milliseconds(300) : .seconds(60)
        let before: @Sendable (AppStore, GrafanaClient) async throws -> Void = { store, _ in
            try await Loop.deploy(store, "default_demo")
        }
        try await DashboardLoop.run(metrics: patience, before: before) { all in
            all.prometheus.setMetrics([GPUMetric.utilization.metric, GPUMetric.memory.metric])
            all.prometheus.setFaults([SandboxFault(fault.effect)])
            await all.dashboards.look()
            try await all.loop.reaches("default_demo", 1)
            try await all.reaches("default_demo", .synced)
            try await eventually("it is said") {
                all.dashboards.report.notes.contains { $0.contains("Prometheus cannot be asked") }
            }
            #expect(all.dashboards.report.isReady && all.dashboards.report.failure == nil)
            all.prometheus.setFaults([])
            try await eventually("the panels come") { Self.panels(all) == 5 }
            try await eventually("and nothing is said") { all.dashboards.report.notes.isEmpty }
        }
    }

    /// Away for a while, a dashboard keeps its panels; what it says afterwards counts.
    @Test func aPrometheusThatRestartsTakesNoPanelAway() async throws {
        try await DashboardLoop.run(metrics: .seconds(60)) { all in
            all.prometheus.setMetrics([GPUMetric.utilization.metric])
            await all.dashboards.look()
            try await all.loop.deploy("default_demo")
            try await eventually("it has a GPU panel") { Self.panels(all) == 4 }
            await all.prometheus.stop()
            await all.dashboards.look()
            try await eventually("it is said") { !all.dashboards.report.notes.isEmpty }
            try await all.loop.deploy("default_late")
            try await all.reaches("default_late", .synced)
            #expect(Self.panels(all) == 4)
            all.prometheus.setMetrics([GPUMetric.utilization.metric, GPUMetric.power.metric])
            try await all.prometheus.start()
            try await eventually("the new panel comes") { Self.panels(all) == 5 }
            try await all.reaches("default_demo", .synced)
        }
    }

    /// It wants to be left alone for a while, and is, whoever asks.
    @Test func aPauseThatPrometheusAsksForIsKept() async throws {
        try await DashboardLoop.run(metrics: .seconds(60)) { all in
            all.prometheus.setFaults([SandboxFault(.tooManyRequests(retryAfter: 600))])
            await all.dashboards.look()
            try await eventually("it asks") { !all.dashboards.report.notes.isEmpty }
            let asked = all.prometheus.requests.count
            try await all.lookAgain()
            try await all.loop.deploy("default_demo")
            try await all.reaches("default_demo", .synced)
            #expect(all.prometheus.requests.count == asked)
        }
    }
}
