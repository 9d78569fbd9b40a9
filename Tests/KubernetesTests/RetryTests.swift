import JSONValues
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Kubernetes

/// Requests that are made again, seen from the server.
@Suite struct RetryTests {
    /// Answers each try with the next script, the last one for all that follow.
    private func server(_ scripts: [Script]) async throws -> ScriptedServer {
        let count = Counter()
        return try await ScriptedServer.start { _ in scripts[min(count.next(), scripts.count) - 1] }
    }

    private static let busy = Script.reply(429, "Too many requests", headers: ["Retry-After": "0"])
    private static let fine = Script.json(widget("a", "1"))

    enum Verb: String, CaseIterable, Sendable {
        case get, list, apply, create, replace, patch, guardedPatch, delete, guardedDelete, dryRun

        /// Whether a second time does no harm.
        var isRepeatable: Bool {
            switch self {
            case .create, .patch, .delete: false
            default: true
            }
        }

        func send(_ client: KubernetesClient) async throws {
            let body = widget("a", "3")
            switch self {
            case .get: _ = try await client.get(widgets, namespace: "demo", name: "a")
            case .list: _ = try await client.raw("/readyz")
            case .apply:
                _ = try await client.apply(widgets, namespace: "demo", name: "a", body: body, fieldManager: "m")
            case .create: _ = try await client.create(widgets, namespace: "demo", body: body)
            case .replace: _ = try await client.replace(widgets, namespace: "demo", name: "a", body: body)
            case .patch:
                _ = try await client.mergePatch(widgets, namespace: "demo", name: "a", body: ["spec": [:]])
            case .guardedPatch: _ = try await client.mergePatch(widgets, namespace: "demo", name: "a", body: body)
            case .delete: _ = try await client.delete(widgets, namespace: "demo", name: "a")
            case .guardedDelete:
                _ = try await client.delete(
                    widgets, namespace: "demo", name: "a", preconditions: Preconditions(uid: "u"))
            case .dryRun: _ = try await client.create(widgets, namespace: "demo", body: body, dryRun: true)
            }
        }
    }

    @Test(arguments: Verb.allCases)
    func tooManyRequestsAreTriedAgainWhateverTheVerb(verb: Verb) async throws {
        let server = try await server([Self.busy, Self.busy, Self.fine])
        try await withClient(ClusterConfiguration(server: server.address)) { try await verb.send($0) }
        #expect(server.requests.count == 3)
    }

    @Test(arguments: Verb.allCases, [Script.drop, .cut("{"), .reply(500, "boom"), .reply(503, "busy")])
    func whatMayHaveHappenedIsTriedAgainOnlyWhereThatDoesNoHarm(verb: Verb, script: Script) async throws {
        let server = try await server([script, script, Self.fine])
        let error = try await withClient(ClusterConfiguration(server: server.address)) { client in
            await failure { try await verb.send(client) }
        }
        #expect((error == nil) == verb.isRepeatable)
        #expect(server.requests.count == (verb.isRepeatable ? 3 : 1))
        if case .drop = script, !verb.isRepeatable { #expect(error?.kind == .connectionLost) }
    }

    @Test(arguments: [Verb.create, .delete, .get])
    func aRefusedConnectionIsTriedAgainWhateverTheVerb(verb: Verb) async throws {
        // An address of its own: on 127.0.0.1 any other test may be given the port meanwhile.
        let host = "127.0.2.\(1 + Verb.allCases.firstIndex(of: verb)!)"
        let server = try await ScriptedServer.start(host: host) { _ in Self.fine }
        let port = server.port
        try await server.stop()
        try await refuses(host, port)
        let options = quickOptions { options in
            options.retry.maximumAttempts = 10_000
            options.retry.longestTotal = .seconds(600)
            options.retry.firstDelay = .milliseconds(20)
        }
        let answer = try await withClient(
            ClusterConfiguration(server: server.address), options: options
        ) { client in
            async let sent: Void = verb.send(client)
            // A program that a test beside this one starts holds the port until it runs.
            let later = try await eventually("the port is free again") {
                try? await ScriptedServer.start(host: host, port: port) { _ in Self.fine }
            }
            try await sent
            return later.requests.count
        }
        #expect(answer == 1)
    }

    /// Waits until nobody listens there: a program that a test beside this one starts does so until it runs.
    private func refuses(_ host: String, _ port: Int) async throws {
        try await eventually("\(host):\(port) refuses") {
            let client = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            guard let channel = try? await client.connect(host: host, port: port).get() else { return true }
            try? await channel.close()
            return false
        }
    }

    @Test func givesUpAfterTheLastTry() async throws {
        let server = try await server([.reply(503, "still starting")])
        let error = try await withClient(ClusterConfiguration(server: server.address)) { client in
            await failure { try await Verb.get.send(client) }
        }
        #expect(error?.code == 503)
        #expect(server.requests.count == 5)
    }

    @Test func waitsAsLongAsTheServerAsks() async throws {
        let server = try await server([.reply(429, "later", headers: ["Retry-After": "1"]), Self.fine])
        let time = try await withClient(ClusterConfiguration(server: server.address)) { client in
            try await ContinuousClock().measure { try await Verb.apply.send(client) }
        }
        #expect(time >= .seconds(1))
        #expect(server.requests.count == 2)
    }

    @Test func handsALongWaitToTheCaller() async throws {
        let server = try await server([.reply(503, "later", headers: ["Retry-After": "3600"])])
        let error = try await withClient(ClusterConfiguration(server: server.address)) { client in
            await failure { try await Verb.get.send(client) }
        }
        #expect(error?.retryAfter == .seconds(3600))
        #expect(server.requests.count == 1)
    }

    @Test func aSilentServerTimesOut() async throws {
        let server = try await server([.hang])
        let options = quickOptions { options in
            options.requestTimeout = .milliseconds(100)
            options.retry = .never
        }
        let error = try await withClient(
            ClusterConfiguration(server: server.address), options: options
        ) { client in await failure { try await Verb.get.send(client) } }
        #expect(error?.kind == .timedOut)
        #expect(error?.isUnreachable == true)
    }

    @Test func aServerThatStopsInTheMiddleTimesOut() async throws {
        let handle = StreamHandle()
        let server = try await server([.stream(handle)])
        let options = quickOptions { options in
            options.readTimeout = .milliseconds(100)
            options.retry = .never
        }
        let error = try await withClient(
            ClusterConfiguration(server: server.address), options: options
        ) { client in await failure { try await Verb.get.send(client) } }
        #expect(error?.kind == .timedOut)
    }

    @Test func namesAServerThatIsNotThere() async throws {
        // An address of its own here, too.
        let server = try await ScriptedServer.start(host: "127.0.2.200") { _ in Self.fine }
        try await server.stop()
        try await refuses("127.0.2.200", server.port)
        let options = quickOptions { $0.retry = .never }
        for address in [server.address, "http://no-such-host.invalid:1"] {
            let error = try await withClient(ClusterConfiguration(server: address), options: options) { client in
                await failure { try await Verb.get.send(client) }
            }
            #expect(error?.kind == .unreachable, "\(String(describing: error))")
        }
    }

    @Test func cancellingStopsAtOnce() async throws {
        let server = try await server([.hang])
        let error = try await withClient(ClusterConfiguration(server: server.address)) { client in
            await withTaskGroup(of: KubernetesError?.self) { group in
                group.addTask { await failure { try await Verb.get.send(client) } }
                while server.requests.isEmpty { await Task.yield() }
                group.cancelAll()
                return await group.next() ?? nil
            }
        }
        #expect(error?.kind == .cancelled)
    }

    @Test func shuttingDownFailsWhatIsOnItsWay() async throws {
        let server = try await server([.hang])
        try await withClient(ClusterConfiguration(server: server.address)) { client in
            async let error = failure { try await Verb.apply.send(client) }
            while server.requests.isEmpty { await Task.yield() }
            await client.shutdown()
            #expect(await error?.kind == .cancelled)
            let later = await failure { try await Verb.get.send(client) }
            #expect(later?.kind == .cancelled)
        }
    }

    @Test func goesThroughAProxy() async throws {
        let proxy = try await ScriptedServer.start { _ in .reply(502, "not today") }
        var configuration = ClusterConfiguration(server: "https://api.invalid:6443")
        configuration.proxy = proxy.address
        let options = quickOptions { options in
            options.retry = .never
            options.connectTimeout = .seconds(30)
        }
        let error = try await withClient(configuration, options: options) { client in
            await failure { try await Verb.get.send(client) }
        }
        #expect(error?.kind == .unreachable, "\(String(describing: error))")
        #expect(proxy.requests.first?.method == "CONNECT")
        #expect(proxy.requests.first?.target == "api.invalid:6443")
    }

    @Test func anAnswerThatIsTooLargeIsRefused() async throws {
        let server = try await server([.reply(200, String(repeating: "x", count: 10_000))])
        let options = quickOptions { $0.maximumResponseSize = 1_000 }
        let error = try await withClient(
            ClusterConfiguration(server: server.address), options: options
        ) { client in await failure { try await Verb.list.send(client) } }
        #expect(error?.kind == .decoding)
        #expect(server.requests.count == 1)
    }
}
