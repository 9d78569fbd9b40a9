import HashTreeCollections
import JSONValues
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Kubernetes

@Suite struct InformerTests {
    /// A server with a collection: lists as set, and a stream for each watch.
    private final class Collection: Sendable {
        struct State {
            var list = widgetList([], version: "1")
            var watches: [(version: String, handle: StreamHandle)] = []
            var lists = 0
            /// Questions for the version only.
            var comparisons = 0
            var refusal: Script?
            var refusesWatchesOnly = false
            var refused = 0
        }

        let state = Mutex(State())

        func handle(_ request: RecordedRequest) -> Script {
            state.withLock { state in
                if let refusal = state.refusal, request.query["watch"] != nil || !state.refusesWatchesOnly {
                    state.refused += 1
                    return refusal
                }
                if request.query["watch"] == nil {
                    if request.query["limit"] == "1" { state.comparisons += 1 } else { state.lists += 1 }
                    return .json(state.list)
                }
                let handle = StreamHandle()
                state.watches.append((request.query["resourceVersion"] ?? "", handle))
                return .stream(handle)
            }
        }

        func set(_ items: [JSON], version: String) {
            state.withLock { $0.list = widgetList(items, version: version) }
        }

        func refuse(_ script: Script?, watchesOnly: Bool = false) {
            state.withLock { ($0.refusal, $0.refusesWatchesOnly) = (script, watchesOnly) }
        }

        var versions: [String] { state.withLock { $0.watches.map(\.version) } }

        /// The stream of the watch with this number, once the server has opened it.
        func watch(_ number: Int) async throws -> StreamHandle {
            try await eventually("watch \(number)") { () -> StreamHandle? in
                state.withLock { state in
                    guard state.watches.count > number, state.watches[number].handle.isOpen else { return nil }
                    return state.watches[number].handle
                }
            }
        }
    }

    private let collection = Collection()

    private func withInformer(
        options: KubernetesClientOptions = quickOptions(),
        _ body: (Informer<KubernetesObject>, ScriptedServer) async throws -> Void
    ) async throws {
        let collection = collection
        let server = try await ScriptedServer.start { collection.handle($0) }
        var policy = RetryPolicy()
        policy.firstDelay = .milliseconds(1)
        policy.longestDelay = .milliseconds(10)
        try await withClient(ClusterConfiguration(server: server.address), options: options) { client in
            let informer = Informer(
                client: client, type: widgets, policy: policy,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await informer.run() }
                defer { group.cancelAll() }
                try await body(informer, server)
            }
        }
    }

    private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "demo", name: name) }

    private func names(_ informer: Informer<KubernetesObject>) -> [String] {
        informer.objects.map { "\($0.key.name)@\($0.value.resourceVersion)" }.sorted()
    }

    @Test func keepsACopy() async throws {
        collection.set([widget("a", "1"), widget("b", "2")], version: "5")
        try await withInformer { informer, _ in
            try await eventually { informer.hasSynced }
            #expect(names(informer) == ["a@1", "b@2"])
            #expect(informer.objects[key("a")]?.managedFields.isEmpty == true)
            let watch = try await collection.watch(0)
            let before = informer.objects
            watch.event("ADDED", widget("c", "6"))
            watch.event("MODIFIED", widget("a", "7"))
            watch.event("DELETED", widget("b", "8"))
            try await eventually { names(informer) == ["a@7", "c@6"] }
            #expect(before.count == 2)
            #expect(informer.status.isWatching)
            #expect(collection.versions == ["5"])
        }
    }

    @Test func goesOnAfterADisconnect() async throws {
        collection.set([widget("a", "1")], version: "5")
        try await withInformer { informer, _ in
            let first = try await collection.watch(0)
            first.event("MODIFIED", widget("a", "6"))
            first.event("BOOKMARK", ["metadata": ["resourceVersion": "8"]])
            try await eventually { names(informer) == ["a@6"] }
            collection.set([widget("a", "9")], version: "9")
            first.cut()
            let second = try await collection.watch(1)
            second.event("MODIFIED", widget("a", "9"))
            try await eventually { names(informer) == ["a@9"] }
            second.end()
            _ = try await collection.watch(2)
            #expect(collection.versions == ["5", "8", "9"])
            #expect(informer.status.lists == 1)
            #expect(collection.state.withLock(\.comparisons) == 1, "a watch that ends in order needs none")
        }
    }

    /// The server comes back with an older state, in which it counts the same versions a second time.
    @Test func listsAgainWhereTheServerHasGoneBack() async throws {
        collection.set([widget("a", "40"), widget("b", "41")], version: "50")
        try await withInformer { informer, _ in
            let first = try await collection.watch(0)
            collection.set([widget("a", "7")], version: "9")
            first.cut()
            let second = try await collection.watch(1)
            #expect(names(informer) == ["a@7"])
            second.event("ADDED", widget("c", "10"))
            try await eventually { names(informer) == ["a@7", "c@10"] }
            #expect(collection.versions == ["50", "9"])
            #expect(informer.status.lists == 2)
        }
    }

    @Test func listsAgainWhereItsVersionIsTooOldAndTellsTheDifference() async throws {
        collection.set([widget("a", "1"), widget("b", "2"), widget("c", "3")], version: "5")
        try await withInformer { informer, _ in
            var events = informer.events().makeAsyncIterator()
            guard case .synced = await events.next() else {
                Issue.record("expected synced")
                return
            }
            let watch = try await collection.watch(0)
            collection.set([widget("a", "1"), widget("b", "7"), widget("d", "8")], version: "9")
            watch.event("ERROR", status(410, "Expired", "too old resource version: 5 (7)"))
            var seen: Set<String> = []
            for _ in 0..<3 {
                switch await events.next() {
                case .changed(let key, let object): seen.insert("+\(key.name)@\(object.resourceVersion)")
                case .deleted(let key, let last): seen.insert("-\(key.name)@\(last.resourceVersion)")
                default: Issue.record("another event")
                }
            }
            #expect(seen == ["+b@7", "+d@8", "-c@3"])
            _ = try await collection.watch(1)
            #expect(collection.versions == ["5", "9"])
            #expect(informer.lastError == nil)
        }
    }

    @Test func listsAgainWhereTheRequestItselfIsGone() async throws {
        collection.set([], version: "5")
        try await withInformer { _, _ in
            let watch = try await collection.watch(0)
            collection.set([widget("a", "7")], version: "9")
            collection.refuse(.json(status(410, "Expired", "too old"), 410), watchesOnly: true)
            watch.cut()
            try await eventually { collection.state.withLock { $0.refused } >= 1 }
            collection.refuse(nil)
            _ = try await collection.watch(1)
            #expect(collection.versions.last == "9")
        }
    }

    @Test func keepsWhatItHasWhileTheServerIsAway() async throws {
        collection.set([widget("a", "1")], version: "5")
        try await withInformer { informer, _ in
            let watch = try await collection.watch(0)
            collection.refuse(.reply(503, "down", headers: ["Retry-After": "0"]))
            watch.cut()
            try await eventually { informer.lastError?.code == 503 && informer.status.failures > 2 }
            #expect(names(informer) == ["a@1"])
            #expect(!informer.status.isWatching)
            collection.refuse(nil)
            _ = try await collection.watch(1)
            try await eventually { informer.status.isWatching && informer.lastError == nil }
            #expect(collection.versions == ["5", "5"])
        }
    }

    @Test func triesForEverToReadTheFirstList() async throws {
        collection.refuse(.drop)
        try await withInformer(options: quickOptions { $0.retry = .never }) { informer, _ in
            try await eventually { informer.status.failures > 5 }
            #expect(!informer.hasSynced)
            #expect(informer.lastError?.kind == .connectionLost)
            collection.refuse(nil)
            try await eventually { informer.hasSynced }
        }
    }

    @Test func whoListensLateIsToldOfTheListAtOnce() async throws {
        collection.set([widget("a", "1")], version: "5")
        try await withInformer { informer, _ in
            try await eventually { informer.hasSynced }
            var events = informer.events().makeAsyncIterator()
            guard case .synced = await events.next() else {
                Issue.record("expected synced")
                return
            }
            let watch = try await collection.watch(0)
            for version in 6..<100 { watch.event("MODIFIED", widget("a", "\(version)")) }
            watch.event("ADDED", widget("z", "100"))
            try await eventually { informer.objects.count == 2 }
            // Nobody read meanwhile: of a hundred changes one is left.
            guard case .changed(_, let object) = await events.next() else {
                Issue.record("expected a change")
                return
            }
            #expect(object.resourceVersion == "99")
            guard case .changed(key("z"), _) = await events.next() else {
                Issue.record("expected the other key")
                return
            }
        }
    }

    @Test func keepsOnlyWhatTheTransformKeeps() async throws {
        collection.set([widget("a", "1"), widget("skip", "2")], version: "5")
        let collection = collection
        let server = try await ScriptedServer.start { collection.handle($0) }
        try await withClient(ClusterConfiguration(server: server.address)) { client in
            let informer = Informer<String>(
                client: client, type: widgets, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ) { $0.name == "skip" ? nil : $0.uid }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await informer.run() }
                defer { group.cancelAll() }
                try await eventually { informer.hasSynced }
                #expect(informer.objects == [key("a"): "uid-a"])
            }
        }
    }

    @Test func endsItsEventsWhenItIsStopped() async throws {
        let collection = collection
        let server = try await ScriptedServer.start { collection.handle($0) }
        try await withClient(ClusterConfiguration(server: server.address)) { client in
            let informer = Informer(
                client: client, type: widgets, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let events = informer.events()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await informer.run() }
                try await eventually { informer.status.isWatching }
                group.cancelAll()
            }
            var seen = 0
            for await _ in events { seen += 1 }
            #expect(seen <= 1)
            for await _ in informer.events() { Issue.record("an event after the end") }
        }
    }

    @Test func tenThousandObjects() async throws {
        collection.set((0..<10_000).map { widget("w\($0)", "\($0)") }, version: "10000")
        try await withInformer { informer, _ in
            try await eventually { informer.hasSynced }
            #expect(informer.objects.count == 10_000)
            let watch = try await collection.watch(0)
            for number in 0..<1_000 { watch.event("MODIFIED", widget("w\(number)", "\(20_000 + number)")) }
            try await eventually { informer.objects[key("w999")]?.resourceVersion == "20999" }
        }
    }
}
