import JSONValues
import Kubernetes
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// A server that answers as soon as it has seen the head of a request, and hangs up, as one does that is overloaded or ends.
@Suite struct EarlyAnswerTests {
    /// Whatever of the body is still on its way then: the process lives, and each request has an answer or a failure.
    @Test func anAnswerBeforeTheBodyDoesNoHarm() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Hasty()) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        try await withClient(
            ClusterConfiguration(server: "http://127.0.0.1:\(port)"), options: quickOptions { $0.retry = .never }
        ) { client in
            let fenced = client.fenced { true }
            let (refused, cut) = (Counter(), Counter())
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        for _ in 0..<250 {
                            let error = await failure {
                                _ = try await fenced.apply(
                                    widgets, namespace: "demo", name: "a", body: widget("a", "1"),
                                    fieldManager: "test", force: true)
                            }
                            if error?.code == 429 { refused.next() } else if error?.code == nil { cut.next() }
                        }
                    }
                }
            }
            #expect(refused.value > 0, "no answer was ever read")
            #expect(refused.value + cut.value == 16 * 250)
        }
        try await server.close()
    }
}

/// Answers the first bytes that come, and closes.
private final class Hasty: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var hasAnswered = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let answer = ByteBuffer(string: "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n")
        guard !hasAnswered else { return }
        hasAnswered = true
        context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        let channel = context.channel
        _ = context.eventLoop.scheduleTask(in: .microseconds(.random(in: 0...200))) { channel.close(promise: nil) }
    }
}
