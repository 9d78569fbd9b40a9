import Apps
import Foundation
import Git
import HashTreeCollections
import JSONValues
import TestSupport
import Testing

@Suite struct IndexTests {
    let fixture: Fixture
    static let names = ["apps.json", "versions.json", "dashboard.json", "configs.json"]

    init() throws { fixture = try Fixture() }

    /// Which dashboards belong to apps, as a service with a Grafana would say.
    private static func dashboards(path: String = "/grafana") -> DashboardRows {
        DashboardRows(owner: "rampart-backend", path: path) { id in
            DashboardRow(uid: "rampart-\(id.name)", urls: #"{"cpuUsage": "\#(path)/d-solo/rampart-\#(id.name)"}"#)
        }
    }

    private func fill() async throws -> AppStore {
        let store = try await fixture.open { $0.dashboards = Self.dashboards() }
        for name in ["team-b_two", "team-a_zeta", "team-a_alpha"] {
            let app = try id(name)
            _ = try await store.perform(.create(app, manifest(app, 1)), by: ada)
            _ = try await store.perform(.save(app, manifest(app, 2)), by: ada)
        }
        _ = try await store.perform(.deploy(id("team-a_zeta"), version: 2), by: ada)
        _ = try await store.perform(.deploy(id("team-b_two"), version: 1), by: ada)
        _ = try await store.perform(.undeploy(id("team-b_two")), by: ada)
        return store
    }

    private func bytes(_ folder: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in Self.names { files[name] = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")) }
        return files
    }

    @Test func rowsHaveTheFieldsOfTheSchema() async throws {
        let store = try await fill()
        let folder = fixture.folder.appending("out")
        try await store.writeIndex(to: folder)
        let files = try bytes(folder)
        let apps = try JSON(parsing: files["apps.json"] ?? Data())
        let rows = try #require(apps["_default"]?.object)
        #expect(rows.keys == ["1", "2", "3"])
        #expect(rows.map { $0.value["app_id"]?.string } == ["team-a_alpha", "team-a_zeta", "team-b_two"])
        let zeta = try #require(rows["2"])
        #expect(
            zeta.object?.keys == [
                "app_id", "namespace", "name", "desc", "active", "labels", "graph", "lastEditTimestamp",
                "lastDeploymentTimestamp", "activeVersion", "versionCount",
            ])
        #expect(zeta["active"] == true && zeta["activeVersion"] == 2 && zeta["versionCount"] == 2)
        #expect(rows["3"]?["active"] == false && rows["3"]?["activeVersion"] == 0)
        #expect(rows["3"]?["lastDeploymentTimestamp"]?.string?.hasSuffix("+01:00") == true)
        #expect(apps.at("rampart", "1", "head")?.string == store.snapshot.head?.description)
        let versions = try JSON(parsing: files["versions.json"] ?? Data())
        let last = try #require(versions.at("_default", "4"))
        #expect(
            last.object?.keys == [
                "namespace", "name", "version", "hash", "status", "active", "graph", "creationTimestamp",
                "lastDeploymentTimestamp",
            ])
        #expect(last["active"] == true && last["version"] == 2 && last["name"] == "zeta" && last["status"] == .null)
        #expect(last["graph"]?.object?.keys == ["object", "timestamp", "uid"])
        #expect(last.at("graph", "object", "kind") == "RampartGraph")
        // One for each live graph, deployed or not. What Grafana itself decides is not known without it.
        let dashboards = try JSON(parsing: files["dashboard.json"] ?? Data())
        #expect(dashboards["_default"]?.object?.map { $0.value["app_id"]?.string } == ["team-a_zeta", "team-b_two"])
        let dashboard = try #require(dashboards.at("_default", "1"))
        #expect(
            dashboard.object?.keys == [
                "app_id", "generation", "dashboard_id", "dashboard_uid", "dashboard_version", "urls",
            ])
        #expect(dashboard["generation"] == 2 && dashboard["dashboard_uid"] == "rampart-zeta")
        #expect(dashboard["dashboard_id"] == .null && dashboard["dashboard_version"] == .null)
        #expect(dashboards.at("rampart", "1", "grafana") == ["owner": "rampart-backend", "path": "/grafana"])
        #expect(try JSON(parsing: files["configs.json"] ?? Data())["_default"] == [:])
    }

    @Test func rebuiltFromHistoryTheyAreTheSameBytes() async throws {
        let store = try await fill()
        try await shutDown(store)
        let anew = try await fixture.open {
            $0.usesCache = false
            $0.dashboards = Self.dashboards()
            $0.createsRepository = false
            $0.indexFolder = fixture.folder.appending("out")
        }
        try await anew.writeIndex(to: fixture.folder.appending("out"))
        #expect(try bytes(fixture.folder.appending("out")) == bytes("\(fixture.data)/index"))
        let left = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.appending("out"))
        #expect(left.sorted() == Self.names.sorted())
    }

    /// Also where nothing has been committed since.
    @Test func otherSettingsMakeTheFileOfDashboardsAnew() async throws {
        try await shutDown(fill())
        let before = try bytes("\(fixture.data)/index")
        try await shutDown(try await fixture.open { $0.dashboards = Self.dashboards(path: "") })
        let after = try bytes("\(fixture.data)/index")
        #expect(after["dashboard.json"] != before["dashboard.json"])
        #expect(after["apps.json"] == before["apps.json"])
        try await shutDown(try await fixture.open { $0.dashboards = Self.dashboards() })
        #expect(try bytes("\(fixture.data)/index") == before)
    }

    @Test func aRunKeepsThemUpAndMakesLostOnesAnew() async throws {
        try await shutDown(fill())
        let before = try bytes("\(fixture.data)/index")
        try FileManager.default.removeItem(atPath: "\(fixture.data)/index/apps.json")
        try Data("{\"_default\": {\"1".utf8).write(to: URL(fileURLWithPath: "\(fixture.data)/index/versions.json"))
        let again = try await fixture.open { $0.dashboards = Self.dashboards() }
        let run = Task { try await again.run() }
        try await eventually("the lost files are there") { (try? bytes("\(fixture.data)/index")) == before }
        let app = try id("team-a_alpha")
        _ = try await again.perform(.save(app, manifest(app, 3)), by: ada)
        let head = try #require(again.snapshot.head)
        try await eventually("the save is in the index") {
            String(decoding: try bytes("\(fixture.data)/index")["apps.json"] ?? Data(), as: UTF8.self)
                .contains(head.description)
        }
        run.cancel()
        try await run.value
    }

    @Test func aSecondProcessLeavesTheFilesOfTheFirstAlone() async throws {
        let first = try await fill()
        let second = try await fixture.open()
        #expect(describe(second.snapshot) == describe(first.snapshot))
        try await shutDown(second)
        #expect(!FileManager.default.fileExists(atPath: "\(fixture.data)/index/apps.json"))
        try await shutDown(first)
        #expect(FileManager.default.fileExists(atPath: "\(fixture.data)/index/apps.json"))
    }

    @Test func theNextProcessTakesTheFilesOver() async throws {
        let first = try await fill()
        async let waiting = fixture.open { $0.waitsForFiles = .seconds(60) }
        try await shutDown(first)
        let before = try bytes("\(fixture.data)/index")
        let second = try await waiting
        _ = try await second.perform(.save(id("team-a_alpha"), manifest(id("team-a_alpha"), 3)), by: ada)
        try await shutDown(second)
        #expect(try bytes("\(fixture.data)/index") != before)
        // What the first still does is not lost, only not in its cache.
        _ = try await first.perform(.save(id("team-a_alpha"), manifest(id("team-a_alpha"), 4)), by: ada)
        #expect(content(try await first.versionGraph(id("team-a_alpha"), 4)) == 4)
    }

    @Test func tinydbReadsThem() async throws {
        let store = try await fill()
        let folder = fixture.folder.appending("out")
        try await store.writeIndex(to: folder)
        let script = """
            import json, sys
            from tinydb import TinyDB, Query, where
            folder = sys.argv[1]
            apps = TinyDB(folder + "/apps.json", access_mode="r")
            versions = TinyDB(folder + "/versions.json", access_mode="r")
            q = Query()
            zeta = apps.search(q.app_id == "team-a_zeta")
            assert len(zeta) == 1 and zeta[0].doc_id == 2, zeta
            assert [a["name"] for a in apps.search((q.namespace == "team-a") & (q.active == True))] == ["zeta"]
            assert len(apps.search(q.active == False)) == 2
            assert len(apps.search(q.desc == "")) == 3
            assert len(apps.search(q.labels == None)) == 3
            assert len(apps.search(q.graph.kind == "RampartGraph")) == 3
            assert len(apps.search(q.graph.spec.graph.components.trainer.config.content == 2)) == 2
            assert len(apps.search(q.lastEditTimestamp.matches(r"20\\d\\d-\\d\\d-\\d\\dT.*\\+01:00"))) == 3
            assert len(apps.search(q.lastDeploymentTimestamp == None)) == 1
            assert len(apps.search(q.activeVersion > 0)) == 1
            assert len(apps.search(q.versionCount == 2)) == 3
            assert len(versions) == 6
            one = versions.search((q.namespace == "team-b") & (q.name == "two") & (q.version == 1))
            assert len(one) == 1 and one[0]["active"] is False and one[0]["status"] is None, one
            assert len(versions.search(q.hash == one[0]["hash"])) == 3
            assert len(versions.search(q.graph.uid == None)) == 6
            assert len(versions.search(q.graph.timestamp == one[0]["creationTimestamp"])) == 1
            assert len(versions.search(q.lastDeploymentTimestamp != None)) == 2
            dashboards = TinyDB(folder + "/dashboard.json", access_mode="r")
            assert len(dashboards) == 2
            assert [d["app_id"] for d in dashboards.search(q.app_id == "team-b_two")] == ["team-b_two"]
            assert [d["app_id"] for d in dashboards.search(q.generation == 2)] == ["team-a_zeta"]
            assert len(dashboards.search(q.dashboard_id == None)) == 2
            assert [d.doc_id for d in dashboards.search(q.dashboard_uid == "rampart-two")] == [2]
            assert len(dashboards.search(q.dashboard_version == None)) == 2
            assert len(dashboards.search(q.urls.test(lambda t: "cpuUsage" in json.loads(t)))) == 2
            assert len(dashboards.search(q.urls.matches(r'.*/grafana/d-solo/rampart-zeta'))) == 1
            assert dashboards.table("rampart").all()[0]["grafana"]["owner"] == "rampart-backend"
            assert len(TinyDB(folder + "/configs.json", access_mode="r")) == 0
            assert len(apps.table("rampart").all()[0]["head"]) == 40
            import hashlib, json
            for row in versions:
                graph = row["graph"]["object"]["spec"]["graph"]
                assert hashlib.md5(json.dumps(graph, sort_keys=True).encode()).hexdigest() == row["hash"]
            print("good")
            """
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let python = ProcessInfo.processInfo.environment["RAMPART_TEST_PYTHON"] ?? "\(root)/.venv/bin/python"
        #expect(try await Command.output(python, ["-c", script, folder]) == "good")
    }
}
