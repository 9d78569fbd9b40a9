import Apps
import Git
import Graphs
import HashTreeCollections
import JSONValues
import TestSupport
import Testing

@Suite struct ActTests {
    let fixture: Fixture
    let store: AppStore
    let demo: AppID

    init() async throws {
        fixture = try Fixture()
        store = try await fixture.open()
        demo = try id("default_demo")
    }

    private func act(_ act: Act) async throws -> ActResult { try await store.perform(act, by: ada) }

    @Test func startsARepositoryThatCanBeCloned() async throws {
        #expect(try await fixture.git("symbolic-ref", "HEAD") == "refs/heads/main")
        #expect(try await fixture.git("ls-tree", "-r", "--name-only", "main") == "rampart.yaml")
        #expect(try await fixture.git("config", "core.bare") == "true")
        let work = try await fixture.clone()
        #expect(try await work.git("log", "--format=%s") == "Start a graph repository")
    }

    @Test func eachActIsOneCommitByItsAuthor() async throws {
        _ = try await act(.create(demo, manifest(demo, 1)))
        _ = try await act(.save(demo, manifest(demo, 2)))
        _ = try await act(.save(demo, manifest(demo, 3)))
        _ = try await act(.deploy(demo, version: 3))
        _ = try await act(.deploy(demo, version: 1))
        _ = try await act(.undeploy(demo))
        _ = try await act(.delete(demo))
        let log = try await fixture.git("log", "--reverse", "--format=%an <%ae> %cn|%s|%(trailers:separator=%x2C)")
        #expect(
            log.split(separator: "\n").dropFirst().map(String.init)
                == [
                    "Create default_demo|Rampart-App: default_demo,Rampart-Version: 1",
                    "Save default_demo version 2|Rampart-App: default_demo,Rampart-Version: 2",
                    "Save default_demo version 3|Rampart-App: default_demo,Rampart-Version: 3",
                    "Deploy default_demo version 3|Rampart-App: default_demo,Rampart-Version: 3",
                    "Deploy default_demo version 1|Rampart-App: default_demo,Rampart-Version: 1",
                    "Undeploy default_demo|Rampart-App: default_demo,Rampart-Version: 1",
                    "Delete default_demo|Rampart-App: default_demo",
                ].map { "Ada Lovelace <ada@example.com> Rampart|\($0)" })
        #expect(try await fixture.git("ls-tree", "-r", "--name-only", "main") == "rampart.yaml")
        #expect(try await fixture.git("fsck", "--strict", "--no-dangling") == "")
    }

    @Test func draftsComeAndGo() async throws {
        var result = try await act(.create(demo, manifest(demo, 1)))
        var app = try #require(result.app)
        #expect(app.live == nil && app.draft?.version == 1 && app.activeVersion == 0 && app.versions.count == 1)
        #expect(app.lastEdit == app.versions[0].created && app.lastDeployment == nil)

        result = try await act(.deploy(demo, version: 1))
        app = try #require(result.app)
        #expect(app.draft == nil && app.live?.version == 1 && app.activeVersion == 1)
        #expect(app.live?.commit == result.commit && app.versions[0].lastMadeLive == app.live?.since)
        let blob = try #require(app.live?.blob)
        #expect(blob == app.versions[0].blob)

        result = try await act(.save(demo, manifest(demo, 2)))
        #expect(result.version == 2 && result.app?.draft?.version == 2 && result.app?.live?.version == 1)

        // Content that was seen before is the version that it was, and the draft goes where it says what is live.
        result = try await act(.save(demo, manifest(demo, 1)))
        #expect(result.version == 1 && result.app?.draft == nil && result.app?.versions.count == 2)
        #expect(result.commit != nil)
        result = try await act(.save(demo, manifest(demo, 1)))
        #expect(result.version == 1 && result.commit == nil)

        result = try await act(.undeploy(demo))
        #expect(result.app?.activeVersion == 0 && result.app?.live?.version == 1 && result.app?.live?.deploys == false)
        #expect(result.app?.versions.count == 2)
        result = try await act(.undeploy(demo))
        #expect(result.commit == nil)

        result = try await act(.deploy(demo, version: 1))
        #expect(result.app?.live?.blob == blob, "version 1's own blob")
        result = try await act(.deploy(demo, version: 1))
        #expect(result.commit == nil)

        // Deploying an older version leaves a draft that says something else.
        _ = try await act(.save(demo, manifest(demo, 3)))
        result = try await act(.deploy(demo, version: 2))
        #expect(result.app?.draft?.version == 3 && result.app?.live?.version == 2)
        #expect(content(result.app?.live?.graph) == 2)
    }

    @Test func commentsSurviveDeployAndUndeploy() async throws {
        let work = try await fixture.clone()
        try await work.write(graphText(demo, 1, comment: "by hand"), to: "apps/default/demo/graph.yaml")
        try await work.commit("by hand")
        try await work.push()
        try await store.look()
        _ = try await act(.undeploy(demo))
        let undeployed = try await fixture.git("show", "main:apps/default/demo/graph.yaml")
        #expect(undeployed.contains("# by hand") && undeployed.contains("deploy: false"))
        _ = try await act(.save(demo, manifest(demo, 2)))
        _ = try await act(.deploy(demo, version: 2))
        _ = try await act(.deploy(demo, version: 1))
        #expect(
            try await fixture.git("show", "main:apps/default/demo/graph.yaml") + "\n"
                == graphText(demo, 1, comment: "by hand"))
    }

    @Test func liveFilesOfOtherNamesAreReplaced() async throws {
        let work = try await fixture.clone()
        let json = try manifest(demo, 1).json.text(.pretty)
        try await work.write(json, to: "apps/default/demo/graph.json")
        try await work.write(graphText(demo, 2), to: "apps/default/demo/draft.yml")
        try await work.commit("by hand")
        try await work.push()
        try await store.look()
        _ = try await act(.save(demo, manifest(demo, 3)))
        var files = try await fixture.git("ls-tree", "-r", "--name-only", "main", "apps")
        #expect(files == "apps/default/demo/draft.yaml\napps/default/demo/graph.json")
        _ = try await act(.deploy(demo, version: 3))
        files = try await fixture.git("ls-tree", "-r", "--name-only", "main", "apps")
        #expect(files == "apps/default/demo/graph.yaml")
        let result = try await act(.deploy(demo, version: 1))
        files = try await fixture.git("ls-tree", "-r", "--name-only", "main", "apps")
        #expect(files == "apps/default/demo/graph.json", "a version's own file keeps its form")
        #expect(result.app?.problems == [])
    }

    @Test func onlyTheGraphOfASaveCounts() async throws {
        var json = try manifest(demo, 1).json
        json["metadata"]?["labels"] = ["team": "vision"]
        _ = try await act(.create(demo, Manifest(checking: json)))
        var other = try manifest(demo, 2).json
        other["metadata"] = ["name": "other", "namespace": "elsewhere", "labels": ["team": "audio"]]
        let result = try await act(.save(demo, Manifest(checking: other)))
        let saved = try #require(result.app?.draft?.graph.value)
        #expect(
            saved["metadata"] == ["name": "demo", "namespace": "default", "labels": ["team": "vision"]])
        #expect(content(result.app?.draft?.graph) == 2)
    }

    @Test func recreatedAppsStartAtOne() async throws {
        for content in 1...3 {
            _ = try await act(content == 1 ? .create(demo, manifest(demo, 1)) : .save(demo, manifest(demo, content)))
        }
        #expect(try await act(.delete(demo)).app == nil)
        #expect(store.snapshot.apps[demo] == nil)
        let result = try await act(.create(demo, manifest(demo, 3)))
        #expect(result.version == 1 && result.app?.versions.map(\.number) == [1])
    }

    @Test func adoptsALiveApp() async throws {
        var json = try manifest(demo, 1).json
        json["metadata"]?["labels"] = ["app.kubernetes.io/managed-by": "someone", "team": "a"]
        json["metadata"]?["annotations"] = ["kubectl.kubernetes.io/last-applied-configuration": "{}"]
        let result = try await act(.adopt(demo, Manifest(checking: json)))
        #expect(result.app?.activeVersion == 1)
        #expect(
            result.app?.live?.graph.value["metadata"]
                == ["name": "demo", "namespace": "default", "labels": ["team": "a"]])
        #expect(try await fixture.git("log", "-1", "--format=%s") == "Adopt default_demo")
    }

    /// Somebody has made a resource beside git under the name of a draft: both land.
    @Test(arguments: [1, 2]) func adoptsOverADraft(_ content: Int) async throws {
        _ = try await act(.create(demo, manifest(demo, 1)))
        let result = try await act(.adopt(demo, manifest(demo, content)))
        #expect(result.version == content && result.app?.activeVersion == content)
        #expect(result.app?.versions.count == content)
        #expect((result.app?.draft == nil) == (content == 1), "a draft that says the same goes")
        await #expect { try await act(.adopt(demo, manifest(demo, 3))) } throws: { "\($0)".contains("exists already") }
    }

    @Test func refusesWhatCannotBe() async throws {
        let other = try id("default_other")
        _ = try await act(.create(demo, manifest(demo, 1)))
        let head = store.snapshot.head
        await #expect { try await act(.create(demo, manifest(demo, 2))) } throws: { "\($0)".contains("exists already") }
        for unknown in [
            Act.save(other, try manifest(other, 1)), .deploy(other, version: 1), .undeploy(other), .delete(other),
        ] {
            await #expect { try await act(unknown) } throws: { "\($0)" == "there is no app default_other" }
        }
        for number in [0, 2, -1] {
            await #expect { try await act(.deploy(demo, version: number)) } throws: {
                "\($0)" == "the app default_demo has no version \(number)"
            }
        }
        await #expect { try await act(.undeploy(demo)) } throws: { "\($0)".contains("never deployed") }
        await #expect { try await act(.create(other, manifest(demo, 1))) } throws: {
            "\($0)".contains("metadata.name: is 'demo', expected 'other'")
        }
        #expect(store.snapshot.head == head)
    }

    @Test func readOnlyAppsStay() async throws {
        var json = try manifest(demo, 1).json
        json["metadata"]?["labels"] = ["rampart-graph-readonly": "true"]
        _ = try await act(.adopt(demo, Manifest(checking: json)))
        #expect(store.snapshot.apps[demo]?.isReadOnly == true)
        for refused in [
            Act.save(demo, try manifest(demo, 2)), .deploy(demo, version: 1), .undeploy(demo), .delete(demo),
        ] {
            await #expect { try await act(refused) } throws: { "\($0)".contains("read-only") }
        }
        #expect(try await store.perform(.save(demo, manifest(demo, 2)), by: ada, asAdmin: true).version == 2)
    }

    @Test func expectsTheCommitThatTheCallerSaw() async throws {
        let first = try #require(try await act(.create(demo, manifest(demo, 1))).commit)
        let other = try id("default_other")
        _ = try await act(.create(other, manifest(other, 1)))
        let second = try await store.perform(.save(demo, manifest(demo, 2)), by: ada, expecting: first)
        #expect(second.app?.lastCommit == second.commit)
        do {
            _ = try await store.perform(.save(demo, manifest(demo, 3)), by: ada, expecting: first)
            Issue.record("was saved")
        } catch ActError.changed(let current) {
            #expect(current == second.commit)
        }
    }

    @Test func namesThatGitDoesNotAllowAreCleaned() async throws {
        let person = Signature(name: " <Eve>\n ", email: "", seconds: 5, offsetMinutes: 0)
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: person)
        #expect(try await fixture.git("log", "-1", "--format=%an <%ae> %at") == "Eve <unknown> 5")
    }

    @Test func readsEveryVersion() async throws {
        _ = try await act(.create(demo, manifest(demo, 1)))
        for content in 2...5 { _ = try await act(.save(demo, manifest(demo, content))) }
        for number in 1...5 { #expect(content(try await store.versionGraph(demo, number)) == number) }
        await #expect(throws: ActError.self) { try await store.versionGraph(demo, 6) }
        let log = try await store.log(demo)
        #expect(log.map(\.newVersions) == [[5], [4], [3], [2], [1]])
        #expect(log.first?.message == "Save default_demo version 5" && log.first?.author.name == "Ada Lovelace")
        #expect(try await store.log(id("default_none")).isEmpty)
    }
}
