import Apps
import Foundation
import Grafana
import HashTreeCollections
import JSONValues
import Logging
import Sandbox
import Secrets
import Sync
import TestSupport
import Testing

/// The loop for dashboards with a Grafana that refuses, stumbles, is too slow, or wants to be left alone.
@Suite struct DashboardFaultTests {
    /// The dashboard of an app that is gone, as a process before this one has left it behind.
    private static func leaveBehind(_ app: String, in client: GrafanaClient) async throws {
        _ = try await client.save(
            [
                "uid": .string(DashboardLoop.uid(app)), "title": .string("Old \(app)"),
                "tags": [.string(Ownership.standard)],
            ], version: nil, message: "")
    }

    /// Grafana is lost while what nobody wants is still looked for: it is asked again at once, not at the next full look.
    @Test func aLossWhileItIsLookedAroundIsGotOver() async throws {
        try await DashboardLoop.run { all in
            try await eventually("it is ready") { all.dashboards.report.isReady }
            all.grafana.setFaults([
                SandboxFault(.latency(.seconds(1)), path: "/search", count: 1),
                SandboxFault(.failure(code: 401, message: "not now"), method: "POST", count: 1),
            ])
            await all.dashboards.look()
            try await all.loop.deploy("default_demo")
            try await all.reaches("default_demo", .synced)
            #expect(all.dashboards.report.isReady)
        }
    }

    /// One that may not be deleted stands in nobody's way: the others go, apps are served, Grafana counts as ready.
    @Test(arguments: [403, 500]) func aDashboardThatCannotBeDeletedUpsetsNoOther(_ code: Int) async throws {
        let before: @Sendable (AppStore, GrafanaClient) async throws -> Void = { store, client in
            for app in ["gone_one", "gone_two", "gone_three"] { try await Self.leaveBehind(app, in: client) }
            try await Loop.deploy(store, "default_demo")
        }
        let stuck = DashboardLoop.uid("gone_one")
        let faults = [SandboxFault(.failure(code: code, message: "no"), method: "DELETE", path: stuck)]
        try await DashboardLoop.run(faults: faults, before: before) { all in
            let demo = DashboardLoop.uid("default_demo")
            try await eventually("the others go, and what is wanted comes") { all.uids == [stuck, demo] }
            try await eventually("it is said") {
                all.dashboards.report.notes.contains { $0.contains("cannot be deleted") && $0.contains("\(code)") }
            }
            try await all.reaches("default_demo", .synced)
            try await eventually("it is tried again") { all.count("DELETE", stuck) >= 4 }
            #expect(all.dashboards.report.isReady && all.dashboards.report.failure == nil)
            #expect(
                all.count("GET", "/api/dashboards/uid/\(demo)") <= 8, "the others are not read again with each try")
            all.grafana.setFaults([])
            try await eventually("it goes once it may") { all.uids == [demo] }
            try await eventually("and nothing is said of it") { all.dashboards.report.notes.isEmpty }
        }
    }

    /// Grafana answers, but not about one dashboard: that app waits longer and longer, all others go on.
    @Test(arguments: [false, true]) func anAppThatGrafanaDoesNotAnswerSlowsNoOther(_ isCut: Bool) async throws {
        let options = DashboardLoop.options { $0.longestRetry = .seconds(600) }
        try await DashboardLoop.run(options, timeout: .seconds(3)) { all in
            try await all.loop.deploy("default_first")
            try await all.reaches("default_first", .synced)
            let bad = DashboardLoop.uid("default_bad")
            let effect: SandboxFault.Effect = isCut ? .dropBefore : .latency(.seconds(600))
            all.grafana.setFaults([SandboxFault(effect, path: bad)])
            let looks = all.count("GET", "/api/datasources")
            try await all.loop.deploy("default_bad")
            try await eventually("it is said") {
                try all.state("default_bad")?.reason == (isCut ? .unreachable : .timedOut)
            }
            #expect(try all.state("default_bad")?.message?.contains("Grafana answers otherwise") == true)
            for number in 1...3 { try await all.loop.deploy("default_app-\(number)") }
            for number in 1...3 { try await all.reaches("default_app-\(number)", .synced) }
            try await eventually("it is tried again") { all.dashboards.report.counters.failed >= 3 }
            #expect(all.dashboards.report.isReady)
            #expect(all.count("GET", "/api/datasources") <= looks + 1, "nothing is asked anew for its sake")
            all.grafana.setFaults([])
            try await all.reaches("default_bad", .synced)
        }
    }

    /// Grafana as a whole is too slow; once it is not, all is caught up with.
    @Test func whatTakesTooLongIsGivenUp() async throws {
        try await DashboardLoop.run(timeout: .milliseconds(300)) { all in
            all.grafana.setFaults([SandboxFault(.latency(.seconds(600)))])
            await all.dashboards.look()
            try await all.loop.deploy("default_demo")
            try await all.loop.reaches("default_demo", 1)
            try await eventually("it is said") { all.dashboards.report.failure?.kind == .timedOut }
            #expect(!all.dashboards.report.isReady)
            all.grafana.setFaults([])
            try await all.reaches("default_demo", .synced)
            try await eventually("all is well") { all.dashboards.report.failure == nil }
        }
    }

    /// Whoever asks for a pause gets it from all: of forty apps only those that were on their way are told so.
    @Test func aPauseThatGrafanaAsksForIsKept() async throws {
        let before: @Sendable (AppStore, GrafanaClient) async throws -> Void = { store, _ in
            for number in 1...40 { try await Loop.deploy(store, "default_app-\(number)") }
        }
        let faults = [SandboxFault(.tooManyRequests(retryAfter: 4), method: "POST")]
        try await DashboardLoop.run(faults: faults, before: before) { all in
            try await eventually("a pause is asked for") { all.writes.contains("POST 429") }
            let start = ContinuousClock.now
            // Everything is ready from now on, and nothing waits for a time of its own.
            try await all.push(["rampart.yaml": "format: 1\ngrafana:\n  edits: leave\n"])
            try await eventually("and ends") { all.writes.count { $0 == "POST 429" } >= 4 }
            #expect(ContinuousClock.now - start > .seconds(2))
            all.grafana.setFaults([])
            try await eventually("all are there") { all.uids.count == 40 }
            #expect(all.writes.count { $0 == "POST 429" } <= 3 * DashboardOptions().concurrency)
            try await all.reaches("default_app-1", .synced)
        }
    }

    /// A token that runs out is replaced in its file: the cluster does not wait, and all is caught up with.
    @Test func aTokenThatIsReplacedIsFollowed() async throws {
        let folder = try TemporaryFolder()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let file = SecretFile(try folder.write("editor\n", to: "token"), logger: logger)
        try await DashboardLoop.run(credentials: .token(.file(file))) { all in
            try await all.loop.deploy("default_demo")
            try await all.reaches("default_demo", .synced)
            all.grafana.setEditorTokens(["newer"])
            try await all.loop.deploy("default_late")
            try await eventually("it is said") { all.dashboards.report.failure?.kind == .unauthorized }
            try await all.loop.reaches("default_late", 1)
            #expect(!all.dashboards.report.isReady)
            try folder.write("newer\n", to: "token")
            try await all.reaches("default_late", .synced)
            try await eventually("all is well") { all.dashboards.report.failure == nil }
            #expect(all.uids.count == 2)
        }
    }

    /// A write is done, but nobody hears so: it is found done, not done again, and no version is in dispute.
    @Test func aWriteWhoseAnswerIsLostIsFoundDone() async throws {
        try await DashboardLoop.run { all in
            let file = "apps/default/demo/dashboards/training.json"
            let extra = DashboardLoop.uid("default_demo", file: "training.json")
            all.grafana.setFaults([SandboxFault(.dropAfter, method: "POST", count: 1)])
            try await all.loop.deploy("default_demo")
            try await all.reaches("default_demo", .synced)
            #expect(all.writes == ["POST 0"] && all.uids == [DashboardLoop.uid("default_demo")])
            try await all.push([file: #"{"title": "Training", "panels": []}"#])
            try await eventually("the file's is there") { all.uids.contains(extra) }
            try await all.reaches("default_demo", .synced)
            all.grafana.setFaults([SandboxFault(.dropAfter, method: "POST", count: 1)])
            try await all.push([file: #"{"title": "Training 2", "panels": []}"#])
            try await eventually("it is changed") { all.grafana.dashboards[extra]?["title"] == "Training 2" }
            try await eventually("and that is known") {
                try all.state("default_demo")?.state == .synced && all.dashboards.report.counters.failed == 2
            }
            #expect(all.writes == ["POST 0", "POST 200", "POST 0"])
            #expect(all.grafana.dashboards[extra]?["version"] == 2 && all.uids.count == 2)
            #expect(all.dashboards.report.counters.healed == 0, "it is nobody else's doing")
        }
    }
}
