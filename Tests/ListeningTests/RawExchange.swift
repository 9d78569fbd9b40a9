import Hummingbird
import Listening
import Logging
import NIOCore
import NIOPosix
import TestSupport

/// Requests as bytes to a listener that answers everything alike: 404 and `nothing here`.
enum RawExchange {
    private struct Answer: HTTPResponder {
        func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
            Response(status: .notFound, body: ResponseBody(byteBuffer: ByteBuffer(string: "nothing here")))
        }
    }

    /// - Returns: all that comes until the listener closes the connection.
    static func answers(to requests: String) async throws -> String {
        let listener = HTTPListener(
            Answer(), host: "127.0.0.1", port: 0, idleTimeout: .seconds(600),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            defer { tasks.cancelAll() }
            tasks.addTask { try await listener.run() }
            let port = try await listener.started().port
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            return try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: requests))
                var text = ""
                for try await buffer in inbound { text += String(buffer: buffer) }
                return text
            }
        }
    }
}
