import Apps
import Git
import HashTreeCollections
import JSONValues
import Kubernetes
import Sync
import TestSupport
import Testing

/// What HEAD does not know any more goes, but not too much at once.
@Suite struct PruneTests {
    @Test func aDeletedAppGoes() async throws {
        try await Loop.run { loop in
            for name in ["default_a", "default_b", "default_c"] { try await loop.deploy(name) }
            for name in ["default_a", "default_b", "default_c"] { try await loop.reaches(name, 1) }
            try await loop.delete("default_b")
            try await loop.isGone("default_b")
            #expect(try await loop.resource("default_a") != nil)
            try await eventually("forgotten") { try loop.state("default_b") == nil }
            // Created again later, it starts at version 1.
            try await loop.deploy("default_b")
            try await loop.reaches("default_b", 1)
        }
    }

    @Test func aLargePruneIsHeldUntilSomebodyConfirms() async throws {
        try await Loop.run { loop in
            let names = (1...5).map { "default_app-\($0)" }
            for name in names { try await loop.deploy(name) }
            for name in names { try await loop.reaches(name, 1) }
            try await loop.emptyBranch(keeping: "default_app-5")
            try await eventually("held") { loop.engine.report.heldPrune.count == 4 }
            #expect(loop.engine.report.heldPrune == (try names.dropLast().map(Loop.id)))
            // Everything else goes on.
            try await loop.deploy("default_app-5", 2)
            try await loop.reaches("default_app-5", 2)
            for name in names { #expect(try await loop.resource(name) != nil) }
            #expect(try loop.state(names[0]) == .pending)

            #expect(await loop.engine.confirmPrune().count == 4)
            for name in names.dropLast() { try await loop.isGone(name) }
            try await eventually("nothing is held") { loop.engine.report.heldPrune.isEmpty }
        }
    }

    @Test func aHeldPruneEndsWithTheCommitThatBringsTheAppsBack() async throws {
        try await Loop.run { loop in
            let names = (1...3).map { "default_app-\($0)" }
            for name in names { try await loop.deploy(name) }
            for name in names { try await loop.reaches(name, 1) }
            try await loop.emptyBranch(keeping: nil)
            try await eventually("held") { loop.engine.report.heldPrune.count == 3 }
            let path = loop.folder.appending("graphs.git")
            try await Command.git("update-ref", "refs/heads/main", "refs/heads/main~1", in: path)
            try await loop.store.look()
            try await eventually("nothing is held") { loop.engine.report.heldPrune.isEmpty }
            for name in names { try await loop.reaches(name, 1) }
        }
    }

    @Test func whatIsNotOursIsNeverPruned() async throws {
        try await Loop.run { loop in
            try await loop.deploy("default_demo")
            try await loop.reaches("default_demo", 1)
            // A graph that cannot be taken into git stays as it is.
            var broken = Loop.json(try Loop.id("default_broken"), 1)
            broken["spec"] = ["graph": ["components": [:], "flows": ["a": ["type": "pipe"]]]]
            _ = try await loop.client.create(Loop.graphs, namespace: "default", body: broken)
            try await eventually("said") { try loop.state("default_broken") == .invalid }
            try await loop.delete("default_demo")
            try await loop.isGone("default_demo")
            #expect(try await loop.resource("default_broken") != nil)
        }
    }
}

extension Loop {
    /// Commits, as an engineer on the wrong branch would push it, a tree with one app or none.
    func emptyBranch(keeping name: String?) async throws {
        let path = folder.appending("graphs.git")
        let work = folder.appending("work")
        try await Command.git("clone", "-q", path, work, in: folder.path)
        for id in store.snapshot.apps.keys where id.description != name {
            try await Command.git("rm", "-rq", "apps/\(id.namespace)/\(id.name)", in: work)
        }
        try await Command.git("commit", "-qm", "The wrong branch", in: work)
        try await Command.git("push", "-q", "origin", "HEAD:main", in: work)
        try await store.look()
    }
}
