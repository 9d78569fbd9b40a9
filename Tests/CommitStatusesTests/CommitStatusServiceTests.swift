import Apps
import Forges
import Git
import HashTreeCollections
import JSONValues
import Kubernetes
import Logging
import Logs
import Sandbox
import Synchronization
import TestSupport
import Testing

@testable import CommitStatuses
@testable import Sync

@Suite struct CommitStatusServiceTests {
    /// A store, a sandbox and the loop between, and what the forge was told.
    private func withLoop(
        hasCluster: Bool = true, createsNamespaces: Bool = true, in folder: TemporaryFolder? = nil,
        verifier: CommitVerifier? = nil, logger: Logger? = nil,
        _ body: @Sendable (AppStore, SyncEngine, SandboxServer, Told) async throws -> Void
    ) async throws {
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let logger = logger ?? quiet
        let folder = try folder ?? TemporaryFolder()
        var options = SandboxOptions()
        options.createsNamespaces = createsNamespaces
        let sandbox = SandboxServer(options: options, logger: logger)
        var storeOptions = AppStoreOptions(data: folder.path)
        storeOptions.verifier = verifier
        let store = try await AppStore.open(storeOptions, logger: logger)
        let told = Told()
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await sandbox.run() }
            let port = hasCluster ? try await sandbox.started().port : 1
            let client = try KubernetesClient(
                ClusterConfiguration(server: "http://127.0.0.1:\(port)"), logger: logger)
            let engine = SyncEngine(store: store, client: client, logger: logger)
            let service = CommitStatusService(
                target: "https://r.example.com/{commit}", interval: .milliseconds(5), logger: logger,
                read: {
                    told.look()
                    let (report, _, revision) = engine.current
                    let snapshot = store.snapshot
                    return .init(
                        mark: [revision, snapshot.sequence], speaks: report.replica?.leads ?? true,
                        shard: report.replica?.shard, status: { HeadStatus(snapshot, report) })
                },
                cause: { store.cause(of: $0) },
                send: { status, commit throws(ForgeError) in try told.tell(status, commit) })
            group.addTask { try await store.run() }
            group.addTask { try await engine.run() }
            group.addTask { try await service.run() }
            do {
                try await body(store, engine, sandbox, told)
            } catch {
                await client.shutdown()
                throw error
            }
            await client.shutdown()
        }
    }

    private func deploy(_ app: String, in store: AppStore, spec: JSON? = nil) async throws -> String {
        let id = try #require(AppID(app))
        let person = Signature(name: "Ada", email: "ada@example.com", seconds: 1_700_000_000)
        let graph: JSON =
            spec ?? ["components": ["a": ["chart": ["repo": "r", "name": "n"], "config": [:]]], "flows": [:]]
        let manifest = try Graph.manifest(id, graph)
        if store.snapshot[id] == nil { _ = try await store.perform(.create(id, manifest), by: person) }
        _ = try await store.perform(.deploy(id, version: 1), by: person)
        return try #require(store.snapshot.head).description
    }

    @Test func successIsTold() async throws {
        try await withLoop { store, _, _, told in
            let commit = try await deploy("default_demo", in: store)
            try await eventually { told.last(commit)?.state == .success }
            let status = try #require(told.last(commit))
            #expect(status.name == "rampart/sync")
            #expect(status.description == "1 app is as it says")
            #expect(status.target == "https://r.example.com/\(commit)")
        }
    }

    /// What the API server says is what the forge shows.
    @Test func failureIsToldWithTheAPIServersMessage() async throws {
        try await withLoop(createsNamespaces: false) { store, _, _, told in
            let commit = try await deploy("nowhere_demo", in: store)
            try await eventually { told.last(commit)?.state == .failure }
            let description = try #require(told.last(commit)?.description)
            #expect(description.hasPrefix("nowhere_demo: "))
            #expect(description.contains("namespaces \"nowhere\" not found"))
        }
    }

    @Test func absenceIsToldAsPending() async throws {
        try await withLoop(hasCluster: false) { store, _, _, told in
            let commit = try await deploy("default_demo", in: store)
            try await eventually { told.last(commit)?.state == .pending }
            try await eventually { told.last(commit)?.description.contains("cannot be reached") ?? false }
        }
    }

    /// What the cluster had of an earlier commit does not speak for a newer one.
    @Test func anEarlierCommitSaysNothing() async throws {
        try await withLoop { store, engine, _, told in
            let id = try #require(AppID("default_demo"))
            _ = try await deploy("default_demo", in: store)
            try await eventually { engine.report.apps[id]?.state == .synced }
            let before = engine.report
            let person = Signature(name: "Ada", email: "ada@example.com", seconds: 1_700_000_000)
            _ = try await store.perform(.undeploy(id), by: person)
            var report = before
            report.head = store.snapshot.head
            #expect(HeadStatus(store.snapshot, before)?.state == .pending)
            #expect(HeadStatus(store.snapshot, report)?.state == .pending)
            _ = try await store.perform(.delete(id), by: person)
            report.head = store.snapshot.head
            #expect(HeadStatus(store.snapshot, report)?.state == .pending)
            let last = try #require(store.snapshot.head).description
            try await eventually { told.last(last)?.state == .success }
        }
    }

    /// A forge that is away holds nothing up, and is told at last.
    @Test func aForgeThatFails() async throws {
        try await withLoop { store, engine, _, told in
            told.fail(with: ForgeError(.unavailable, "it answers 500", operation: "set the status"))
            let first = try await deploy("default_one", in: store)
            try await eventually { told.refusals > 0 }
            let id = try #require(AppID("default_one"))
            try await eventually { engine.report.apps[id]?.state == .synced }
            let second = try await deploy("default_two", in: store)
            told.fail(with: nil)
            try await eventually { told.last(second)?.state == .success }
            #expect(told.last(first) == nil, "only the newest head matters")
        }
    }

    /// A commit that is not applied for want of a signature says so itself.
    @Test func aCommitThatIsNotVerifiedHasFailed() async throws {
        let folder = try TemporaryFolder()
        let verifier = CommitVerifier { text, _ in
            String(decoding: text.payload, as: UTF8.self).contains("Undeploy") ? "it is not signed" : nil
        }
        try await withLoop(in: folder, verifier: verifier) { store, _, _, told in
            let good = try await deploy("default_demo", in: store)
            try await eventually { told.last(good)?.state == .success }
            let other = try await AppStore.open(
                AppStoreOptions(data: folder.path, indexFolder: folder.appending("other")),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let id = try #require(AppID("default_demo"))
            let person = Signature(name: "Ada", email: "ada@example.com", seconds: 1_700_000_000)
            let bad = try #require(try await other.perform(.undeploy(id), by: person).commit).description
            try await eventually { told.last(bad)?.state == .failure }
            #expect(told.last(bad)?.description == "not applied: it is not signed")
        }
    }

    /// Each part of all apps has a status of its own, which is about its apps only.
    @Test func aShardTellsOfItsOwnApps() async throws {
        let names = ["default_a", "default_b", "default_c", "default_d", "default_e", "default_f", "nowhere_x"]
        try await withLoop(createsNamespaces: false) { store, engine, _, told in
            for name in names { _ = try await deploy(name, in: store) }
            let head = try #require(store.snapshot.head)
            let failing = try #require(AppID("nowhere_x"))
            try await eventually {
                let report = engine.report
                return report.head == head && report.apps.values.count { $0.state == .synced } == names.count - 1
                    && report.apps[failing]?.state == .failed
            }
            let owner = Shard.number(of: failing, in: 2)
            for number in 1...2 {
                let shard = try #require(Shard("\(number)/2"))
                var report = engine.report
                report.replica = Replica(identity: "a", leader: "a", leads: true, shard: shard)
                // What this replica sees of the apps of the others.
                for name in names {
                    let id = try #require(AppID(name))
                    if !shard.holds(id) { report.apps[id] = AppSync(state: .pending, message: "another applies it") }
                }
                report.heldPrune = [try #require(AppID(number == owner ? "speech_none" : "nowhere_x"))]
                let status = try #require(HeadStatus(store.snapshot, report))
                if number == owner {
                    #expect(status.state == .failure && status.description.hasPrefix("nowhere_x: "))
                } else {
                    #expect(status.state == .success)
                    let own = names.compactMap { AppID($0) }.count(where: shard.holds)
                    #expect(status.description == (own == 1 ? "1 app is as it says" : "\(own) apps are as it says"))
                }
            }
            let shard = try #require(Shard("\(owner)/2"))
            await engine.update {
                $0.report.replica = Replica(identity: "a", leader: "a", leads: true, shard: shard)
            }
            let commit = try await deploy("nowhere_y", in: store)
            try await eventually { told.last(commit)?.name == "rampart/sync (\(shard))" }
        }
    }

    /// What the forge is told is found in the log by the request that has brought the commit.
    @Test func theLogNamesTheRequest() async throws {
        let lines = Lines()
        try await withLoop(logger: lines.logger) { store, _, _, told in
            let commit = try await RequestID.$current.withValue(RequestID("deploy-7")) {
                try await deploy("default_demo", in: store)
            }
            try await eventually { told.last(commit)?.state == .success }
            try await eventually {
                lines.all.contains { $0.contains("\"told the forge\"") && $0.contains("\"requestId\":\"deploy-7\"") }
            }
        }
    }

    /// A replica that does not lead says nothing.
    @Test func onlyTheLeaderSpeaks() async throws {
        try await withLoop { store, engine, _, told in
            await engine.update { $0.report.replica = Replica(identity: "b", leader: "a", leads: false) }
            let commit = try await deploy("default_demo", in: store)
            let id = try #require(AppID("default_demo"))
            try await eventually { engine.report.apps[id]?.state == .synced }
            let looks = told.looks
            try await eventually("it looks a few times") { told.looks > looks + 5 }
            #expect(told.last(commit) == nil)
            await engine.update { $0.report.replica = Replica(identity: "b", leader: "b", leads: true) }
            try await eventually { told.last(commit)?.state == .success }
        }
    }
}

/// What is logged, line by line.
private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { label in
            let output = LogOutput { bytes in
                self.lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
            }
            var handler = LineLogHandler(label: label, format: .json, output: output)
            handler.logLevel = .debug
            return handler
        }
    }
}

/// What a forge was told.
private final class Told: Sendable {
    private struct State {
        var statuses: [(commit: String, status: CommitStatus)] = []
        var error: ForgeError?
        var refusals = 0
        var looks = 0
    }

    private let state = Mutex(State())

    var refusals: Int { state.withLock(\.refusals) }
    /// How often it was looked whether there is something to tell.
    var looks: Int { state.withLock(\.looks) }
    func look() { state.withLock { $0.looks += 1 } }
    func fail(with error: ForgeError?) { state.withLock { $0.error = error } }
    func last(_ commit: String) -> CommitStatus? {
        state.withLock { $0.statuses.last { $0.commit == commit }?.status }
    }

    func tell(_ status: CommitStatus, _ commit: String) throws(ForgeError) {
        let error: ForgeError? = state.withLock { state in
            if let error = state.error {
                state.refusals += 1
                return error
            }
            state.statuses.append((commit, status))
            return nil
        }
        if let error { throw error }
    }
}
