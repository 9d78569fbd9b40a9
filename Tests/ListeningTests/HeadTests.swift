import Foundation
import Hummingbird
import Listening
import Logging
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// `HEAD` has an answer without a body, whatever the responder makes of it.
@Suite struct HeadTests {
    /// Answers everything alike, `HEAD` too.
    private struct Answer: HTTPResponder {
        func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
            Response(status: .notFound, body: ResponseBody(byteBuffer: ByteBuffer(string: "nothing here")))
        }
    }

    @Test func theNextAnswerBeginsWhereTheHeadEnds() async throws {
        let listener = HTTPListener(
            Answer(), host: "127.0.0.1", port: 0, idleTimeout: .seconds(600),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            defer { tasks.cancelAll() }
            tasks.addTask { try await listener.run() }
            let port = try await listener.started().port
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            let text = try await channel.executeThenClose { inbound, outbound in
                let requests = ["HEAD", "GET"].map { "\($0) / HTTP/1.1\r\nHost: x\r\n" }
                try await outbound.write(
                    ByteBuffer(string: requests[0] + "\r\n" + requests[1] + "Connection: close\r\n\r\n"))
                var text = ""
                for try await buffer in inbound { text += String(buffer: buffer) }
                return text
            }
            let answers = text.components(separatedBy: "HTTP/1.1 404 Not Found\r\n")
            #expect(answers.count == 3 && answers[0].isEmpty, "\(text)")
            #expect(answers[1].hasSuffix("\r\n\r\n") && answers[1].lowercased().contains("content-length: 12\r\n"))
            #expect(answers[2].hasSuffix("\r\n\r\nnothing here"))
        }
    }
}
