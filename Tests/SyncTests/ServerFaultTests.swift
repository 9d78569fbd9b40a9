import Apps
import HashTreeCollections
import JSONValues
import Kubernetes
import Sandbox
import Sync
import TestSupport
import Testing

/// The loop with an API server that hangs, forgets who may ask, or has no RampartGraphs; and with resources that do not go.
@Suite struct ServerFaultTests {
    private static let definition = "rampartgraphs.rampart.petuum.com"

    private func message(_ loop: Loop, _ name: String) throws -> String? {
        loop.engine.report.apps[try Loop.id(name)]?.message
    }

    /// In flight: one write whose connection stands and says nothing. Kept: everything, the others without a wait for it.
    @Test func aHalfOpenConnectionHoldsUpOneWriteAndNoOther() async throws {
        try await Loop.run(.with { $0.client.requestTimeout = .seconds(2) }) { loop in
            try await loop.deploy("default_first")
            try await loop.reaches("default_first", 1)
            loop.sandbox.setFaults([
                SandboxFault(.latency(.seconds(3_600)), method: "PATCH", path: "/rampartgraphs/silent", count: 1)
            ])
            try await loop.deploy("default_silent")
            for number in 1...4 { try await loop.deploy("default_app-\(number)") }
            for number in 1...4 { try await loop.reaches("default_app-\(number)", 1) }
            try await loop.reaches("default_silent", 1)
        }
    }

    /// In flight: a watch whose connection stands and says nothing, as where a firewall has forgotten it. Kept: what is
    /// changed meanwhile is seen once the watch is given up.
    @Test func aWatchThatFallsSilentIsGivenUp() async throws {
        let settings = Loop.Settings.with {
            $0.client.watchTimeout = .seconds(1)
            $0.client.watchGrace = .seconds(1)
        }
        try await Loop.run(settings) { loop in
            try await loop.deploy("default_demo")
            try await loop.reaches("default_demo", 1)
            let before = loop.watches
            loop.sandbox.setFaults([SandboxFault(.silence, path: "/rampartgraphs", count: 1)])
            await loop.sandbox.cutWatches()
            try await eventually("the silent one begins") { loop.sandbox.faults.first?.count == 0 }
            try await loop.patch("default_demo", ["spec": ["graph": ["components": ["trainer": .null]]]])
            try await loop.reaches("default_demo", 1)
            #expect(loop.watches > before + 1)
            try await eventually("all is well") { loop.engine.report.unreachable == nil }
        }
    }

    /// In flight: a token that the server has ceased to know. The new one is in the same file.
    @Test func anExpiredTokenIsSaidAndAFileWithANewOneIsRead() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("first", to: "token")
        try await Loop.run(
            .with {
                $0.credentials = .tokenFile(file)
                $0.token = "first"
            }
        ) { loop in
            try await loop.deploy("default_demo")
            try await loop.reaches("default_demo", 1)
            loop.sandbox.setToken("second")
            await loop.sandbox.cutWatches()
            try await loop.deploy("default_demo", 2)
            try await eventually("the cluster's refusal is said") {
                loop.engine.report.unreachable?.contains("Unauthorized") == true
            }
            try await eventually("the app's too") { try message(loop, "default_demo")?.contains("401") == true }
            try folder.write("second", to: "token")
            try await loop.reaches("default_demo", 2)
            try await eventually("all is well") { loop.engine.report.unreachable == nil }
        }
    }

    /// In flight: apps, while the type itself is taken away and comes back. Kept: all that HEAD says.
    @Test func aMissingDefinitionIsNamedAndWaitedFor() async throws {
        try await Loop.run { loop in
            try await loop.deploy("default_demo")
            try await loop.reaches("default_demo", 1)
            let definition = try await loop.observer.get(.customResourceDefinitions, name: Self.definition)
            _ = try await loop.observer.delete(.customResourceDefinitions, name: Self.definition)
            try await loop.deploy("default_late")
            try await eventually("what is missing is said") {
                loop.engine.report.unreachable?.contains("kubectl apply -f hack/rampartgraph-crd.yaml") == true
            }
            try await eventually("of the app too") {
                try loop.state("default_late") == .pending
                    && message(loop, "default_late")?.contains(Self.definition) == true
            }
            var again = definition.withoutManagedFields().json
            for field in ["uid", "resourceVersion", "creationTimestamp", "generation"] {
                again["metadata"]?[field] = nil
            }
            _ = try await loop.observer.create(.customResourceDefinitions, body: again)
            for name in ["default_demo", "default_late"] { try await loop.reaches(name, 1) }
            try await eventually("all is well") { loop.engine.report.unreachable == nil }
        }
    }

    /// In flight: the deletion of an app that somebody's finalizer holds, and its return. Others are not slowed down.
    @Test func aFinalizerThatNeverEndsIsNamedAndAReturnWaitsForIt() async throws {
        try await Loop.run { loop in
            for name in ["default_held", "default_other"] {
                try await loop.deploy(name)
                try await loop.reaches(name, 1)
            }
            let graph = try await loop.resource("default_held")
            let finalizers = (graph?.finalizers ?? []) + ["example.com/hold"]
            try await loop.patch("default_held", ["metadata": ["finalizers": .array(finalizers.map { .string($0) })]])
            try await loop.delete("default_held")
            try await eventually("the finalizer is named") {
                try message(loop, "default_held")?.contains("example.com/hold") == true
            }
            #expect(try loop.state("default_held") == .pending)
            try await loop.deploy("default_held")
            try await loop.deploy("default_other", 2)
            try await loop.reaches("default_other", 2)
            let uid = graph?.uid
            #expect(try await loop.resource("default_held")?.uid == uid, "nothing is made over one that is going")
            #expect(try message(loop, "default_held")?.contains("example.com/hold") == true)
            try await loop.patch("default_held", ["metadata": ["finalizers": .null]])
            try await loop.reaches("default_held", 1)
            #expect(try await loop.resource("default_held")?.uid != uid)
        }
    }
}

extension Loop {
    /// How many watches of RampartGraphs have begun.
    fileprivate var watches: Int {
        sandbox.requests.count { $0.path.hasSuffix("/rampartgraphs") && $0.query.contains("watch=true") }
    }
}
