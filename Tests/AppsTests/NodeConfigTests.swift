import Apps
import Foundation
import Git
import Graphs
import JSONValues
import TestSupport
import Testing

@Suite struct NodeConfigTests {
    let fixture: Fixture

    init() throws { fixture = try Fixture() }

    private static let trainer = NodeConfigContent(
        title: "Trainer", type: "component", nodeType: "generic-service", message: "first",
        config: ["image": "trainer:1", "replicas": 1])

    private static func text(_ title: String) -> String {
        "title: \(title)\ntype: flow\nnodeType: volume\nconfig: {size: 1Gi}\n"
    }

    @Test func eachActIsOneCommitByItsAuthor() async throws {
        let store = try await fixture.open()
        let created = try await store.perform(.createConfig("trainer", Self.trainer), by: ada).config
        #expect(created?.version == 1)
        #expect(created?.lastModified == nil)
        var changed = Self.trainer
        changed.message = nil
        let result = try await store.perform(.changeConfig("trainer", changed), by: ada).config
        #expect(result?.version == 2)
        #expect(result?.created == created?.created)
        #expect(result?.lastModified.map { $0 > result!.created } == true)
        #expect(try await store.perform(.changeConfig("trainer", changed), by: ada).commit == nil, "nothing to change")
        #expect(
            try await fixture.git("show", "main:configs/trainer.yaml")
                == "title: Trainer\ntype: component\nnodeType: generic-service\nconfig:\n  image: trainer:1\n  replicas: 1"
        )
        _ = try await store.perform(.deleteConfig("trainer"), by: ada)
        #expect(store.snapshot.config("trainer") == nil)
        let log = try await fixture.git("log", "-3", "--reverse", "--format=%an|%s|%(trailers:separator=%x2C)")
        #expect(
            log.split(separator: "\n").map(String.init) == [
                "Ada Lovelace|Create config trainer|Rampart-Config: trainer",
                "Ada Lovelace|Change config trainer|Rampart-Config: trainer",
                "Ada Lovelace|Delete config trainer|Rampart-Config: trainer",
            ])
    }

    @Test func whatIsNotThereIsNotChanged() async throws {
        let store = try await fixture.open()
        await #expect(throws: ActError.self) { try await store.perform(.deleteConfig("nope"), by: ada) }
        await #expect(throws: ActError.self) {
            try await store.perform(.changeConfig("../apps/x", Self.trainer), by: ada)
        }
        _ = try await store.perform(.createConfig("a", Self.trainer), by: ada)
        await #expect(throws: ActError.self) { try await store.perform(.createConfig("a", Self.trainer), by: ada) }
        let seen = try #require(store.snapshot.config("a")).commit
        var changed = Self.trainer
        changed.title = "Other"
        _ = try await store.perform(.changeConfig("a", changed), by: ada, expecting: seen)
        await #expect(throws: ActError.self) {
            try await store.perform(.deleteConfig("a"), by: ada, expecting: seen)
        }
    }

    @Test func engineersEditThemByPush() async throws {
        let store = try await fixture.open()
        let work = try await fixture.clone()
        try await work.write(Self.text("Data"), to: "configs/data.yml")
        try await work.write(#"{"title": "J", "type": "t", "nodeType": "n", "config": {}}"#, to: "configs/j.json")
        try await work.write("notes", to: "configs/README.md")
        try await work.commit("Two", date: "2026-01-01T10:00:00+02:00")
        try await work.push()
        try await store.look()
        #expect(store.snapshot.sortedConfigs().map(\.id) == ["data", "j"])
        #expect(store.snapshot.config("data")?.created.description == "2026-01-01T10:00:00+02:00")
        #expect(store.snapshot.problems.isEmpty)

        try await work.write("title: [\n", to: "configs/data.yml")
        try await work.commit("Break it")
        try await work.push()
        try await store.look()
        #expect(store.snapshot.config("data")?.content?.title == "Data", "the last good one")
        #expect(store.snapshot.problems.first?.file == "configs/data.yml")
        #expect(store.snapshot.problems.first?.line != nil)

        try await work.git("mv", "configs/data.yml", "configs/data.yaml")
        try await work.write(Self.text("Data 2"), to: "configs/data.yaml")
        try await work.commit("Mend it under another ending", date: "2026-01-03T10:00:00+02:00")
        try await work.push()
        try await store.look()
        #expect(store.snapshot.problems.isEmpty)
        #expect(store.snapshot.config("data")?.version == 3)
        #expect(store.snapshot.config("data")?.lastModified?.description == "2026-01-03T10:00:00+02:00")
    }

    @Test(arguments: [
        ("configs/x.json", "same id"), ("configs/a b.yaml", "is no id"), ("configs/.yaml.yaml", "is no id"),
    ])
    func whatCannotBeIsAProblem(_ path: String, _ message: String) async throws {
        let store = try await fixture.open()
        let work = try await fixture.clone()
        try await work.write(Self.text("X"), to: "configs/x.yaml")
        try await work.commit("One")
        try await work.write(Self.text("Y"), to: path)
        try await work.commit("Another")
        try await work.push()
        try await store.look()
        #expect(store.snapshot.problems.map(\.file) == [path])
        #expect(store.snapshot.problems.first?.message.contains(message) == true)
        #expect(store.snapshot.sortedConfigs().map { $0.content?.title } == ["X"])
    }

    @Test func aLinkIsNotFollowed() async throws {
        let store = try await fixture.open()
        let work = try await fixture.clone()
        try await work.write(Self.text("X"), to: "configs/x.yaml")
        try await Command.output("ln", ["-s", "/etc/passwd", "\(work.path)/configs/link.yaml"])
        try await work.commit("A link")
        try await work.push()
        try await store.look()
        #expect(store.snapshot.config("link") == nil)
        #expect(store.snapshot.problems.first?.message.contains("symbolic link") == true)
    }

    @Test func aRestartAndARebuildSayTheSame() async throws {
        var bytes: [Data] = []
        var configs: [[NodeConfig]] = []
        for usesCache in [true, true, false] {
            let store = try await fixture.open { $0.usesCache = usesCache }
            if bytes.isEmpty {
                _ = try await store.perform(.createConfig("b", Self.trainer), by: ada)
                _ = try await store.perform(.createConfig("a", Self.trainer), by: ada)
                var changed = Self.trainer
                changed.config["float"] = 1.0
                _ = try await store.perform(.changeConfig("b", changed), by: ada)
            }
            let out = fixture.folder.appending("out\(bytes.count)")
            try await store.writeIndex(to: out)
            bytes.append(try Data(contentsOf: URL(fileURLWithPath: "\(out)/configs.json")))
            configs.append(store.snapshot.sortedConfigs())
        }
        #expect(Set(bytes).count == 1)
        #expect(configs[0] == configs[1] && configs[1] == configs[2])
        #expect(configs[0].map(\.id) == ["b", "a"])
        let table = try JSON(parsing: bytes[0])
        #expect(table.at("_default", "1", "version") == 2)
        #expect(table.at("_default", "1", "config", "float")?.text() == "1.0")
        #expect(table.at("_default", "2", "lastModifiedTimestamp") == .null)
    }
}
