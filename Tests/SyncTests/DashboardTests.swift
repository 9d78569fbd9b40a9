import Apps
import Foundation
import Grafana
import Graphs
import HashTreeCollections
import JSONValues
import Kubernetes
import Sandbox
import Secrets
import Sync
import TestSupport
import Testing

/// The loop for dashboards against the Grafana of the sandbox.
@Suite struct DashboardTests {
    static let uid = DashboardLoop.uid("default_demo")

    @Test func comesWithADeployStaysThroughAnUndeployAndGoesWithTheApp() async throws {
        try await DashboardLoop.run { all in
            try await all.loop.deploy("default_demo")
            try await all.reaches("default_demo", .synced)
            #expect(all.uids == [Self.uid])
            #expect(all.grafana.dashboards[Self.uid]?["title"] == "default/demo Dashboard")
            #expect(all.grafana.dashboards[Self.uid]?.text().contains("default-demo-trainer") == true)
            let urls = try #require(try all.state("default_demo")?.urls)
            #expect(urls["cpuUsage"]?.string == "/grafana/d-solo/\(Self.uid)/new-dashboard?orgId=1&panelId=2")
            #expect(urls["gpuUtilization"] == .null)
            _ = try await all.loop.store.perform(.undeploy(Loop.id("default_demo")), by: Loop.ada)
            try await eventually("undeployed") { all.loop.store.snapshot.apps.values.first?.activeVersion == 0 }
            try await all.lookAgain()
            #expect(all.uids == [Self.uid], "as recorded: 082 to 088")
            try await all.loop.delete("default_demo")
            try await eventually("the dashboard goes") { all.uids.isEmpty }
            try await eventually("and is forgotten") { try all.state("default_demo") == nil }
        }
    }

    /// Compared first: a change of the graph that changes neither namespaces nor panels writes nothing.
    @Test func isWrittenOnlyWhereItChanges() async throws {
        try await DashboardLoop.run { all in
            try await all.loop.deploy("default_demo", 1)
            try await all.reaches("default_demo", .synced)
            try await all.loop.deploy("default_demo", 2)
            try await all.loop.reaches("default_demo", 2)
            try await all.lookAgain()
            try await all.reaches("default_demo", .synced)
            #expect(all.writes == ["POST 200"])
            let restarted = all.another()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await restarted.run() }
                try await eventually("the next process knows it again") {
                    restarted.report.apps[try Loop.id("default_demo")]?.state == .synced
                }
                group.cancelAll()
            }
            #expect(all.writes == ["POST 200"])
            #expect(restarted.report.counters == DashboardCounters())
        }
    }

    @Test func followsTheNamespacesThatTheControllerNames() async throws {
        try await DashboardLoop.run { all in
            try await all.loop.deploy("default_demo")
            try await all.reaches("default_demo", .synced)
            let observed = try await eventually("the controller is done") { () -> KubernetesObject? in
                let object = try await all.loop.resource("default_demo")
                return object?.status?["phase"] == "Deployed" ? object : nil
            }
            _ = try await all.loop.client.mergePatch(
                Loop.graphs, namespace: "default", name: "demo",
                body: [
                    "status": [
                        "observedGeneration": .int(observed.generation ?? 0), "componentNamespaces": ["elsewhere"],
                    ]
                ], subresource: .status)
            try await eventually("the dashboard asks there") {
                all.grafana.dashboards[Self.uid]?.text().contains("elsewhere") ?? false
            }
            try await eventually("and is counted") { all.dashboards.report.counters.changed == 1 }
        }
    }

    @Test func putsBackWhatSomebodyChangesOrDeletes() async throws {
        try await DashboardLoop.run { all in
            try await all.loop.deploy("default_demo")
            try await all.reaches("default_demo", .synced)
            var model = try #require(all.grafana.dashboards[Self.uid])
            model["title"] = "Mine now"
            _ = try await all.client.save(model, version: 1, message: "by hand")
            await all.dashboards.look()
            try await eventually("it is put back") {
                all.grafana.dashboards[Self.uid]?["title"] == "default/demo Dashboard"
            }
            try await eventually("and counted") { all.dashboards.report.counters.healed == 1 }
            try await all.client.deleteDashboard(Self.uid)
            await all.dashboards.look()
            try await eventually("it is there again") { all.uids == [Self.uid] }
        }
    }

    @Test func leavesWhatSomebodyChangedWhereTheRepositorySaysSo() async throws {
        try await DashboardLoop.run { all in
            try await all.loop.deploy("default_demo")
            try await all.reaches("default_demo", .synced)
            try await all.push(["rampart.yaml": "format: 1\ngrafana:\n  edits: leave\n"])
            try await eventually("the setting is known") { all.loop.store.snapshot.settings.dashboardEdits == .leave }
            var model = try #require(all.grafana.dashboards[Self.uid])
            model["refresh"] = "5s"
            _ = try await all.client.save(model, version: 1, message: "by hand")
            await all.dashboards.look()
            try await all.reaches("default_demo", .drifted)
            #expect(try all.state("default_demo")?.message?.contains("sa-editor") == true)
            #expect(all.grafana.dashboards[Self.uid]?["refresh"] == "5s")
            try await all.push(["rampart.yaml": "format: 1\ngrafana:\n  edits: sometimes\n"])
            try await eventually("a wrong word is a problem, and the default counts") {
                all.loop.store.snapshot.problems.contains { $0.path == "grafana.edits" }
                    && all.grafana.dashboards[Self.uid]?["refresh"] == "30s"
            }
        }
    }

    @Test func neverDeletesWhatIsNotItsOwn() async throws {
        let before: @Sendable (AppStore, GrafanaClient) async throws -> Void = { store, client in
            let tags: JSON = [.string(Ownership.standard)]
            // A copy that somebody made of one of ours, and one of ours that somebody has taken over.
            _ = try await client.save(["uid": "copy", "title": "Copy", "tags": tags], version: nil, message: "")
            _ = try await client.save(
                ["uid": .string(DashboardLoop.uid("gone_one")), "title": "Taken"], version: nil, message: "")
            // What a process before this one has left behind.
            _ = try await client.save(
                ["uid": .string(DashboardLoop.uid("gone_two")), "title": "Old", "tags": tags], version: nil,
                message: "")
            try await Loop.deploy(store, "default_demo")
        }
        try await DashboardLoop.run(before: before) { all in
            try await eventually("what was left behind goes") {
                all.uids == ["copy", DashboardLoop.uid("gone_one"), Self.uid]
            }
            try await eventually("and is counted") { all.dashboards.report.counters.deleted == 1 }
        }
    }

    @Test(
        arguments: [
            (500, .failed, .server), (403, .failed, .forbidden), (400, .failed, .refused),
            (412, .drifted, .versionMismatch),
        ] as [(Int, DashboardState, GrafanaError.Kind)])
    func tellsFailuresOfAnAppApart(_ code: Int, _ state: DashboardState, _ kind: GrafanaError.Kind) async throws {
        try await DashboardLoop.run { all in
            all.grafana.setFaults([SandboxFault(.failure(code: code, message: "no way"), method: "POST")])
            try await all.loop.deploy("default_demo")
            try await all.reaches("default_demo", state)
            #expect(try all.state("default_demo")?.reason == kind)
            try await all.loop.reaches("default_demo", 1)
            all.grafana.setFaults([])
            try await all.reaches("default_demo", .synced)
        }
    }

    @Test func anotherDashboardOfThatNameIsSaid() async throws {
        let before: @Sendable (AppStore, GrafanaClient) async throws -> Void = { store, client in
            _ = try await client.save(["uid": "theirs", "title": "default/demo Dashboard"], version: nil, message: "")
            try await Loop.deploy(store, "default_demo")
        }
        try await DashboardLoop.run(before: before) { all in
            try await all.reaches("default_demo", .failed)
            #expect(try all.state("default_demo")?.reason == .nameExists)
            try await all.client.deleteDashboard("theirs")
            try await all.reaches("default_demo", .synced)
        }
    }

    @Test(
        arguments: [(.token(.text(Secret("nobody"))), .unauthorized), (.none, .unauthorized)]
            as [(Grafana.Credentials, GrafanaError.Kind)])
    func whoeverIsNotLetInSaysSo(_ credentials: Grafana.Credentials, _ kind: GrafanaError.Kind) async throws {
        try await DashboardLoop.run(credentials: credentials) { all in
            try await all.loop.deploy("default_demo")
            try await eventually("it is said") { all.dashboards.report.failure?.kind == kind }
            try await all.loop.reaches("default_demo", 1)
            #expect(!all.dashboards.report.isReady && all.uids.isEmpty)
        }
    }

    /// Grafana takes longer than anybody waits, and nobody gives it up: the cluster is served at once all the same.
    @Test func aSlowGrafanaHoldsUpNothing() async throws {
        try await DashboardLoop.run(timeout: .seconds(600)) { all in
            all.grafana.setFaults([SandboxFault(.latency(.seconds(600)))])
            await all.dashboards.look()
            for number in 1...5 { try await all.loop.deploy("default_app\(number)") }
            for number in 1...5 { try await all.loop.reaches("default_app\(number)", 1) }
            #expect(all.uids.isEmpty)
            all.grafana.setFaults([])
            // What hangs is cut.
            await all.grafana.stop()
            try await all.grafana.start()
            try await eventually("caught up") { all.uids.count == 5 }
        }
    }

    /// Whoever has nothing to do waits for what happens, and does not look whether something has.
    @Test func anIdleLoopSleeps() async throws {
        try await DashboardLoop.run(follows: false) { all in
            let clock = TestClock()
            let dashboards = all.another(DashboardOptions(), clock: clock)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await dashboards.run() }
                for name in ["default_demo", "default_other"] {
                    try await all.loop.deploy(name)
                    let id = try Loop.id(name)
                    try await eventually("synced") { dashboards.report.apps[id]?.state == .synced }
                }
                group.cancelAll()
                while await group.nextResult() != nil {}
            }
            #expect(!clock.waits.isEmpty && clock.waits.allSatisfy { $0 > .seconds(60) }, "\(clock.waits)")
        }
    }

    @Test func asksAFewThingsAtOnceAtMost() async throws {
        let before: @Sendable (AppStore, GrafanaClient) async throws -> Void = { store, _ in
            for number in 1...40 { try await Loop.deploy(store, "default_app\(number)") }
        }
        try await DashboardLoop.run(before: before) { all in
            all.grafana.setFaults([SandboxFault(.latency(.milliseconds(2)))])
            try await eventually("all are there") { all.uids.count == 40 }
            #expect(all.grafana.mostAtOnce <= 4)
        }
    }

    @Test func filesOfAnAppAreAppliedCheckedAndPruned() async throws {
        try await DashboardLoop.run { all in
            let folder = "apps/default/demo/dashboards"
            let extra = DashboardLoop.uid("default_demo", file: "training.json")
            // Before the app itself: they wait for it.
            try await all.push(["\(folder)/training.json": #"{"title": "Training", "tags": ["ml"], "panels": []}"#])
            try await all.loop.deploy("default_demo")
            try await eventually("both are there") { all.uids == [Self.uid, extra] }
            #expect(all.grafana.dashboards[extra]?["tags"]?.array?.contains("ml") == true)
            try await all.push(["\(folder)/bad.json": "{\n  \"title\": 3,\n  \"panels\": {}\n}"])
            try await all.reaches("default_demo", .invalid)
            let problems = try #require(try all.state("default_demo")?.problems)
            #expect(
                problems.map { "\($0.file ?? ""):\($0.line ?? 0):\($0.column ?? 0)" }.first == "\(folder)/bad.json:2:12"
            )
            #expect(problems.count == 2 && all.uids == [Self.uid, extra], "the others are looked after")
            try await all.push(["\(folder)/bad.json": "{\"title\": "])
            try await eventually("what does not read at all has a place too") {
                try all.state("default_demo")?.problems.first?.line == 1
            }
            try await all.push([
                "\(folder)/bad.json": nil, "\(folder)/training.json": #"{"title": "Training 2", "panels": []}"#,
            ])
            try await eventually("changed") { all.grafana.dashboards[extra]?["title"] == "Training 2" }
            try await all.reaches("default_demo", .synced)
            try await all.push(["\(folder)/training.json": nil])
            try await eventually("pruned") { all.uids == [Self.uid] }
        }
    }

    @Test func aFolderForEachNamespace() async throws {
        try await DashboardLoop.run(DashboardLoop.options { $0.usesFolders = true }) { all in
            try await all.loop.deploy("vision_demo")
            try await all.reaches("vision_demo", .synced)
            let uid = DashboardLoop.uid("vision_demo")
            let folder = try #require(try await all.client.dashboard(uid)?.folder)
            #expect(try await all.client.folder(folder)?.title == "vision")
            // Somebody deletes the folder, and with it what lies in it.
            let url = "\(try await all.grafana.url())/api/folders/\(folder)"
            try await Command.output("curl", ["-sS", "-u", "admin:admin", "-X", "DELETE", url])
            await all.dashboards.look()
            try await eventually("both are there again") { try await all.client.dashboard(uid)?.folder == folder }
        }
    }

    /// What `dashboard.json` says of an app without having asked Grafana is what Grafana has.
    @Test func theIndexFileSaysWhichDashboardIsWhose() async throws {
        try await DashboardLoop.run { all in
            try await all.loop.deploy("default_demo")
            try await all.reaches("default_demo", .synced)
            let own = try #require(try all.state("default_demo")?.own)
            let row = DashboardRows(Ownership(), path: "/grafana").row(try Loop.id("default_demo"))
            #expect(row.uid == own.uid && own.version == 1)
            #expect(try JSON(parsing: row.urls) == own.urls)
            #expect(try await all.client.dashboard(row.uid)?.id == own.id)
        }
    }
}
