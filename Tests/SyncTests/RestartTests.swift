import Apps
import Grafana
import HashTreeCollections
import JSONValues
import Kubernetes
import Sandbox
import Sync
import TestSupport
import Testing

/// The loop while an API server or a Grafana is killed and started again: connections are cut, the port is closed for a
/// while, and what comes back has kept everything, or what a backup had, or nothing.
@Suite struct RestartTests {
    /// Changes a resource as somebody does beside git.
    private func change(_ name: String, _ loop: Loop) async throws {
        try await loop.patch(
            name, ["spec": ["graph": ["components": ["trainer": ["config": ["content": 666]]]]]])
    }

    /// In flight: a watch and writes. Kept: all of it, and what was committed meanwhile is applied without being asked for.
    @Test func anAPIServerThatRestartsIsCaughtUpWith() async throws {
        try await Loop.run { loop in
            for number in 1...4 { try await loop.deploy("default_app-\(number)") }
            for number in 1...4 { try await loop.reaches("default_app-\(number)", 1) }
            // What the watch has not brought yet may be applied twice.
            try await eventually("all seen") { loop.engine.observed.count == 4 && loop.isIdle }
            loop.sandbox.clearRequests()
            for round in 2...4 {
                // Some are on their way when it goes, some come while it is gone.
                try await loop.deploy("default_app-1", round)
                await loop.sandbox.stop()
                try await loop.deploy("default_app-2", round)
                try await eventually("it is said") { loop.engine.report.unreachable != nil }
                try await eventually("the app waits") { try loop.state("default_app-2") == .pending }
                try await loop.sandbox.start()
                for number in 1...2 { try await loop.reaches("default_app-\(number)", round) }
                try await eventually("all is well") { loop.engine.report.unreachable == nil }
                // The watch runs again: what is changed from outside is seen and put back.
                try await change("default_app-3", loop)
                try await loop.reaches("default_app-3", 1)
            }
            try await loop.reaches("default_app-4", 1)
            let writes = loop.writes.filter { $0.path.hasSuffix("/app-4") && $0.userAgent == "rampart" }
            #expect(writes.isEmpty, "what did not change is not written again")
        }
    }

    /// Etcd is put back from a backup: resources are older than they were or not there, and versions are counted a second
    /// time, so that a watch from the last one known would never say anything.
    @Test func aClusterThatIsPutBackFromABackupIsBroughtUpToTheBranch() async throws {
        try await Loop.run { loop in
            for name in ["default_changed", "default_deleted"] {
                try await loop.deploy(name)
                try await loop.reaches(name, 1)
            }
            let backup = await loop.sandbox.backup()
            try await loop.deploy("default_changed", 2)
            try await loop.reaches("default_changed", 2)
            try await loop.deploy("default_new")
            try await loop.reaches("default_new", 1)
            try await loop.delete("default_deleted")
            try await loop.isGone("default_deleted")
            await loop.sandbox.stop()
            try await loop.sandbox.start(from: backup)
            try await eventually("what was changed is changed again") { try await loop.content("default_changed") == 2 }
            try await eventually("what was made is made again") { try await loop.content("default_new") == 1 }
            try await loop.isGone("default_deleted")
            for (name, content) in [("default_changed", 2), ("default_new", 1)] {
                try await loop.reaches(name, content)
                try await change(name, loop)
                try await loop.reaches(name, content)
            }
        }
    }

    /// A new cluster at the address of the old one has nothing of it, not even the definition, until somebody installs it.
    @Test func anEmptyClusterIsFilledOnceItHasTheDefinition() async throws {
        try await Loop.run { loop in
            let definition = "rampartgraphs.rampart.petuum.com"
            let kept = try await loop.observer.get(.customResourceDefinitions, name: definition)
            try await loop.deploy("default_demo", 1)
            try await loop.reaches("default_demo", 1)
            let empty = SandboxBackup.empty
            await loop.sandbox.stop()
            try await loop.sandbox.start(from: empty)
            try await eventually("what is missing is said") {
                loop.engine.report.unreachable?.contains(definition) == true
            }
            var again = kept.withoutManagedFields().json
            for field in ["uid", "resourceVersion", "creationTimestamp", "generation"] {
                again["metadata"]?[field] = nil
            }
            _ = try await loop.observer.create(.customResourceDefinitions, body: again)
            try await loop.reaches("default_demo", 1)
        }
    }

    /// In flight: dashboards, while Grafana is gone. Kubernetes does not wait for it, and it is caught up with.
    @Test(arguments: [false, true]) func aGrafanaThatRestartsIsCaughtUpWith(_ isEmpty: Bool) async throws {
        try await DashboardLoop.run { all in
            for name in ["default_demo", "default_gone"] {
                try await all.loop.deploy(name)
                try await all.reaches(name, .synced)
            }
            let earlier = all.writes.count
            await all.grafana.stop()
            try await all.loop.deploy("default_late")
            try await all.loop.reaches("default_late", 1)
            try await all.loop.delete("default_gone")
            try await all.loop.isGone("default_gone")
            try await eventually("it is said") { all.dashboards.report.failure?.kind == .unreachable }
            try await all.grafana.start(isEmpty: isEmpty)
            let expected = Set(["default_demo", "default_late"].map { DashboardLoop.uid($0) })
            try await eventually("all are there, and no other") { all.uids == expected }
            for name in ["default_demo", "default_late"] { try await all.reaches(name, .synced) }
            try await eventually("all is well") { all.dashboards.report.failure == nil }
            let written = all.writes.dropFirst(earlier)
            #expect(written.filter { $0 == "POST 200" }.count == (isEmpty ? 2 : 1), "\(written)")
        }
    }
}
