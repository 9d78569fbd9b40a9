import AsyncHTTPClient
import NIOCore
import NIOSSL

/// Why no answer came, in the words of metrics.
enum NoReply: String, Sendable {
    case cancelled
    case timedOut = "timed_out"
    case tls
    /// Longer than is read.
    case unreadable
    case unreachable

    init(_ error: any Error) {
        self =
            switch error {
            case is CancellationError: .cancelled
            case is NIOTooManyBytesError: .unreadable
            case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: .tls
            case let error as HTTPClientError:
                switch error {
                case .cancelled, .alreadyShutdown: .cancelled
                case .deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout, .getConnectionFromPoolTimeout:
                    .timedOut
                case .tlsHandshakeTimeout: .tls
                default: .unreachable
                }
            default: .unreachable
            }
    }
}
