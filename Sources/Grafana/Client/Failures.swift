import AsyncHTTPClient
import JSONValues
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Sorts what goes wrong on the network, and what servers answer, into what it means for a caller.
enum Failures {
    /// No answer.
    static func classify(
        _ error: any Error, _ operation: String, limit: Duration, maximum: Int
    ) -> GrafanaError {
        switch error {
        case let error as GrafanaError: return error
        case is CancellationError: return GrafanaError(.cancelled, operation, "cancelled")
        case is NIOTooManyBytesError:
            return GrafanaError(.unreadable, operation, "the answer is larger than \(maximum >> 20) MiB")
        case let error as HTTPClientError:
            switch error {
            case .cancelled, .alreadyShutdown: return GrafanaError(.cancelled, operation, "cancelled")
            case .deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout, .getConnectionFromPoolTimeout:
                return GrafanaError(.timedOut, operation, "no answer within \(limit)")
            case .tlsHandshakeTimeout: return GrafanaError(.tls, operation, "no TLS handshake in time")
            default: return GrafanaError(.unreachable, operation, error.shortDescription)
            }
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            let text = String(describing: error)
            let isUntrusted = text.contains("CERTIFICATE_VERIFY_FAILED") || text.contains("failedToValidateHostname")
            return GrafanaError(
                .tls, operation,
                isUntrusted ? "the server's certificate is not signed by a trusted authority for its name" : text)
        case let error as NIOConnectionError:
            guard let first = error.connectionErrors.first else {
                return GrafanaError(.unreachable, operation, "the name \(error.host) does not resolve")
            }
            return GrafanaError(.unreachable, operation, "\(first.error) (\(error.host):\(error.port))")
        default: return GrafanaError(.unreachable, operation, String(describing: error))
        }
    }

    /// An answer that is none of 2xx. Grafana says `message`, and a word for programs in `status`; Prometheus `error`.
    static func answered(_ code: Int, _ headers: HTTPHeaders, _ body: JSON?, _ operation: String) -> GrafanaError {
        let said = (body?["message"]?.string ?? body?["error"]?.string).map { String($0.prefix(300)) }
        let word = body?["status"]?.string
        let isSave = operation.hasSuffix("/dashboards/db")
        let kind: GrafanaError.Kind =
            switch code {
            case 401: .unauthorized
            case 403: .forbidden
            case 400 where isSave && said?.lowercased().contains("folder not found") == true,
                404 where isSave && word != "not-found" && said?.lowercased().contains("folder") == true:
                .folderMissing
            case 404: .notFound
            case 409: .nameExists
            case 412 where word == "name-exists": .nameExists
            case 412 where word == "version-mismatch": .versionMismatch
            case 429: .tooManyRequests
            case 500...: .server
            default: .refused
            }
        let message =
            (300..<400).contains(code)
            ? "a redirect to \(headers.first(name: "Location") ?? "nowhere"); is the address complete?"
            : said ?? "no reason given"
        let seconds = headers.first(name: "Retry-After").flatMap { Int($0) }.map { min(max($0, 0), 600) }
        return GrafanaError(kind, operation, message, code: code, retryAfter: seconds.map { .seconds($0) })
    }
}
