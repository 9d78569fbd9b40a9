import Hummingbird
import Listening
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import TestSupport
import Testing

/// Clients that connect while a server begins and ends.
@Suite(.serialized) struct ConnectionStormTests {
    /// How a server is told to end.
    enum End: CaseIterable { case cancellation, shutdown }

    /// However it ends, the process lives, and no connection outlives its server: neither one that waits to be accepted, nor
    /// one that has just been, nor one that is used.
    @Test(arguments: End.allCases) func aServerEndsUnderAStorm(_ end: End) async throws {
        for round in 0..<200 {
            let listener = Answer.listener()
            let group = ServiceGroup(services: [listener], logger: quiet)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                defer { tasks.cancelAll() }
                tasks.addTask { try await group.run() }
                let port = try await listener.started().port
                let storm = (0..<48).map { Client.connect(to: port, asks: $0 % 3 == 0) }
                // Early in some rounds, late in others.
                _ = try? await storm[round % storm.count].get()
                switch end {
                case .cancellation: tasks.cancelAll()
                case .shutdown: await group.triggerGracefulShutdown()
                }
                while let result = await tasks.nextResult() {
                    if case .failure(let error) = result, !(error is CancellationError) { throw error }
                }
                for connection in storm {
                    guard let channel = try? await connection.get() else { continue }
                    // One that the kernel had not handed over when the port was closed has no other end any more, which it
                    // learns when it sends something.
                    channel.writeAndFlush(ByteBuffer(string: "\r\n"), promise: nil)
                    try await channel.closeFuture.get()
                }
            }
        }
    }

    @Test func whoWaitsForAListenerThatCannotListenIsTold() async throws {
        let first = Answer.listener()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            defer { tasks.cancelAll() }
            tasks.addTask { try await first.run() }
            let second = Answer.listener(port: try await first.started().port)
            await #expect(throws: (any Error).self) { try await second.run() }
            await #expect(throws: (any Error).self) { try await second.started() }
        }
    }
}

private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Answers everything.
private struct Answer: HTTPResponder {
    func respond(to request: Request, context: BasicRequestContext) async throws -> Response { Response(status: .ok) }

    static func listener(port: Int = 0) -> HTTPListener<Answer> {
        HTTPListener(Answer(), host: "127.0.0.1", port: port, idleTimeout: .seconds(600), logger: quiet)
    }
}

/// A client that never closes its connection.
private enum Client {
    static func connect(to port: Int, asks: Bool) -> EventLoopFuture<any Channel> {
        ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port)
            .map { channel in
                guard asks else { return channel }
                channel.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: x\r\n\r\n"), promise: nil)
                return channel
            }
    }
}
