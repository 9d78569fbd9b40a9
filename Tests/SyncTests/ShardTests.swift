import Apps
import HashTreeCollections
import Kubernetes
import Logging
import Sandbox
import Sync
import TestSupport
import Testing

/// Each app belongs to one part, and only those who apply that part write it.
@Suite struct ShardTests {
    @Test(arguments: ["", "1", "0/2", "3/2", "1/0", "1/257", "a/2", "1/2/3", "-1/2", " 1/2"])
    func refusesWhatIsNoPart(_ text: String) { #expect(Shard(text) == nil) }

    @Test func readsItsOwnForm() { #expect(Shard("2/3")?.description == "2/3") }

    /// Numbers that must never change: processes of two versions have to agree.
    @Test(arguments: [("default_demo", 1), ("vision_labelling", 3), ("team-1_app-00001", 3)])
    func theSamePartForEver(_ name: String, _ number: Int) throws {
        #expect(Shard.number(of: try Loop.id(name), in: 4) == number)
    }

    @Test(arguments: [2, 3, 4, 7]) func partsAreOfAboutTheSameSize(_ count: Int) throws {
        var sizes = [Int](repeating: 0, count: count)
        for index in 0..<10_000 {
            sizes[Shard.number(of: try Loop.id("team-\(index % 10)_app-\(index)"), in: count) - 1] += 1
        }
        let fair = 10_000 / count
        #expect(sizes.allSatisfy { abs($0 - fair) < fair / 10 }, "\(sizes)")
    }

    /// Two loops on one repository and one cluster, a part each: each writes its own, and both know all.
    @Test func eachAppliesItsOwn() async throws {
        try await Loop.run(syncs: false) { loop in
            let port = try await loop.sandbox.started().port
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let clients = try ["one", "two"].map { name in
                var options = Loop.Settings().client
                options.userAgent = name
                return try KubernetesClient(
                    ClusterConfiguration(server: "http://127.0.0.1:\(port)"), options: options, logger: logger)
            }
            let engines = zip(clients, ["1/2", "2/2"]).map { client, shard in
                var options = Loop.Settings().sync
                options.shard = Shard(shard)
                return SyncEngine(store: loop.store, client: client, options: options, logger: logger)
            }
            var failure: (any Error)?
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for engine in engines { group.addTask { try await engine.run() } }
                    let names = (1...8).map { "default_app-\($0)" }
                    for name in names { try await loop.deploy(name) }
                    for name in names { for engine in engines { try await loop.reaches(name, 1, in: engine) } }
                    for request in loop.writes where request.path.contains("/rampartgraphs/app-") {
                        guard request.userAgent == "one" || request.userAgent == "two" else { continue }
                        let id = try Loop.id("default_\(request.path.split(separator: "/").last ?? "")")
                        #expect(Shard.number(of: id, in: 2) == (request.userAgent == "one" ? 1 : 2), "\(request)")
                    }
                    #expect(Set(loop.writes.map(\.userAgent)).isSuperset(of: ["one", "two"]))
                    group.cancelAll()
                    while await group.nextResult() != nil {}
                }
            } catch { failure = error }
            for client in clients { await client.shutdown() }
            if let failure { throw failure }
        }
    }
}
