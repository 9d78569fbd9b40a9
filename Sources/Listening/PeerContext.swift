public import Hummingbird
import NIOCore
import NIOSSL

/// A request's context that knows the connection.
public struct PeerContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The address of the other end; empty where it has none.
    public var peerAddress: String { channel.remoteAddress?.ipAddress ?? "" }

    /// The client certificate in DER, which has been checked against the authorities of the server's TLS settings; nil
    /// where the client sent none, and without TLS.
    public func clientCertificate() async -> [UInt8]? {
        guard let certificate = try? await channel.nioSSL_peerCertificate().get() else { return nil }
        return try? certificate.toDERBytes()
    }
}
