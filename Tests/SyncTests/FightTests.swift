import Apps
import HashTreeCollections
import JSONValues
import Kubernetes
import Sandbox
import Sync
import TestSupport
import Testing

/// Somebody else who keeps changing what this service applies.
@Suite struct FightTests {
    /// How the other goes about it.
    enum Way: String, CaseIterable, Sendable {
        case patches, takesMarksAway, replaces, deletes, isAnotherService

        /// What the message says.
        var account: String {
            switch self {
            case .patches, .takesMarksAway, .replaces:
                "the field manager other-controller keeps changing spec.graph.components.trainer.config.content back"
            case .deletes: "somebody keeps deleting it"
            case .isAnotherService:
                "another service like this one, which applies the commit fffffff, keeps changing spec"
            }
        }

        /// Does it once.
        func act(_ loop: Loop) async throws {
            let commit = "rampart.petuum.com/commit"
            let manager = "app.kubernetes.io/managed-by"
            var body: JSON = ["spec": ["graph": ["components": ["trainer": ["config": ["content": 666]]]]]]
            switch self {
            case .patches: break
            case .takesMarksAway:
                body["metadata"] = ["annotations": .object([commit: .null]), "labels": .object([manager: .null])]
            case .replaces: return try await replace(loop)
            case .deletes:
                _ = try await loop.observer.delete(Loop.graphs, namespace: "default", name: "demo")
                return
            case .isAnotherService:
                var object = Loop.json(try Loop.id("default_demo"), 666, labels: [manager: "rampart-backend"])
                object["metadata"]?["annotations"] = .object([commit: .string(String(repeating: "f", count: 40))])
                _ = try await loop.observer.apply(
                    Loop.graphs, namespace: "default", name: "demo", body: object, fieldManager: "rampart-backend",
                    force: true)
                return
            }
            _ = try await loop.observer.mergePatch(
                Loop.graphs, namespace: "default", name: "demo", body: body, fieldManager: "other-controller")
        }

        /// As from a file that knows nothing of this service.
        private func replace(_ loop: Loop) async throws {
            guard let seen = try await loop.resource("default_demo") else { return }
            var object = Loop.json(try Loop.id("default_demo"), 666)
            object["metadata"]?["resourceVersion"] = .string(seen.resourceVersion)
            object["metadata"]?["finalizers"] = .array(seen.finalizers.map { .string($0) })
            _ = try await loop.observer.replace(
                Loop.graphs, namespace: "default", name: "demo", body: object, fieldManager: "other-controller")
        }
    }

    /// Two controllers that do not agree: it is seen, the other is named, and neither is asked for much more.
    @Test(arguments: Way.allCases)
    func whoKeepsChangingAResourceBackIsNamedAndTheFightIsSlowed(_ way: Way) async throws {
        let settings = Loop.Settings.with {
            $0.sync.contest.free = 3
            $0.sync.contest.firstWait = .seconds(20)
        }
        try await Loop.run(settings) { loop in
            try await loop.deploy("default_demo")
            try await loop.reaches("default_demo", 1)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled {
                        if try await loop.content("default_demo") == 1 {
                            // Somebody may be faster, as with any controller.
                            do {
                                try await way.act(loop)
                            } catch let error as KubernetesError where error.isConflict || error.isNotFound {}
                        }
                        try await Task.sleep(for: .milliseconds(2))
                    }
                }
                try await eventually("the other is named") {
                    loop.engine.report.apps[try Loop.id("default_demo")]?.message?.hasPrefix(way.account) == true
                }
                #expect(try loop.state("default_demo") == .failed)
                let heals = loop.engine.report.counters.healed
                try await loop.deploy("default_other")
                try await loop.reaches("default_other", 1)
                #expect(loop.engine.report.counters.healed <= heals + 1, "the next time is after twenty seconds")
                // What somebody commits is applied at once, whatever the wait before the next heal.
                let written = loop.writes.count { $0.userAgent == "rampart" && $0.path.hasSuffix("/demo") }
                try await loop.deploy("default_demo", 2)
                try await eventually("the commit is applied") { try await loop.content("default_demo") == 2 }
                try await eventually("by a write of its own") {
                    loop.writes.count { $0.userAgent == "rampart" && $0.path.hasSuffix("/demo") } > written
                }
                group.cancelAll()
                while await group.nextResult() != nil {}
            }
            try await loop.reaches("default_demo", 2)
        }
    }
}
