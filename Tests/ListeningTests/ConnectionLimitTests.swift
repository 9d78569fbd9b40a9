import Hummingbird
import Logging
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Listening

/// Clients that hold connections.
@Suite struct ConnectionLimitTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Answers with more than any buffer between the two ends holds, and counts the answers that could not be sent.
    private struct Endless: HTTPResponder {
        let cutOff = Counter()

        func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
            guard request.uri.path != "/" else { return Response(status: .ok) }
            return Response(
                status: .ok,
                body: ResponseBody { [cutOff] writer in
                    let part = ByteBuffer(repeating: 0x78, count: 64 << 10)
                    do {
                        while true { try await writer.write(part) }
                    } catch {
                        cutOff.next()
                        throw error
                    }
                })
        }
    }

    private static func run(
        _ change: (inout ListenerLimits) -> Void, _ body: @Sendable (Int, Counter) async throws -> Void
    ) async throws {
        var limits = ListenerLimits(idleTimeout: .seconds(600))
        change(&limits)
        let responder = Endless()
        let listener = HTTPListener(responder, host: "127.0.0.1", port: 0, limits: limits, logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            defer { tasks.cancelAll() }
            tasks.addTask { try await listener.run() }
            try await body(try await listener.started().port, responder.cutOff)
        }
    }

    /// Says that something has come.
    private final class FirstRead: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let promise: EventLoopPromise<Void>
        init(_ promise: EventLoopPromise<Void>) { self.promise = promise }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) { promise.succeed() }
        func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }
    }

    /// A client that comes from an address of this machine.
    private static func client(_ address: String) throws -> ClientBootstrap {
        ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(to: try SocketAddress(ipAddress: address, port: 0))
    }

    /// A connection that was served once and stays open.
    private static func connect(_ port: Int, from address: String = "127.0.0.1") async throws -> any Channel {
        let channel = try await client(address).connect(host: "127.0.0.1", port: port).get()
        let read = channel.eventLoop.makePromise(of: Void.self)
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandler(FirstRead(read))
        }.get()
        try await channel.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
        try await read.futureResult.get()
        return channel
    }

    /// Whether a new connection is served.
    private static func isServed(_ port: Int, from address: String = "127.0.0.1") async throws -> Bool {
        let channel = try await client(address).connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            do {
                let request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                try await outbound.write(ByteBuffer(string: request))
                for try await part in inbound { return String(buffer: part).hasPrefix("HTTP/1.1 200") }
            } catch {}
            return false
        }
    }

    @Test func oneClientGetsAShareOfTheConnections() async throws {
        try await Self.run {
            $0.connectionsOfOne = 3
        } _: { port, _ in
            var idle: [any Channel] = []
            for _ in 0..<3 { idle.append(try await Self.connect(port)) }
            try await eventually("a fourth is closed") { try await !Self.isServed(port) }
            for channel in idle { #expect(channel.isActive) }
            try await idle.removeLast().close()
            try await eventually("a place that is given back counts") { try await Self.isServed(port) }
            for channel in idle { try await channel.close() }
        }
    }

    /// What a probe needs: where two addresses have all that they can get, one that has none is answered.
    @Test(.timeLimit(.minutes(1))) func aFewClientsLeaveConnectionsToOthers() async throws {
        try await Self.run {
            ($0.connections, $0.connectionsOfOne, $0.few) = (32, 20, 2)
        } _: { port, _ in
            var held: [any Channel] = []
            for number in 0..<28 {
                held.append(try await Self.connect(port, from: number < 20 ? "127.0.0.2" : "127.0.0.3"))
            }
            for address in ["127.0.0.2", "127.0.0.3"] {
                #expect(try await !Self.isServed(port, from: address), "the rest is kept for others")
            }
            for address in ["127.0.0.4", "127.0.0.4", "127.0.0.5", "127.0.0.5"] {
                held.append(try await Self.connect(port, from: address))
            }
            // Now all are taken, and who comes waits.
            async let waits = Self.isServed(port, from: "127.0.0.6")
            try await Task.sleep(for: .milliseconds(200))
            try await held.removeFirst().close()
            #expect(try await waits)
            for channel in held { try await channel.close() }
        }
    }

    /// Connections leave descriptors to files and programs, whatever the limit is, and keep some of themselves for the few.
    @Test(
        arguments: [
            (65_536, 4_096, 2_048, 256), (4_096, 1_792, 896, 224), (1_024, 256, 128, 32), (256, 64, 32, 8),
            (1, 1, 1, 0),
        ])
    func fewDescriptorsAreFewerConnections(_ descriptors: Int, _ all: Int, _ ofOne: Int, _ forFew: Int) {
        let limits = ListenerLimits().fitted(to: descriptors)
        #expect((limits.connections, limits.connectionsOfOne, limits.connectionsForFew) == (all, ofOne, forFew))
    }

    @Test func whoTakesNothingOfAnAnswerIsCutOff() async throws {
        try await Self.run {
            $0.stallTimeout = .milliseconds(300)
        } _: { port, cutOff in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: false)
                .connect(host: "127.0.0.1", port: port).get()
            try await channel.writeAndFlush(ByteBuffer(string: "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n"))
            try await eventually("the connection is ended") { cutOff.value == 1 }
            try? await channel.close()
        }
    }
}
