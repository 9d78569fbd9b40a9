import Apps
import Git
import HashTreeCollections
import JSONValues
import Kubernetes
import Sandbox
import Sync
import TestSupport
import Testing

/// HEAD becomes the cluster, whatever happens to the cluster.
@Suite struct LoopTests {
    @Test func headIsApplied() async throws {
        try await Loop.run { loop in
            try await loop.deploy("default_demo")
            try await loop.reaches("default_demo", 1)
            let object = try #require(try await loop.resource("default_demo"))
            let live = try #require(loop.store.snapshot.apps[try Loop.id("default_demo")]?.live)
            #expect(object.labels["app.kubernetes.io/managed-by"] == "rampart-backend")
            #expect(object.annotations["rampart.petuum.com/version"] == "1")
            #expect(object.annotations["rampart.petuum.com/commit"] == live.commit.description)
            #expect(loop.engine.report.apps[try Loop.id("default_demo")]?.appliedCommit == live.commit)

            try await loop.deploy("default_demo", 2)
            try await loop.reaches("default_demo", 2)
            _ = try await loop.store.perform(.undeploy(Loop.id("default_demo")), by: Loop.ada)
            try await eventually("undeployed") { try await loop.resource("default_demo")?.spec?["deploy"] == false }
        }
    }

    @Test func draftsAreNotApplied() async throws {
        try await Loop.run { loop in
            let draft = try Loop.id("default_draft")
            _ = try await loop.store.perform(.create(draft, Loop.manifest(draft, 1)), by: Loop.ada)
            try await loop.deploy("default_demo")
            try await loop.reaches("default_demo", 1)
            #expect(try await loop.resource("default_draft") == nil)
        }
    }

    @Test(arguments: [
        #"{"spec": {"graph": {"components": {"trainer": {"config": {"content": 99}}}}}}"#,
        #"{"spec": {"graph": {"components": {"intruder": {"chart": {"repo": "x", "name": "y"}}}}}}"#,
        #"{"spec": {"graph": {"components": {"trainer": {"config": {"more": {"deep": 1}}}}}}}"#,
        #"{"spec": {"deploy": false}}"#,
        #"{"metadata": {"labels": {"app.kubernetes.io/managed-by": null}}}"#,
        #"{"metadata": {"annotations": {"rampart.petuum.com/version": "7"}}}"#,
    ])
    func driftIsHealed(_ edit: String) async throws {
        try await Loop.run { loop in
            try await loop.deploy("default_demo")
            try await loop.reaches("default_demo", 1)
            let before = try #require(try await loop.resource("default_demo"))
            try await loop.patch("default_demo", JSON(parsing: edit))
            try await eventually("healed") {
                let object = try await loop.resource("default_demo")
                return object?.spec?["graph"] == before.spec?["graph"]
                    && object?.spec?["deploy"]?.bool != false && object?.labels == before.labels
                    && object?.annotations == before.annotations
                    && object?.resourceVersion != before.resourceVersion
            }
        }
    }

    @Test func othersLabelsAreLeftAlone() async throws {
        try await Loop.run { loop in
            try await loop.deploy("default_demo")
            try await loop.reaches("default_demo", 1)
            try await loop.patch("default_demo", ["metadata": ["labels": ["team": "vision"]]])
            try await loop.deploy("default_demo", 2)
            try await loop.reaches("default_demo", 2)
            #expect(try await loop.resource("default_demo")?.labels["team"] == "vision")
        }
    }

    @Test func whatIsDeletedComesBack() async throws {
        try await Loop.run { loop in
            try await loop.deploy("default_demo")
            try await loop.reaches("default_demo", 1)
            let uid = try await loop.resource("default_demo")?.uid
            _ = try await loop.client.delete(Loop.graphs, namespace: "default", name: "demo")
            try await eventually("there again") {
                let now = try await loop.resource("default_demo")?.uid
                return now != nil && now != uid
            }
        }
    }

    /// Equal objects need no write: neither a look at everything nor a restart makes one.
    @Test func nothingToDoWritesNothing() async throws {
        try await Loop.run { loop in
            for number in 1...5 { try await loop.deploy("default_app-\(number)") }
            for number in 1...5 { try await loop.reaches("default_app-\(number)", 1) }
            // The watch brings what was applied a moment later; a look before that would apply it again.
            try await eventually("all seen") { loop.engine.observed.count == 5 }
            loop.sandbox.clearRequests()
            await loop.engine.look()
            let again = loop.anotherEngine()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await again.run() }
                try await eventually("all looked at") {
                    again.report.apps.count == 5 && again.report.apps.values.allSatisfy { $0.state == .synced }
                }
                group.cancelAll()
            }
            #expect(loop.writes.isEmpty)
            // A commit to one app writes that one only.
            try await loop.deploy("default_app-3", 2)
            try await loop.reaches("default_app-3", 2)
            #expect(
                Set(loop.writes.map(\.path)) == [
                    "/apis/rampart.petuum.com/v1beta2/namespaces/default/rampartgraphs/app-3"
                ])
        }
    }

    @Test func whatSomebodyMadeWithoutGitIsAdopted() async throws {
        let id = try Loop.id("default_found")
        let create: @Sendable (AppStore, KubernetesClient) async throws -> Void = { _, client in
            _ = try await client.create(Loop.graphs, namespace: "default", body: Loop.json(id, 7))
        }
        try await Loop.run(before: create) { loop in
            try await loop.reaches("default_found", 7)
            let app = try #require(loop.store.snapshot.apps[id])
            #expect(app.versions.count == 1 && app.live?.version == 1)
            #expect(
                try await loop.resource("default_found")?.labels["app.kubernetes.io/managed-by"] == "rampart-backend")
            #expect(loop.engine.report.counters.adopted == 1)
        }
    }
}
