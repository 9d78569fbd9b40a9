import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// Cuts off clients that hold a connection without using it: those that go on sending a body after its request was
/// answered, and those that do not read their answer.
///
/// Ends a connection, too, whose client has offered another protocol (`curl --http2`): the request is answered, as a server
/// need not change protocols (RFC 9110, 7.8), but what follows on it is no longer taken for HTTP by the decoder.
///
/// A head that comes byte by byte ends with the idle timeout, which only whole heads and parts of bodies put off.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let linger: TimeAmount
    private let stall: TimeAmount
    /// Whether a body still comes.
    private var isReading = false
    private var requests = 0
    /// Whether the decoder reads no further than to the end of the request that came last.
    private var isLast = false
    private var lingering: Scheduled<Void>?
    private var stalled: Scheduled<Void>?

    /// - Parameters:
    ///   - linger: how long the rest of a body is read after its request was answered.
    ///   - stall: how long a client may take none of what is sent to it.
    init(linger: TimeAmount, stall: TimeAmount) {
        self.linger = linger
        self.stall = stall
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isReading = true
            requests += 1
            isLast = head.headerFields[.upgrade] != nil || head.method == .connect
        case .body: break
        case .end:
            isReading = false
            // The last one's answer has gone out: its connection still ends.
            if !isLast {
                lingering?.cancel()
                lingering = nil
            }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where isLast && requests == 1:
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            requests -= 1
            if requests == 0, isReading, lingering == nil { lingering = close(context, in: linger) }
            // While its body still comes, closing at once might lose the answer: that is for the linger.
            guard requests == 0, isLast, !isReading else { return context.write(data, promise: promise) }
            let written = promise ?? context.eventLoop.makePromise()
            written.futureResult.whenComplete { [channel = context.channel] _ in
                channel.close(mode: .all, promise: nil)
            }
            context.write(data, promise: written)
        case .head, .body: context.write(data, promise: promise)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            stalled?.cancel()
            stalled = nil
        } else if stalled == nil {
            stalled = close(context, in: stall)
        }
        context.fireChannelWritabilityChanged()
    }

    func handlerRemoved(context: ChannelHandlerContext) { cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        cancel()
        context.fireChannelInactive()
    }

    private func close(_ context: ChannelHandlerContext, in time: TimeAmount) -> Scheduled<Void> {
        let channel = context.channel
        return context.eventLoop.scheduleTask(in: time) { channel.close(mode: .all, promise: nil) }
    }

    private func cancel() {
        lingering?.cancel()
        stalled?.cancel()
        (lingering, stalled) = (nil, nil)
    }
}
