import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Sorts the errors of the network into what they mean for a caller and for another try.
enum TransportError {
    /// - Parameters:
    ///   - wasSent: whether any of the request has gone out.
    ///   - limit: how long the request might take, for the message.
    static func classify(
        _ error: any Error, wasSent: Bool, limit: Duration, operation: KubernetesError.Operation
    ) -> TransportFailure {
        func failed(_ kind: KubernetesError.Kind, _ failure: RetryPolicy.Failure, _ message: String) -> TransportFailure
        {
            TransportFailure(
                failure: failure, error: KubernetesError(kind, operation: operation, message: message))
        }
        let unknown: RetryPolicy.Failure = wasSent ? .lost : .notSent
        switch error {
        case is CancellationError: return failed(.cancelled, .final, "the task was cancelled")
        case is Fenced: return failed(.cancelled, .final, "another process may write now, this one does no more")
        case let error as ExchangeDelegate.TooLarge: return failed(.decoding, .final, error.description)
        case let error as HTTPClientError:
            switch error {
            case .cancelled, .requestStreamCancelled: return failed(.cancelled, .final, "the task was cancelled")
            case .alreadyShutdown: return failed(.cancelled, .final, "the client is shut down")
            case .deadlineExceeded: return failed(.timedOut, unknown, "nothing within \(limit)")
            case .readTimeout: return failed(.timedOut, .lost, "the connection is silent")
            case .writeTimeout: return failed(.timedOut, .lost, "the connection takes no data")
            case .connectTimeout: return failed(.unreachable, .notSent, "no connection in time")
            case .getConnectionFromPoolTimeout:
                return failed(.unreachable, .notSent, "no free connection in time")
            case .tlsHandshakeTimeout: return failed(.tls, .notSent, "no TLS handshake in time")
            case .socksHandshakeTimeout, .httpProxyHandshakeTimeout:
                return failed(.unreachable, .notSent, "no answer of the proxy in time")
            case .proxyAuthenticationRequired, .invalidProxyResponse:
                return failed(.unreachable, .final, "the proxy refuses: \(error.shortDescription)")
            case .remoteConnectionClosed, .uncleanShutdown:
                return failed(
                    wasSent ? .connectionLost : .unreachable, unknown, "the server closed the connection")
            default: return failed(wasSent ? .connectionLost : .unreachable, unknown, error.shortDescription)
            }
        case let error as HTTPParserError where !isEnd(error):
            return failed(.decoding, wasSent ? .lost : .notSent, "no HTTP: \(error)")
        default:
            if let reason = certificateProblem(error) {
                return failed(.tls, .final, reason)
            }
            if !wasSent, isTLS(error) { return failed(.tls, .notSent, text(error)) }
            return failed(wasSent ? .connectionLost : .unreachable, unknown, text(error))
        }
    }

    /// Whether an answer stopped in the middle, as when the server was killed.
    private static func isEnd(_ error: HTTPParserError) -> Bool { error == .invalidEOFState }

    private static func isTLS(_ error: any Error) -> Bool {
        error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError
    }

    /// What is wrong with a certificate, the server's or ours; nil where the error is about something else.
    private static func certificateProblem(_ error: any Error) -> String? {
        guard isTLS(error) else { return nil }
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
            return "the server's certificate is for another name: \(error)"
        }
        let text = String(describing: error)
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "the server's certificate is not signed by a trusted authority"
                + " (certificate-authority of the cluster)"
        }
        if text.contains("ALERT") && text.contains("CERTIFICATE") {
            return "the server does not accept our client certificate"
        }
        return nil
    }

    private static func text(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let failure = error.connectionErrors.first {
                return "\(text(failure.error)) (\(error.host):\(error.port))"
            }
            return "the name \(error.host) does not resolve"
        case let error as IOError: return error.description
        case is HTTPParserError: return "the answer stops in the middle"
        default: return String(describing: error)
        }
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let limit = Int64.max / 2_000_000_000
        self = .nanoseconds(min(seconds, limit) * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
