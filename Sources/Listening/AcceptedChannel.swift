import HummingbirdCore
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle

/// HTTP over the connections of a server, with TLS or without.
struct AcceptedChannel: ServerChildChannel {
    let base: HTTP1Channel
    /// The settings of each new connection, so that a renewed certificate counts: Hummingbird's own TLS channel keeps the
    /// one it started with. Nil speaks without TLS.
    let tls: (@Sendable () -> NIOSSLContext)?
    let places: ConnectionPlaces

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<AcceptedConnection> {
        guard places.take(channel) else {
            channel.close(promise: nil)
            return channel.eventLoop.makeFailedFuture(TooManyConnections())
        }
        let secured = channel.eventLoop.makeCompletedFuture {
            guard let tls else { return }
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls()))
        }
        return secured.flatMap { base.setup(channel: channel, logger: logger) }.map { AcceptedConnection($0) }
    }

    func handle(value: AcceptedConnection, logger: Logger) async {
        // The server tells its connections that it ends; one that was just being set up has not heard it.
        await withGracefulShutdownHandler {
            await base.handle(value: value.parts, logger: logger)
        } onGracefulShutdown: {
            let channel = value.channel
            channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        }
    }
}
