import Apps
import Foundation
import HashTreeCollections
import JSONValues
import Kubernetes
import Logging
import Sandbox
import Sync
import Synchronization
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

        init(
            _ name: String, port: Int, _ timing: LeaseTiming, requestTimeout: Duration? = .seconds(2)
        ) throws {
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            var options = KubernetesClientOptions.candidate(timing)
            if let requestTimeout { (options.requestTimeout, options.readTimeout) = (requestTimeout, requestTimeout) }
            options.userAgent = name
            client = try KubernetesClient(
                ClusterConfiguration(server: "http://127.0.0.1:\(port)"), options: options, logger: logger)
            election = LeaderElection(
                client: client, namespace: "default", name: "rampart-backend", identity: name,
                timing: timing, logger: logger)
        }

        func run() async throws { try await election.run() }

        /// Lends candidates beside a repository and a cluster without a loop, and closes their clients whatever happens.
        ///
        /// - Parameter requestTimeout: nil for the one that goes with the timing.
        static func with(
            _ names: [String], _ timing: LeaseTiming = ElectionTests.patient, requestTimeout: Duration? = .seconds(2),
            _ body: @Sendable (Loop, [Candidate]) async throws -> Void
        ) async throws {
            try await Loop.run(syncs: false) { loop in
                let port = try await loop.sandbox.started().port
                let candidates = try names.map {
                    try Candidate($0, port: port, timing, requestTimeout: requestTimeout)
                }
                var failure: (any Error)?
                do { try await body(loop, candidates) } catch { failure = error }
                for candidate in candidates { await candidate.client.shutdown() }
                if let failure { throw failure }
            }
        }
    }

    @Test func oneLeadsAndAnotherFollowsWhenItEnds() async throws {
        try await Candidate.with(["a", "b", "c"], requestTimeout: .seconds(60)) { loop, all in
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

    /// One renewal that vanishes on a connection that stands: there is time for another.
    @Test func aRenewalThatHangsDoesNotCostTheLease() async throws {
        let timing = LeaseTiming(duration: .seconds(30), renewWithin: .seconds(20), interval: .seconds(1))
        try await Candidate.with(["a"], timing, requestTimeout: nil) { loop, all in
            let candidate = all[0]
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await candidate.run() }
                try await eventually("leads") { candidate.election.isLeader }
                let changes = candidate.election.changes()
                let seen = Mutex<[Bool]>([])
                group.addTask { for await leads in changes { seen.withLock { $0.append(leads) } } }
                loop.sandbox.setFaults([
                    SandboxFault(.latency(.seconds(3_600)), method: "PATCH", path: "/leases", count: 1)
                ])
                // After the one that hangs comes a look, which there is none of while all goes well.
                let looks = loop.leaseRequests("GET")
                try await eventually("looks again") { loop.leaseRequests("GET") > looks }
                let renewals = loop.leaseRequests("PATCH")
                try await eventually("renews") { loop.leaseRequests("PATCH") > renewals + 1 }
                let told = seen.withLock { $0 }
                #expect(told == [true])
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    /// The API server takes so long for each renewal that the time to act runs out before the answer, again and again.
    /// What is committed in such a gap is applied after it.
    @Test func whatIsCommittedWhileARenewalIsLateIsApplied() async throws {
        let timing = LeaseTiming(duration: .seconds(60), renewWithin: .seconds(2), interval: .seconds(1))
        try await Candidate.with(["a"], timing) { loop, all in
            let candidate = all[0]
            let engine = loop.engine(of: candidate)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await engine.run() }
                group.addTask { try await candidate.run() }
                try await eventually("leads") { candidate.election.isLeader }
                loop.sandbox.setFaults([SandboxFault(.latency(.milliseconds(900)), path: "/leases")])
                for content in 1...4 {
                    try await eventually("a gap begins") { !candidate.election.isLeader }
                    try await loop.deploy("default_demo", content)
                    try await loop.reaches("default_demo", content, in: engine)
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    /// The clock of the one that holds the Lease is a year ahead or behind: that says nothing. What counts is for how long
    /// the Lease stands still.
    @Test(arguments: [-1, 1]) func aClockThatIsWrongChangesNothing(_ years: Int) async throws {
        let duration = 5
        let timing = LeaseTiming(duration: .seconds(duration), interval: .milliseconds(50))
        try await Candidate.with(["b", "c"], timing) { loop, all in
            @Sendable func time(_ number: Int) -> JSON {
                let date = Date(timeIntervalSinceNow: Double(years) * 365 * 86_400 + Double(number))
                return .string(date.formatted(.iso8601).dropLast() + ".000000Z")
            }
            _ = try await loop.observer.create(
                .leases, namespace: "default",
                body: [
                    "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                    "metadata": ["name": "rampart-backend", "namespace": "default"],
                    "spec": [
                        "holderIdentity": "a", "leaseDurationSeconds": .int(Int64(duration)), "renewTime": time(0),
                    ],
                ])
            var renewed = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for candidate in all { group.addTask { try await candidate.run() } }
                func leaders() -> Int { all.count { $0.election.isLeader } }
                try await eventually("both see it") { all.allSatisfy { $0.election.leader == "a" } }
                // For longer than the Lease lasts.
                for number in 1...80 where leaders() == 0 {
                    renewed = .now
                    _ = try await loop.observer.mergePatch(
                        .leases, namespace: "default", name: "rampart-backend",
                        body: ["spec": ["renewTime": time(number)]])
                    try await Task.sleep(for: .milliseconds(100))
                }
                try await eventually("one takes it over") { leaders() == 1 }
                #expect(ContinuousClock.now - renewed >= .seconds(duration))
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
        try await Candidate.with(["a", "b"], requestTimeout: .seconds(60)) { loop, all in
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

    /// How many requests about the Lease have been answered.
    fileprivate func leaseRequests(_ method: String) -> Int {
        sandbox.requests.count { $0.method == method && $0.path.contains("/leases/") && $0.status == 200 }
    }

    /// Who has written RampartGraphs, in order.
    fileprivate var writers: [String] {
        writes.filter { $0.path.contains("/rampartgraphs/") }.map(\.userAgent).reduce(into: []) { names, name in
            if names.last != name { names.append(name) }
        }
    }
}
