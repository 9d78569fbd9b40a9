import Apps
import HashTreeCollections
import JSONValues
import Kubernetes
import Logging
import Sandbox
import Sync
import TestSupport
import Testing

/// Several replicas on one API server: one applies, all know.
@Suite struct ElectionTests {
    /// For tests in which nobody's time runs out, however busy the machine is.
    fileprivate static let patient = LeaseTiming(
        duration: .seconds(600), renewWithin: .seconds(400), interval: .milliseconds(100))
    /// For tests that wait for just that.
    fileprivate static let hasty = LeaseTiming(
        duration: .seconds(10), renewWithin: .seconds(4), interval: .milliseconds(100))

    /// A candidate with a client of its own, so that the sandbox's log tells who wrote what.
    fileprivate struct Candidate: Sendable {
        let election: LeaderElection
        let client: KubernetesClient

        init(_ name: String, port: Int, _ timing: LeaseTiming) throws {
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            var options = KubernetesClientOptions()
            options.retry.maximumAttempts = 1
            options.requestTimeout = .seconds(2)
            options.userAgent = name
            client = try KubernetesClient(
                ClusterConfiguration(server: "http://127.0.0.1:\(port)"), options: options, logger: logger)
            election = LeaderElection(
                client: client, namespace: "default", name: "rampart-backend", identity: name,
                timing: timing, logger: logger)
        }

        func run() async throws { try await election.run() }

        /// Lends candidates beside a repository and a cluster without a loop, and closes their clients whatever happens.
        static func with(
            _ names: [String], _ timing: LeaseTiming = ElectionTests.patient,
            _ body: @Sendable (Loop, [Candidate]) async throws -> Void
        ) async throws {
            try await Loop.run(syncs: false) { loop in
                let port = try await loop.sandbox.started().port
                let candidates = try names.map { try Candidate($0, port: port, timing) }
                var failure: (any Error)?
                do { try await body(loop, candidates) } catch { failure = error }
                for candidate in candidates { await candidate.client.shutdown() }
                if let failure { throw failure }
            }
        }
    }

    @Test func oneLeadsAndAnotherFollowsWhenItEnds() async throws {
        try await Candidate.with(["a", "b", "c"]) { loop, all in
            var tasks: [String: Task<Void, any Error>] = [:]
            for candidate in all { tasks[candidate.election.identity] = Task { try await candidate.run() } }
            func leaders() -> [String] { all.map(\.election).filter(\.isLeader).map(\.identity) }
            var seen: Set<String> = []
            for round in 0..<3 {
                try await eventually("one leads in round \(round)") { leaders().count == 1 }
                let leader = try #require(leaders().first)
                #expect(seen.insert(leader).inserted, "one that has ended leads again")
                try await eventually("all know it") {
                    all.map(\.election).allSatisfy { seen.contains($0.identity) || $0.leader == leader }
                }
                // An orderly end gives the Lease back: the next leads at its next look.
                tasks[leader]?.cancel()
                try await tasks[leader]?.value
                #expect(leaders().contains(leader) == false)
            }
        }
    }

    /// While the API server drops all it is asked, the leader stops before its time is up, and nobody takes over.
    @Test func whoCannotRenewStops() async throws {
        try await Candidate.with(["a", "b"], Self.hasty) { loop, all in
            let (candidate, other) = (all[0], all[1])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await candidate.run() }
                try await eventually("leads") { candidate.election.isLeader }
                group.addTask { try await other.run() }
                loop.sandbox.setFaults([SandboxFault(.dropBefore)])
                try await eventually("stops") { !candidate.election.isLeader }
                #expect(!other.election.isLeader)
                loop.sandbox.setFaults([])
                try await eventually("one of them leads again") {
                    candidate.election.isLeader != other.election.isLeader
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    /// Something that only the leader may do is given up as soon as it leads no more.
    @Test func whatIsOnItsWayIsGivenUp() async throws {
        try await Candidate.with(["a"], Self.hasty) { loop, all in
            let candidate = all[0]
            await #expect(throws: CancellationError.self) { try await candidate.election.whileLeading {} }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await candidate.run() }
                try await eventually("leads") { candidate.election.isLeader }
                loop.sandbox.setFaults([SandboxFault(.dropBefore)])
                await #expect(throws: CancellationError.self) {
                    try await candidate.election.whileLeading { try await Task.sleep(for: .seconds(600)) }
                }
                #expect(!candidate.election.isLeader)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    /// Two loops on one repository and one cluster: only the leader writes, and the other goes on where it ended.
    @Test func onlyTheLeaderApplies() async throws {
        try await Candidate.with(["a", "b"]) { loop, all in
            let (first, second) = (all[0], all[1])
            let (one, other) = (loop.engine(of: first), loop.engine(of: second))
            try await withThrowingTaskGroup(of: Void.self) { group in
                let leading = Task { try await first.run() }
                try await eventually("a leads") { first.election.isLeader }
                for engine in [one, other] { group.addTask { try await engine.run() } }
                group.addTask { try await second.run() }
                try await loop.deploy("default_demo")
                for engine in [one, other] { try await loop.reaches("default_demo", 1, in: engine) }
                #expect(loop.writers == ["a"])
                try await eventually("b knows a") {
                    other.report.replica == Replica(identity: "b", leader: "a", leads: false)
                }
                leading.cancel()
                try await leading.value
                try await eventually("b leads") { second.election.isLeader }
                try await loop.deploy("default_demo", 2)
                try await loop.reaches("default_demo", 2, in: other)
                #expect(loop.writers == ["a", "b"])
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    /// A replica that does not lead says who has to see to what it finds different.
    @Test func whoDoesNotLeadSaysWhoDoes() async throws {
        try await Candidate.with(["b"]) { loop, all in
            let follower = all[0]
            _ = try await loop.client.create(
                .leases, namespace: "default",
                body: [
                    "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                    "metadata": ["name": "rampart-backend", "namespace": "default"],
                    "spec": ["holderIdentity": "a", "leaseDurationSeconds": 600],
                ])
            let engine = loop.engine(of: follower)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await engine.run() }
                group.addTask { try await follower.run() }
                try await loop.deploy("default_demo")
                let id = try Loop.id("default_demo")
                try await eventually("says so") {
                    engine.report.apps[id]?.message == "the replica a applies it"
                }
                #expect(engine.report.apps[id]?.state == .pending)
                #expect(try await loop.resource("default_demo") == nil)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }
}

extension Loop {
    /// A loop on the same repository and cluster that writes only while a candidate leads.
    fileprivate func engine(of candidate: ElectionTests.Candidate) -> SyncEngine {
        SyncEngine(
            store: store, client: candidate.client, election: candidate.election,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Who has written RampartGraphs, in order.
    fileprivate var writers: [String] {
        writes.filter { $0.path.contains("/rampartgraphs/") }.map(\.userAgent).reduce(into: []) { names, name in
            if names.last != name { names.append(name) }
        }
    }
}
