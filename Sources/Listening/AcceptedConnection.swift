import HummingbirdCore
import NIOCore

/// A connection that a client has made, which ends with whoever holds it.
///
/// swift-nio stops the process where a connection's writer is dropped open. That is what becomes of connections that were
/// accepted while their server ends: nobody comes any more to serve them. Here such a connection is closed, and its writer
/// kept until that is done, which finishes it.
final class AcceptedConnection: ServerChildChannelValue {
    let parts: HTTP1Channel.Value

    var channel: any Channel { parts.channel }

    init(_ parts: HTTP1Channel.Value) { self.parts = parts }

    deinit {
        // Does nothing to one that was served, as that is closed.
        let parts = parts
        parts.channel.closeFuture.whenComplete { _ in withExtendedLifetime(parts) {} }
        parts.channel.close(promise: nil)
    }
}
