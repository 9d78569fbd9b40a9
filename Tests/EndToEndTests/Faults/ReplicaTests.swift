import Foundation
import JSONValues
import Sandbox
import Subprocess
import Synchronization
import TestSupport
import Testing

/// Three services on one remote and one API server, under writes through all of them.
///
/// In flight: a save and a deploy at each, and what the leader applies. The leader is killed; the next one is stopped for
/// longer than its Lease and woken. Kept: each save that was answered, once; at no time do two apply.
@Suite struct ReplicaTests {
    private let folder: TemporaryFolder

    init() async throws {
        folder = try TemporaryFolder()
        try await Command.git("init", "-q", "--bare", "--initial-branch=main", "remote.git", in: folder.path)
    }

    @Test func aLeaderIsReplacedAndOneThatWakesAppliesNothing() async throws {
        let folder = folder
        let kubeconfig = folder.appending("kubeconfig")
        let options = [
            "--leader-elect", "--remote", "file://\(folder.appending("remote.git"))", "--remote-interval", "1",
        ]
        @Sendable func replica(
            _ name: String, _ body: @Sendable @escaping (RunningService) async throws -> Void
        ) async throws {
            // Two of the three do not live to be told to stop.
            try await RunningService.with(
                data: folder.appending(name), kubeconfig: kubeconfig, options: options, endedBy: .kill, body)
        }
        try await OtherCluster.with(kubeconfig: kubeconfig) { sandbox in
            try await replica("one") { one in
                try await replica("two") { two in
                    try await replica("three") { three in
                        try await Replicas(folder: folder, sandbox: sandbox, all: [one, two, three]).goThroughIt()
                    }
                }
            }
        }
    }
}

private struct Replicas: Sendable {
    private static let apps = ["alpha", "beta", "gamma"]
    let folder: TemporaryFolder
    let sandbox: SandboxServer
    let all: [RunningService]
    let ledger = Ledger()

    func goThroughIt() async throws {
        var byIdentity: [String: RunningService] = [:]
        for service in all {
            let identity = try await eventually("it says who it is") { try await replica(service)["identity"]?.string }
            #expect(byIdentity.updateValue(service, forKey: identity) == nil, "two replicas of one name")
        }
        for (service, app) in zip(all, Self.apps) {
            let made = try await service.request("POST", "/api/v1/graphs", graphJSON("default", app, rate: 0.5))
            try #require(made.status == 201, "\(made)")
        }
        for service in all { _ = try await service.request("POST", "/api/v1/sync") }
        let survivors = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await blow() }
            let survivors = try await killThenStop(byIdentity)
            group.cancelAll()
            try await group.waitForAll()
            return survivors
        }
        try await theLeaderAppliesWhatAnotherTook(follower: survivors[0], leader: survivors[1])
        #expect(ledger.versions.count > 10, "hardly anything was answered, so hardly anything is shown")
        try await everythingIsThereOnce(in: survivors)
        onlyTheHolderWrote()
    }

    /// - Returns: the one that was stopped and woken, and the one that leads at the end.
    private func killThenStop(_ byIdentity: [String: RunningService]) async throws -> [RunningService] {
        let first = try await nextWriter()
        let killed = try #require(byIdentity[first])
        kill(killed.processIdentifier, SIGKILL)
        let second = try await takesOver(from: first)
        let stopped = try #require(byIdentity[second])

        kill(stopped.processIdentifier, SIGSTOP)
        let third = try await takesOver(from: second)
        kill(stopped.processIdentifier, SIGCONT)
        try await eventually("the one that was woken knows who leads") {
            let replica = try await replica(stopped)
            return replica["leader"]?.string == third && replica["leads"] == false
        }
        return [stopped, try #require(byIdentity[third])]
    }

    private func theLeaderAppliesWhatAnotherTook(follower: RunningService, leader: RunningService) async throws {
        let name = try await replica(leader)["identity"]?.string ?? ""
        let version = try await eventually("a save is taken") { try await save(follower, "gamma", rate: 777.5) }
        try await eventually("a deploy is taken") { [200, 202].contains(try await deploy(follower, "gamma", version)) }
        try await eventually("it is applied by the one that leads") {
            let resource = try await leader.resource("default", "gamma")
            return resource.flatMap(EndToEndTests.rate) == 777.5
                && sandbox.requests.last { isGraphWrite($0) && $0.path.hasSuffix("/gamma") }
                    .map(self.name) == name
        }
    }

    // MARK: - What the cluster has seen

    private func isGraphWrite(_ request: SandboxRequest) -> Bool {
        request.isWrite && request.path.contains("/rampartgraphs") && request.userAgent.hasPrefix("rampart/")
            && (200..<300).contains(request.status)
    }

    private func isLeaseWrite(_ request: SandboxRequest) -> Bool {
        request.isWrite && request.path.contains("/leases") && (200..<300).contains(request.status)
    }

    private func name(_ request: SandboxRequest) -> String { String(request.userAgent.dropFirst("rampart/".count)) }

    /// Waits until somebody writes a graph from now on.
    /// - Returns: who.
    private func nextWriter() async throws -> String {
        let seen = sandbox.requests.count
        return try await eventually("somebody applies") {
            sandbox.requests.dropFirst(seen).first(where: isGraphWrite).map(name)
        }
    }

    /// Waits until another holds the Lease, which takes no longer than is promised, and has applied what was deployed
    /// meanwhile.
    private func takesOver(from former: String) async throws -> String {
        let start = ContinuousClock.now
        let seen = sandbox.requests.count
        let next = try await eventually("another takes over from \(former)") {
            sandbox.requests.last(where: isLeaseWrite).map(name).flatMap { $0 == former ? nil : $0 }
        }
        #expect(ContinuousClock.now - start < .seconds(15))
        try await eventually("\(next) applies") {
            sandbox.requests.dropFirst(seen).contains { isGraphWrite($0) && name($0) == next }
        }
        return next
    }

    /// Each graph was written by the one that held the Lease at that time.
    private func onlyTheHolderWrote() {
        var holder = ""
        var holders: [String] = []
        for request in sandbox.requests {
            if isLeaseWrite(request) {
                holder = name(request)
                if holders.last != holder { holders.append(holder) }
            } else if isGraphWrite(request) {
                #expect(name(request) == holder, "\(request.method) \(request.path) while \(holder) held the Lease")
            }
        }
        #expect(Set(holders).count == 3, "\(holders)")
    }

    // MARK: - Writers

    private func replica(_ service: RunningService) async throws -> JSON {
        try await service.request("GET", "/api/v1/sync").body["replica"] ?? [:]
    }

    /// Saves and deploys at each service; what fails because one is dead or stopped is nobody's loss.
    private func blow() async {
        await withTaskGroup(of: Void.self) { group in
            for (index, service) in all.enumerated() {
                group.addTask {
                    var number = 0
                    while !Task.isCancelled {
                        number += 1
                        let app = Self.apps[(index + number) % Self.apps.count]
                        let rate = Double(1_000 * (index + 1) + number) + 0.25
                        if let version = try? await save(service, app, rate: rate) {
                            _ = try? await deploy(service, app, version)
                        }
                        try? await Task.sleep(for: .milliseconds(100))
                    }
                }
            }
        }
    }

    private func save(_ service: RunningService, _ app: String, rate: Double) async throws -> Int64? {
        let saved = try await service.request(
            "POST", "/api/v1/apps/default_\(app)/graph", graphJSON("default", app, rate: rate))
        guard saved.status == 200, let version = saved.body["versionId"]?.int else { return nil }
        ledger.note(app, version, rate)
        return version
    }

    private func deploy(_ service: RunningService, _ app: String, _ version: Int64) async throws -> Int {
        try await service.request(
            "POST", "/api/v1/apps/redeployment/default_\(app)/\(version)",
            ["appId": .string("default_\(app)"), "version": .string(String(version)), "deployed": true]
        ).status
    }

    /// Each save that was answered is one version with what was saved, the same at every service.
    private func everythingIsThereOnce(in services: [RunningService]) async throws {
        let known = ledger.versions
        for (key, rate) in known {
            for service in services {
                try await eventually("version \(key.version) of \(key.app)") {
                    let graph = try await service.request(
                        "GET", "/api/v1/apps/default_\(key.app)/versions/\(key.version)/graph")
                    return graph.status == 200 && EndToEndTests.rate(graph.body["graph"] ?? .null) == rate
                }
            }
        }
        let log = try await Command.git(
            "log", "--first-parent", "--format=%s", "main", in: folder.appending("remote.git"))
        var count: [String: Int] = [:]
        for line in log.split(separator: "\n") { count[String(line), default: 0] += 1 }
        for key in known.keys {
            #expect(
                count["Save default_\(key.app) version \(key.version)"] == 1, "version \(key.version) of \(key.app)")
        }
        try await Command.git("fsck", "--strict", "--no-dangling", in: folder.appending("remote.git"))
        try await eventually("all say the same of all apps") {
            var answers: [[JSON?]] = []
            for service in services {
                _ = try await service.request("POST", "/api/v1/sync")
                var rows: [JSON?] = []
                for app in Self.apps {
                    rows.append(try await service.request("GET", "/api/v1/apps/default_\(app)").body["versions"])
                }
                answers.append(rows)
            }
            return answers.allSatisfy { $0 == answers[0] && $0.allSatisfy { $0?.array?.isEmpty == false } }
        }
    }
}

/// The saves that were answered.
private final class Ledger: Sendable {
    struct Key: Hashable {
        let app: String
        let version: Int64
    }

    private let state = Mutex<[Key: Double]>([:])

    var versions: [Key: Double] { state.withLock { $0 } }

    func note(_ app: String, _ version: Int64, _ rate: Double) {
        state.withLock { state in
            #expect(state.updateValue(rate, forKey: Key(app: app, version: version)) == nil, "a number given out twice")
        }
    }
}
