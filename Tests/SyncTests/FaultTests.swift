import Apps
import Git
import HashTreeCollections
import JSONValues
import Kubernetes
import Sandbox
import Sync
import TestSupport
import Testing

/// The loop with an API server that refuses, stumbles, or goes away.
@Suite struct FaultTests {
    private static let path = "/rampartgraphs"

    static let faults: [SandboxFault] = [
        SandboxFault(.latency(.milliseconds(150)), path: path, count: 6),
        SandboxFault(.tooManyRequests(retryAfter: 0), path: path, count: 8),
        SandboxFault(.failure(code: 500, message: "etcdserver: request timed out"), path: path, count: 8),
        SandboxFault(.failure(code: 503, message: "apiserver not ready"), count: 12),
        SandboxFault(.dropBefore, path: path, count: 8), SandboxFault(.dropAfter, method: "PATCH", count: 4),
    ]

    @Test(arguments: faults.indices) func aFaultIsGotOver(_ index: Int) async throws {
        try await Loop.run { loop in
            try await loop.deploy("default_first")
            try await loop.reaches("default_first", 1)
            loop.sandbox.setFaults([Self.faults[index]])
            for number in 1...4 { try await loop.deploy("default_app-\(number)") }
            await loop.sandbox.cutWatches()
            for number in 1...4 { try await loop.reaches("default_app-\(number)", 1) }
            try await loop.reaches("default_first", 1)
        }
    }

    /// An admission webhook that says no, with the code that it is left to choose.
    @Test(arguments: [400, 403]) func anAppThatFailsHoldsUpNobodyAndSaysWhy(_ code: Int) async throws {
        try await Loop.run { loop in
            await loop.sandbox.refuse(code: code) { object in
                object.at("metadata", "name")?.string == "bad" ? "no GPUs for you" : nil
            }
            try await loop.deploy("default_bad")
            try await eventually("failed") { try loop.state("default_bad") == .failed }
            #expect(loop.engine.report.apps[try Loop.id("default_bad")]?.message?.contains("no GPUs for you") == true)
            for number in 1...4 { try await loop.deploy("default_app-\(number)") }
            for number in 1...4 { try await loop.reaches("default_app-\(number)", 1) }
            #expect(try loop.state("default_bad") == .failed)
            await loop.sandbox.refuse(nil)
            try await loop.reaches("default_bad", 1)
        }
    }

    /// The wait after a failure is an hour here; the commit that mends it ends the wait.
    @Test func aNewerCommitReplacesARetryAtOnce() async throws {
        try await Loop.run(.with { $0.sync.firstRetry = .seconds(3_600) }) { loop in
            await loop.sandbox.refuse { object in
                let content = object.at("spec", "graph", "components", "trainer", "config", "content")
                return content == 1 ? "not this one" : nil
            }
            try await loop.deploy("default_demo")
            try await eventually("failed") { try loop.state("default_demo") == .failed }
            try await loop.deploy("default_demo", 2)
            try await loop.reaches("default_demo", 2)
        }
    }

    @Test func aCommitWhileAPassRunsIsNotLost() async throws {
        try await Loop.run { loop in
            loop.sandbox.setFaults([SandboxFault(.latency(.milliseconds(300)), method: "PATCH")])
            for content in 1...4 { try await loop.deploy("default_demo", content) }
            try await loop.reaches("default_demo", 4)
        }
    }

    @Test func aForgottenPastIsListedAnew() async throws {
        try await Loop.run { loop in
            try await loop.deploy("default_demo")
            try await loop.reaches("default_demo", 1)
            for round in 1...3 {
                await loop.sandbox.compact()
                await loop.sandbox.cutWatches()
                try await loop.patch("default_demo", ["metadata": ["annotations": ["rampart.petuum.com/version": "9"]]])
                try await eventually("healed in round \(round)") {
                    try await loop.resource("default_demo")?.annotations["rampart.petuum.com/version"] == "1"
                }
            }
        }
    }

    /// While nothing answers apps are pending, and everything is caught up with afterwards.
    @Test func anOutageIsCaughtUpWith() async throws {
        try await Loop.run { loop in
            try await loop.deploy("default_demo")
            try await loop.reaches("default_demo", 1)
            loop.sandbox.setFaults([SandboxFault(.dropBefore)])
            await loop.sandbox.cutWatches()
            try await loop.deploy("default_demo", 2)
            try await loop.deploy("default_late")
            try await eventually("pending") { try loop.state("default_demo") == .pending }
            loop.sandbox.setFaults([])
            try await loop.reaches("default_demo", 2)
            try await loop.reaches("default_late", 1)
        }
    }
}
