import Apps
import Foundation
import Git
import Graphs
import HashTreeCollections
import JSONValues
import Logging
import TestSupport
import Testing

@testable import Migration

/// The Python service's files into git, and out again.
@Suite struct ImportTests {
    private let folder = try! TemporaryFolder()
    private static let id = AppID("default_demo")!
    private let author = Signature(name: "Import", email: "import@example.com", seconds: 0)

    private func open() async throws -> AppStore {
        try await AppStore.open(
            AppStoreOptions(data: folder.appending("data")),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Imports the files in `old`, and returns what the report says.
    @discardableResult
    private func take(_ store: AppStore) async throws -> ImportReport {
        let plan = try TinyDBImport(reading: folder.appending("old"), onto: store.snapshot, author: author)
        for outcome in await store.replay(plan.acts) { _ = try outcome.get() }
        return plan.report
    }

    private func write(_ apps: JSON, _ versions: JSON, configs: JSON = [:], dashboards: JSON = [:]) throws {
        for (name, rows) in [("apps", apps), ("versions", versions), ("configs", configs), ("dashboard", dashboards)] {
            try folder.write(JSON.object(["_default": rows]).text(), to: "old/\(name).json")
        }
    }

    private static func graph(_ x: Int, _ name: String = "demo") -> JSON {
        [
            "apiVersion": "rampart.petuum.com/v1beta2", "kind": "RampartGraph",
            "metadata": ["name": .string(name), "namespace": "default"],
            "spec": [
                "graph": [
                    "components": ["web": ["chart": ["repo": "r", "name": "web"], "config": ["x": .int(Int64(x))]]],
                    "flows": [:],
                ]
            ], "status": ["phase": "Deployed"],
        ]
    }

    private static func app(
        _ name: String = "demo", active: Int = 0, labels: JSON = .null, description: String = ""
    ) -> JSON {
        [
            "uid": .null, "app_id": .string("default_\(name)"), "namespace": "default", "name": .string(name),
            "desc": .string(description), "active": "True", "labels": labels, "graph": graph(1, name),
            "lastEditTimestamp": "2026-11-23T21:12:44.201180+00:00", "lastDeploymentTimestamp": .null,
            "activeVersion": .int(Int64(active)), "versionCount": 1,
        ]
    }

    private static func version(
        _ number: Int, _ graph: JSON, active: Bool = false, at second: Int, deployed: Int? = nil, name: String = "demo",
        hash: String = ""
    ) -> JSON {
        func time(_ second: Int) -> JSON {
            .string("2026-11-23T21:\(second / 60 + 10):\(second % 60 < 10 ? "0" : "")\(second % 60).324487+00:00")
        }
        return [
            "namespace": "default", "name": .string(name), "version": .int(Int64(number)), "hash": .string(hash),
            "status": .null, "active": active ? "True" : "False", "creationTimestamp": time(second),
            "lastDeploymentTimestamp": deployed.map(time) ?? .null,
            "graph": ["object": graph, "timestamp": time(second), "uid": .null],
        ]
    }

    @Test func versionsKeepTheirNumbersAndTimes() async throws {
        try write(
            ["1": Self.app(active: 2, labels: ["team": "a"], description: "A demo")],
            [
                "1": Self.version(1, Self.graph(1), at: 1, deployed: 2),
                "2": Self.version(2, Self.graph(2), active: true, at: 3, deployed: 65),
                "3": Self.version(3, Self.graph(3), at: 4),
            ])
        let store = try await open()
        let report = try await take(store)
        #expect(report.lines.isEmpty && report.apps == 1 && report.versions == 3, "\(report.lines)")
        let app = try #require(store.snapshot.apps[Self.id])
        #expect(app.versions.map(\.number) == [1, 2, 3])
        #expect(app.versions.map(\.created.description).first == "2026-11-23T21:10:01+00:00")
        #expect(app.versions[1].lastMadeLive?.description == "2026-11-23T21:11:05+00:00")
        #expect(app.versions[0].lastMadeLive?.description == "2026-11-23T21:10:02+00:00")
        #expect(app.live?.version == 2 && app.live?.deploys == true && app.draft?.version == 3)
        #expect(app.description == "A demo")
        let log = try await Command.git(
            "log", "--reverse", "--format=%s|%an|%aI|%cI|%(trailers:key=Rampart-Import,valueonly,separator=)", "main",
            in: folder.appending("data/graphs.git")
        ).split(separator: "\n").map(String.init)
        #expect(
            log.suffix(5) == [
                "Create default_demo|Import|2026-11-23T21:10:01+00:00|2026-11-23T21:10:01+00:00|versions.json 1",
                "Deploy default_demo version 1|Import|2026-11-23T21:10:02+00:00|2026-11-23T21:10:02+00:00|versions.json 1",
                "Save default_demo version 2|Import|2026-11-23T21:10:03+00:00|2026-11-23T21:10:03+00:00|versions.json 2",
                "Save default_demo version 3|Import|2026-11-23T21:10:04+00:00|2026-11-23T21:10:04+00:00|versions.json 3",
                "Deploy default_demo version 2|Import|2026-11-23T21:11:05+00:00|2026-11-23T21:11:05+00:00|versions.json 2",
            ])
    }

    @Test func againCarriesOverWhatIsNew() async throws {
        let first = Self.version(1, Self.graph(1), active: true, at: 1, deployed: 2)
        try write(["1": Self.app(active: 1)], ["1": first], configs: ["1": Self.config(version: 1)])
        let store = try await open()
        try await take(store)
        let head = store.snapshot.head
        let again = try await take(store)
        #expect(store.snapshot.head == head)
        #expect(again.versions == 0 && again.lines.allSatisfy { $0.fate == .known } && again.lines.count == 2)

        try write(
            ["1": Self.app(active: 2)],
            [
                "1": Self.version(1, Self.graph(1), at: 1, deployed: 2),
                "2": Self.version(2, Self.graph(2), active: true, at: 5, deployed: 6),
            ])
        let more = try await take(store)
        #expect(more.versions == 1 && !more.isIncomplete)
        let id = Self.id
        #expect(store.snapshot.apps[id]?.live?.version == 2 && store.snapshot.apps[id]?.versions.count == 2)

        // What was done in git since is not touched.
        _ = try await store.perform(.delete(id), by: author)
        _ = try await store.perform(.create(id, Manifest(checking: Self.graph(9))), by: author)
        let gone = try await take(store)
        #expect(gone.isIncomplete && gone.lines.contains { $0.reason.contains("gone on in git; 2 versions") })
        #expect(store.snapshot.apps[id]?.versions.count == 1)
    }

    @Test func readOnlyAppsComeWithTheirPast() async throws {
        try write(
            ["1": Self.app(active: 1, labels: ["rampart-graph-readonly": "true"])],
            [
                "1": Self.version(1, Self.graph(1), active: true, at: 1, deployed: 2),
                "2": Self.version(2, Self.graph(2), at: 3),
            ])
        let store = try await open()
        #expect(try await take(store).lines.isEmpty)
        let app = try #require(store.snapshot.apps[Self.id])
        #expect(app.isReadOnly && app.live?.version == 1 && app.draft?.version == 2)
    }

    @Test func anAppThatWasTakenDownIsDown() async throws {
        try write(["1": Self.app()], ["1": Self.version(1, Self.graph(1), at: 1, deployed: 2)])
        let store = try await open()
        try await take(store)
        let app = try #require(store.snapshot.apps[Self.id])
        #expect(app.activeVersion == 0 && app.live?.deploys == false)
    }

    /// Each kind of row that cannot be carried over as it is, and what is said of it.
    @Test func noRowIsDroppedSilently() async throws {
        try write(
            [
                "1": Self.app(active: 7), "2": Self.app("No_Name"), "3": Self.app(), "4": "text",
                "5": Self.app("alone"),
            ],
            [
                "1": Self.version(1, Self.graph(1), at: 1), "2": Self.version(2, Self.graph(1), at: 2),
                "3": Self.version(3, ["spec": ["graph": ["components": ["a": ["chart": 1]]]]], at: 3),
                "4": Self.version(4, Self.graph(4), active: true, at: 4, hash: "0123"),
                "5": Self.version(1, Self.graph(1), at: 5, name: "gone"),
                "6": Self.version(5, .null, at: 6),
            ], configs: ["1": ["id": "x"], "2": Self.config(version: 3)],
            dashboards: ["1": ["app_id": "default_demo", "dashboard_uid": "abc"]])
        let store = try await open()
        let report = try await take(store)
        let lines = Dictionary(grouping: report.lines, by: \.row)
        #expect(lines["apps.json 2"]?.first?.fate == .leftOut)
        #expect(lines["apps.json 3"]?.first?.fate == .known)
        #expect(lines["apps.json 4"]?.first?.fate == .leftOut)
        #expect(lines["apps.json 5"]?.first?.fate == .changed)
        #expect(lines["versions.json 2"]?.first?.reason.contains("has the content of version 1") == true)
        #expect(lines["versions.json 3"]?.first?.reason.contains("does not check") == true)
        #expect(lines["versions.json 4"]?.map(\.fate) == [.changed, .changed])
        #expect(lines["versions.json 5"]?.first?.fate == .leftOut && lines["versions.json 6"]?.first?.fate == .leftOut)
        #expect(lines["configs.json 1"]?.first?.fate == .leftOut)
        #expect(lines["dashboard.json 1"]?.first?.reason.contains("abc") == true)
        let app = try #require(store.snapshot.apps[Self.id])
        #expect(app.versions.count == 2 && app.live?.version == 2)
        #expect(store.snapshot.config("cfg")?.version == 3)
    }

    private static func config(version: Int) -> JSON {
        [
            "id": "cfg", "title": "T", "config": ["a": 1], "type": "component", "nodeType": "n", "message": .null,
            "creationTimestamp": "2026-11-23T21:16:56.063602+00:00",
            "lastModifiedTimestamp": version > 1 ? "2026-11-24T01:00:00+00:00" : .null, "version": .int(Int64(version)),
        ]
    }

    @Test(arguments: ["{\"_default\": {\"1\"", "[]", "\u{FEFF}"]) func aDamagedFileStopsIt(_ text: String) async throws
    {
        try write([:], [:])
        try folder.write(text, to: "old/versions.json")
        let store = try await open()
        let head = store.snapshot.head
        await #expect(throws: MigrationError.self) { try await take(store) }
        #expect(store.snapshot.head == head)
    }

    @Test func emptyAndMissingFilesHaveNoRows() async throws {
        try folder.write("", to: "old/apps.json")
        #expect(try await take(open()).lines.isEmpty)
    }

    /// 200 apps of 20 versions in, and out again: Python's tinydb finds every field as it was, times to the second.
    @Test func aWholeStoreComesBackAsItWas() async throws {
        let old = folder.appending("old")
        let new = folder.appending("new")
        try FileManager.default.createDirectory(atPath: old, withIntermediateDirectories: true)
        try await Command.output(python, ["-c", Self.generate, old])
        let store = try await open()
        let report = try await take(store)
        #expect(report.apps == 200 && report.versions == 4_000 && report.configs == 20, "\(report.lines.prefix(3))")
        #expect(report.lines.isEmpty, "\(report.lines.prefix(3))")
        try await store.writeIndex(to: new, .python)
        #expect(try await Command.output(python, ["-c", Self.compare, old, new]) == "4220 rows")
        #expect(try await Command.git("fsck", "--strict", in: folder.appending("data/graphs.git")).isEmpty)
    }

    private static let generate = """
        import datetime, hashlib, json, random, sys
        from tinydb import TinyDB
        from tinydb.storages import MemoryStorage

        random.seed(7)
        start = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc)

        def time(seconds):
            return (start + datetime.timedelta(seconds=seconds, microseconds=random.randrange(1, 10**6))).isoformat()

        def graph(name, number):
            odd = random.choice([1, 1.0, 1e-7, 1e22, -0.0, 0.1, True, None, "yes", "é😀", "1e3", [1, {"b": 1, "a": 2}], 2**53])
            return {
                "apiVersion": "rampart.petuum.com/v1beta2", "kind": "RampartGraph",
                "metadata": {"name": name, "namespace": "team"},
                "spec": {"graph": {
                    "components": {"web": {"chart": {"repo": "r", "name": "c"}, "config": {"number": number, "odd": odd}}},
                    "flows": {"data": {"type": "volume", "config": {"size": "1Gi"}}}}},
            }

        apps, versions, clock = [], [], 0
        for index in range(200):
            name = f"app-{index:03}"
            mine = []
            for number in range(1, 21):
                clock += random.randrange(2, 50)
                made = graph(name, number)
                digest = hashlib.md5(json.dumps(made["spec"]["graph"], sort_keys=True).encode()).hexdigest()
                at = time(clock)
                mine.append({
                    "namespace": "team", "name": name, "version": number, "hash": digest, "status": None, "active": "False",
                    "graph": {"object": made, "timestamp": at, "uid": None}, "creationTimestamp": at,
                    "lastDeploymentTimestamp": None})
            deployed = random.sample(mine, random.randrange(0, 4))
            for row in deployed:
                clock += 3
                row["lastDeploymentTimestamp"] = time(clock)
            live = deployed[-1] if deployed else None
            runs = live is not None and random.random() < 0.8
            if runs:
                live["active"] = "True"
            shown = live or mine[-1]
            apps.append({
                "uid": None, "app_id": f"team_{name}", "namespace": "team", "name": name, "desc": "",
                "active": "True" if runs else "False", "labels": None, "graph": shown["graph"]["object"],
                "lastEditTimestamp": mine[-1]["creationTimestamp"],
                "lastDeploymentTimestamp": live["lastDeploymentTimestamp"] if live else None,
                "activeVersion": live["version"] if runs else 0, "versionCount": 20})
            versions += mine
        configs = []
        for index in range(20):
            clock += 10
            count = random.randrange(1, 5)
            configs.append({
                "id": f"{index:032x}", "title": f"T{index}", "config": {"a": index}, "type": "component", "nodeType": "n",
                "message": random.choice([None, "note"]), "creationTimestamp": time(clock),
                "lastModifiedTimestamp": time(clock + 5) if count > 1 else None, "version": count})
        for name, rows in (("apps", apps), ("versions", versions), ("configs", configs), ("dashboard", [])):
            with TinyDB(storage=MemoryStorage) as db:
                db.insert_multiple(rows)
                json.dump(db.storage.read() or {}, open(f"{sys.argv[1]}/{name}.json", "w"))
        """

    private static let compare = """
        import datetime, sys
        from tinydb import TinyDB
        old, new = sys.argv[1:]

        def plain(value):
            if isinstance(value, dict):
                return {key: plain(item) for key, item in value.items()}
            if isinstance(value, list):
                return [plain(item) for item in value]
            if isinstance(value, str) and value[:2] == "20":
                return datetime.datetime.fromisoformat(value).replace(microsecond=0)
            return (type(value).__name__, value)

        rows = 0
        for name, key in (("apps", ("app_id",)), ("versions", ("namespace", "name", "version")), ("configs", ("id",))):
            def table(folder):
                return {tuple(row[part] for part in key): plain(row) for row in TinyDB(f"{folder}/{name}.json", access_mode="r")}
            was, now = table(old), table(new)
            assert was.keys() == now.keys(), name
            for each in was:
                assert was[each] == now[each], (name, each, was[each], now[each])
            rows += len(was)
        assert len(TinyDB(f"{new}/dashboard.json", access_mode="r")) == 0
        print(rows, "rows")
        """
}
