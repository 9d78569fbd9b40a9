import Grafana
import JSONValues
import Testing

@Suite struct DashboardTests {
    static func dashboard(
        _ namespaces: [String] = ["default-demo-web"], _ metrics: Set<GPUMetric> = Set(GPUMetric.allCases),
        _ datasources: [String: String] = ["loki": "l", "prometheus": "p"]
    ) -> AppDashboard {
        AppDashboard(
            namespace: "default", name: "demo", componentNamespaces: namespaces,
            controller: .init(namespace: "rampart", deployment: "controller"), datasources: datasources,
            gpuMetrics: metrics)
    }

    static func panels(_ dashboard: AppDashboard) -> [String] {
        (dashboard.model["panels"]?.array ?? []).map {
            "\($0["id"] ?? .null) \($0["title"]?.string ?? "") \($0["type"]?.string ?? "")"
        }
    }

    /// As recorded: 384, 389 and 391.
    @Test func panelsAreThoseThatTheUIKnows() {
        #expect(
            Self.panels(Self.dashboard()) == [
                "1 Deployment Status logs", "2 CPU Usage timeseries", "3 Memory Usage timeseries",
                "4 GPU Utilization timeseries", "5 GPU Power Usage timeseries", "6 GPU Memory Usage timeseries",
            ])
        #expect(Self.panels(Self.dashboard([], [])).count == 3)
        #expect(Self.panels(Self.dashboard([], [.memory])).last == "4 GPU Memory Usage timeseries")
        #expect(Self.dashboard().title == "default/demo Dashboard")
    }

    @Test func linksAreThoseThatTheUIKnows() {
        let urls = Self.dashboard([], [.memory]).urls(uid: "u", prefix: "/grafana")
        #expect(
            urls == [
                "deploymentStatus": "/grafana/d-solo/u/new-dashboard?orgId=1&panelId=1",
                "cpuUsage": "/grafana/d-solo/u/new-dashboard?orgId=1&panelId=2",
                "memoryUsage": "/grafana/d-solo/u/new-dashboard?orgId=1&panelId=3",
                "gpuMemoryUsage": "/grafana/d-solo/u/new-dashboard?orgId=1&panelId=4",
                "gpuUtilization": .null, "gpuPowerUsage": .null,
            ])
    }

    @Test func aMissingDatasourceLeavesItsPanelsOut() {
        let dashboard = Self.dashboard(["a"], [], ["prometheus": "p"])
        #expect(Self.panels(dashboard) == ["2 CPU Usage timeseries", "3 Memory Usage timeseries"])
        #expect(dashboard.urls(uid: "u", prefix: "")["deploymentStatus"] == .null)
    }

    /// What an index file says is true of any dashboard, whatever datasources and metrics there are.
    @Test(arguments: [[], [GPUMetric.memory], GPUMetric.allCases]) func lastingLinksAreThoseOfEachDashboard(
        _ metrics: [GPUMetric]
    ) throws {
        let urls = Self.dashboard([], Set(metrics)).urls(uid: "u", prefix: "/g")
        let lasting = try #require(AppDashboard.lastingURLs(uid: "u", prefix: "/g").object)
        #expect(Set(lasting.keys) == Set(urls.object?.keys ?? []))
        for (key, url) in lasting where !url.isNull { #expect(urls[key] == url) }
        #expect(lasting.count { !$0.value.isNull } == 3)
    }

    @Test func namesCannotBreakOutOfQueries() {
        let dashboard = Self.dashboard(["b", "a", "a", "x\"} or vector(1)", "", "A"])
        #expect(dashboard.componentNamespaces == ["a", "b"])
        #expect(dashboard.model.text().contains(#"namespace=~\"a|b\""#))
        #expect(!dashboard.model.text().contains("vector"))
    }

    @Test func uidsFollowFromTheAppAndFit() {
        let ownership = Ownership()
        let long = String(repeating: "n", count: 63) + "_" + String(repeating: "a", count: 63)
        let uids = [
            ownership.uid(app: "default_demo"), ownership.uid(app: long), ownership.uid(app: "default_demo", file: "a"),
            ownership.uid(folder: "default"), Ownership(tag: "other").uid(app: "default_demo"),
        ]
        #expect(Set(uids).count == uids.count && uids.allSatisfy { $0.utf8.count <= 40 })
        #expect(uids[0] == Ownership().uid(app: "default_demo"), "the same after a restart")
        #expect(ownership.owns(uids[0], tags: ["x", "rampart-backend"]))
        #expect(!ownership.owns(uids[0], tags: ["x"]), "somebody has taken it over")
        #expect(!ownership.owns("adk3k2", tags: ["rampart-backend"]), "a copy that somebody made")
    }

    @Test func knowsWhatItWroteFromWhatSomebodyChanged() throws {
        let owned = OwnedDashboard(Self.dashboard().model, uid: "u", owner: Ownership())
        func stored(_ change: (inout JSON) -> Void) throws -> StoredDashboard {
            var model = owned.model
            model["id"] = 3
            model["version"] = 7
            change(&model)
            return try #require(StoredDashboard(["dashboard": model, "meta": ["folderUid": ""]]))
        }
        let same = try stored { $0["weekStart"] = "monday" }
        #expect(owned.isMet(by: same), "what Grafana adds does not matter")
        #expect(OwnedDashboard.writtenDigest(of: same) == owned.digest)
        let plain = try stored { _ in }
        #expect(OwnedDashboard.contentDigest(of: plain) == owned.digest)
        let edited = try stored { $0["refresh"] = "5s" }
        #expect(!owned.isMet(by: edited))
        #expect(OwnedDashboard.contentDigest(of: edited) != OwnedDashboard.writtenDigest(of: edited))
        let other = OwnedDashboard(Self.dashboard([], []).model, uid: "u", owner: Ownership())
        #expect(other.digest != owned.digest && !other.isMet(by: plain))
        #expect(try AppDashboard.gpuMetrics(in: stored { _ in }) == Set(GPUMetric.allCases))
    }

    @Test func datasourcesAreLookedUpByType() throws {
        let all = [
            Datasource(uid: "p1", name: "Prometheus", type: "prometheus"),
            Datasource(uid: "p2", name: "Mimir", type: "prometheus"), Datasource(uid: "l1", name: "Loki", type: "loki"),
        ]
        #expect(throws: GrafanaError.self) { try DatasourceChoice(all) }
        #expect(try DatasourceChoice(all, wanted: ["prometheus": "Mimir"]).uids == ["prometheus": "p2", "loki": "l1"])
        #expect(try DatasourceChoice(all, wanted: ["prometheus": "p1"]).uids["prometheus"] == "p1")
        #expect(throws: GrafanaError.self) { try DatasourceChoice(all, wanted: ["prometheus": "Loki"]) }
        let some = try DatasourceChoice([all[0]])
        #expect(some.uids == ["prometheus": "p1"] && some.missing.count == 1)
    }
}
