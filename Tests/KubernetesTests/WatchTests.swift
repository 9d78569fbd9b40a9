import JSONValues
import TestSupport
import Testing

@testable import Kubernetes

@Suite struct WatchTests {
    private let handle = StreamHandle()

    private func server() async throws -> ScriptedServer {
        let handle = handle
        return try await ScriptedServer.start { _ in .stream(handle) }
    }

    private func events(_ watch: Watch) async throws -> [WatchEvent] {
        var events: [WatchEvent] = []
        for try await event in watch { events.append(event) }
        return events
    }

    @Test func asksForWhatItNeeds() async throws {
        let server = try await server()
        try await withClient(ClusterConfiguration(server: server.address)) { client in
            var iterator = client.watch(
                widgets, namespace: "demo", labelSelector: "a=b", resourceVersion: "7", timeout: .seconds(60)
            ).makeAsyncIterator()
            try await iterator.connect()
        }
        #expect(server.requests.first?.path == "/apis/example.com/v1/namespaces/demo/widgets")
        #expect(
            server.requests.first?.query == [
                "watch": "true", "allowWatchBookmarks": "true", "labelSelector": "a%3Db", "resourceVersion": "7",
                "timeoutSeconds": "60",
            ])
    }

    @Test func aRecordedWatchReadsWhereverItsChunksEnd() async throws {
        let exchange = try #require(recording("watch").first { $0["name"] == "watch one namespace from a list" })
        let recorded = exchange.at("response", "stream")?.array?.compactMap { $0["event"] } ?? []
        let text = recorded.map { $0.text() + "\n" }.joined()
        let expected = recorded.map { event in
            var event = event
            event["object"]?["metadata"]?["managedFields"] = nil
            return event
        }
        for size in [1, 7, 100, 4_096, text.utf8.count] {
            let handle = StreamHandle()
            let server = try await ScriptedServer.start { _ in .stream(handle) }
            try await withClient(ClusterConfiguration(server: server.address)) { client in
                var iterator = client.watch(widgets, resourceVersion: "1").makeAsyncIterator()
                try await iterator.connect()
                var rest = Array(text.utf8)[...]
                while !rest.isEmpty {
                    handle.send(Array(rest.prefix(size)))
                    rest = rest.dropFirst(size)
                }
                handle.end()
                var found: [JSON] = []
                while let event = try await iterator.next() {
                    found.append(["type": .string(event.kind.rawValue), "object": event.object.json])
                }
                #expect(found == expected)
            }
        }
    }

    @Test func anEventComesAsSoonAsItsLineEnds() async throws {
        let server = try await server()
        try await withClient(ClusterConfiguration(server: server.address)) { client in
            var iterator = client.watch(widgets, resourceVersion: "1").makeAsyncIterator()
            try await iterator.connect()
            handle.event("ADDED", widget("a", "2"))
            #expect(try await iterator.next()?.object.name == "a")
            handle.event("BOOKMARK", ["metadata": ["resourceVersion": "9"]])
            let bookmark = try await iterator.next()
            #expect(bookmark?.kind == .bookmark)
            #expect(bookmark?.object.resourceVersion == "9")
            handle.end()
            #expect(try await iterator.next() == nil)
            #expect(try await iterator.next() == nil)
        }
    }

    @Test func tellsACutFromAnEnd() async throws {
        for partial in ["", "{\"type\":"] {
            let handle = StreamHandle()
            let server = try await ScriptedServer.start { _ in .stream(handle) }
            try await withClient(ClusterConfiguration(server: server.address)) { client in
                var iterator = client.watch(widgets, resourceVersion: "1").makeAsyncIterator()
                try await iterator.connect()
                handle.event("ADDED", widget("a", "2"))
                handle.send(partial)
                #expect(try await iterator.next()?.object.name == "a")
                handle.cut()
                let error = await failure { _ = try await iterator.next() }
                #expect(error?.kind == .connectionLost, "\(String(describing: error))")
                #expect(try await iterator.next() == nil)
            }
        }
    }

    @Test func anEndInTheMiddleOfAnEventIsACut() async throws {
        let server = try await server()
        try await withClient(ClusterConfiguration(server: server.address)) { client in
            var iterator = client.watch(widgets, resourceVersion: "1").makeAsyncIterator()
            try await iterator.connect()
            handle.send("{\"type\":")
            handle.end()
            let error = await failure { _ = try await iterator.next() }
            #expect(error?.kind == .connectionLost)
        }
    }

    @Test func aTooOldVersionIsGone() async throws {
        let server = try await server()
        let stream = try #require(
            recording("watch-expired").first {
                $0.at("response", "stream")?[0]?.at("event", "type") == "ERROR"
            })
        let event = try #require(stream.at("response", "stream")?[0]?["event"])
        try await withClient(ClusterConfiguration(server: server.address)) { client in
            var iterator = client.watch(widgets, resourceVersion: "1").makeAsyncIterator()
            try await iterator.connect()
            handle.send(event.text() + "\n")
            let error = await failure { _ = try await iterator.next() }
            #expect(error?.isGone == true)
            #expect(error?.message == event.at("object", "message")?.string)
        }
    }

    @Test func aRefusalIsAnError() async throws {
        let server = try await ScriptedServer.start { _ in
            .json(status(403, "Forbidden", "widgets is forbidden"), 403)
        }
        try await withClient(ClusterConfiguration(server: server.address)) { client in
            let error = await failure { _ = try await self.events(client.watch(widgets, resourceVersion: nil)) }
            #expect(error?.isForbidden == true)
            #expect(error?.operation.description == "watch widgets.example.com in all namespaces")
        }
    }

    @Test(arguments: ["no json\n", "{\"type\":\"ADDED\"}\n", "{\"type\":\"NEW\",\"object\":{}}\n"])
    func nonsenseIsAnError(text: String) async throws {
        let server = try await server()
        try await withClient(ClusterConfiguration(server: server.address)) { client in
            var iterator = client.watch(widgets, resourceVersion: "1").makeAsyncIterator()
            try await iterator.connect()
            handle.send(text)
            let error = await failure { _ = try await iterator.next() }
            #expect(error?.kind == .decoding)
            #expect(try await iterator.next() == nil)
        }
    }

    @Test func aSilentStreamIsACut() async throws {
        let server = try await server()
        let options = quickOptions { options in
            options.watchTimeout = .milliseconds(100)
            options.watchGrace = .milliseconds(50)
        }
        try await withClient(ClusterConfiguration(server: server.address), options: options) { client in
            let error = await failure { _ = try await self.events(client.watch(widgets, resourceVersion: "1")) }
            #expect(error?.kind == .timedOut)
        }
    }

    @Test func aWatchThatIsDroppedClosesItsConnection() async throws {
        let server = try await server()
        try await withClient(ClusterConfiguration(server: server.address)) { client in
            do {
                var iterator = client.watch(widgets, resourceVersion: "1").makeAsyncIterator()
                try await iterator.connect()
                handle.event("ADDED", widget("a", "2"))
                _ = try await iterator.next()
                #expect(handle.isOpen)
            }
            try await eventually { !handle.isOpen }
        }
    }
}
