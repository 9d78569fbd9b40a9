import Apps
import Git
import HashTreeCollections
import Instruments
import JSONValues
import Kubernetes
import Sandbox
import TestSupport
import Testing

@testable import Sync

/// Writes that the API server does not answer, as where an admission webhook hangs: more of them than there are places.
///
/// Kept: what is committed for other apps is applied within seconds, and so is what mends one that hangs.
@Suite struct HangingWriteTests {
    /// The service's own: two tries, forty seconds each.
    private static let settings = Loop.Settings.with { $0.client = SyncOptions().client }

    /// Every write of the apps hangs that are called so, each the given number of times.
    private func hang(_ loop: Loop, _ count: Int? = nil) {
        loop.sandbox.setFaults([
            SandboxFault(.latency(.seconds(3_600)), method: "PATCH", path: "/rampartgraphs/silent", count: count)
        ])
    }

    /// Waits until a write of such an app is on its way.
    private func hangs(_ loop: Loop) async throws {
        try await eventually("a write hangs") {
            loop.sandbox.underway.contains { $0.contains("/rampartgraphs/silent") }
        }
    }

    @Test func anyNumberOfThemHoldsUpNoOther() async throws {
        try await Loop.run(Self.settings) { loop in
            try await loop.deploy("default_first")
            try await loop.reaches("default_first", 1)
            hang(loop)
            for number in 1...40 { try await loop.deploy("default_silent-\(number)") }
            let start = ContinuousClock.now
            for number in 1...4 { try await loop.deploy("default_app-\(number)") }
            for number in 1...4 { try await loop.reaches("default_app-\(number)", 1) }
            #expect(ContinuousClock.now - start < .seconds(25), "two rounds of two seconds, on any machine")
        }
    }

    /// The commit that mends an app takes the place of the write that hangs, whose manifest is never sent again.
    @Test func theCommitThatMendsOneIsAppliedAtOnce() async throws {
        try await Loop.run(Self.settings) { loop in
            hang(loop, 1)
            try await loop.deploy("default_silent")
            try await hangs(loop)
            let start = ContinuousClock.now
            try await loop.deploy("default_silent", 2)
            try await loop.reaches("default_silent", 2)
            #expect(ContinuousClock.now - start < .seconds(25), "after two seconds, on any machine")
        }
    }

    /// A deletion that hangs is given up for the app that comes back.
    @Test func anAppThatComesBackDoesNotWaitForItsDeletion() async throws {
        try await Loop.run(Self.settings) { loop in
            for name in ["default_silent", "default_one", "default_two"] {
                try await loop.deploy(name)
                try await loop.reaches(name, 1)
            }
            loop.sandbox.setFaults([
                SandboxFault(.latency(.seconds(3_600)), method: "DELETE", path: "/rampartgraphs/silent", count: 1)
            ])
            try await loop.delete("default_silent")
            try await hangs(loop)
            let start = ContinuousClock.now
            try await loop.deploy("default_silent")
            let id = try Loop.id("default_silent")
            let commit = try #require(loop.store.snapshot.apps[id]?.live?.commit)
            try await eventually("it is applied as it is now") {
                let annotations = try await loop.resource("default_silent")?.annotations
                return annotations?["rampart.petuum.com/commit"] == commit.description
                    && loop.engine.report.apps[id]?.appliedCommit == commit
            }
            #expect(ContinuousClock.now - start < .seconds(25), "after two seconds, on any machine")
        }
    }

    /// One that fails slowly, as a webhook that times out does, is not sent a second time by the client: the loop looks
    /// first what is to be sent.
    @Test func whatFailsSlowlyIsLeftToTheLoop() async throws {
        let settings = Loop.Settings.with {
            $0.client = SyncOptions().client
            $0.client.requestTimeout = .milliseconds(2_500)
            $0.sync.firstRetry = .seconds(3_600)
        }
        try await Loop.run(settings) { loop in
            hang(loop, 1)
            let id = try Loop.id("default_silent")
            // One change at a time: a second look, asked for while the first is at work, would write again.
            _ = try await loop.store.perform(.create(id, Loop.manifest(id, 1)), by: Loop.ada)
            try await eventually("the draft is known") { try loop.state("default_silent") == .synced }
            _ = try await loop.store.perform(.deploy(id, version: 1), by: Loop.ada)
            try await eventually("it has failed") {
                loop.engine.report.apps[id]?.message?.contains("no answer in time") == true
            }
            #expect(try await loop.resource("default_silent") == nil)
        }
    }
}
