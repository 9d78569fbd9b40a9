import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// HTTP over TLS, each connection with the newest certificate there is.
///
/// Hummingbird's own TLS channel keeps the certificate it started with.
struct SecuredChannel: ServerChildChannel {
    let base: HTTP1Channel
    let context: @Sendable () -> NIOSSLContext

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context()))
        }.flatMap { base.setup(channel: channel, logger: logger) }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
