import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// Takes the frames of a connection: answers pings and challenges itself and hands over the rest.
final class FrameHandler: ChannelInboundHandler {
    typealias InboundIn = Frame
    typealias OutboundOut = Frame

    /// After this silence the broker is asked whether it is there, after twice that it is not.
    static let silence: TimeAmount = .seconds(30)

    private let inbox: Inbox
    private let address: BrokerAddress
    private let token: CurrentToken
    private var awaitsPong = false

    init(inbox: Inbox, address: BrokerAddress, token: CurrentToken) {
        self.inbox = inbox
        self.address = address
        self.token = token
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        awaitsPong = false
        let frame = unwrapInboundIn(data)
        switch frame.command.hasType ? frame.command.type : nil {
        // Who does not read what we answer gets no more answers.
        case .ping: if context.channel.isWritable { write(.pong, context) }
        case .authChallenge: if context.channel.isWritable { renew(context) }
        default: inbox.take(frame)
        }
    }

    /// Answers a challenge, which brokers send when a token is about to expire, with what the file was last found to hold.
    private func renew(_ context: ChannelHandlerContext) {
        guard let token = token.known else {
            return end(context, PulsarError(.unauthorized, "\(address) asks for a token, and none is configured"))
        }
        write(.authResponse(token: token), context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? IdleStateHandler.IdleStateEvent == .read {
            guard !awaitsPong else { return end(context, PulsarError(.lost, "\(address) has fallen silent")) }
            awaitsPong = true
            write(.ping, context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        inbox.end(PulsarError(.lost, "\(address) has closed the connection"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(context, ConnectionFailure.explain(error, address))
    }

    private func end(_ context: ChannelHandlerContext, _ reason: PulsarError) {
        inbox.end(reason)
        context.close(promise: nil)
    }

    private func write(_ command: WireBaseCommand, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(Frame(command)), promise: nil)
    }
}

/// Says in a sentence why a connection cannot be made or read.
enum ConnectionFailure {
    static func explain(_ error: any Error, _ address: BrokerAddress) -> PulsarError {
        switch error {
        case let error as PulsarError: return error
        case let error as FrameError:
            return PulsarError(.damaged, "\(address) sends what is not Pulsar's protocol: \(error)")
        case let error as NIOConnectionError:
            if let cause = error.connectionErrors.first?.error {
                return PulsarError(.unreachable, "\(address) cannot be reached: \(explain(cause))")
            }
            return PulsarError(.unreachable, "\(address) cannot be reached: nobody knows the name")
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            return PulsarError(.unreachable, "\(address) shows a certificate that is for another name")
        case NIOSSLError.handshakeFailed(let cause):
            let isUntrusted = String(describing: cause).contains("CERTIFICATE_VERIFY_FAILED")
            return PulsarError(
                .unreachable,
                isUntrusted
                    ? "\(address) shows a certificate that nobody signed who is trusted here"
                    : "\(address) and this service find no way to speak TLS")
        case NIOSSLError.uncleanShutdown: return PulsarError(.lost, "\(address) has cut the connection")
        default: return PulsarError(.lost, "the connection to \(address) has failed: \(explain(error))")
        }
    }

    private static func explain(_ error: any Error) -> String {
        switch error {
        case ChannelError.connectTimeout: "it does not answer"
        // NIO's own text begins with what the system call was for, which is not what went wrong.
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        default: String(describing: error)
        }
    }
}
