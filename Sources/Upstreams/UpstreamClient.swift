public import AsyncHTTPClient
import NIOCore
public import NIOHTTP1

/// Asks services beside apps. Follows no redirect: an answer cannot lead to another host.
public final class UpstreamClient: Sendable {
    private let client: HTTPClient
    private let answerTimeout: Duration

    /// - Parameters:
    ///   - connectTimeout: how long a connection may take.
    ///   - answerTimeout: how long the head of an answer may take.
    ///   - silence: how long a body may stand still.
    public init(
        connectTimeout: Duration = .seconds(5), answerTimeout: Duration = .seconds(5), silence: Duration = .seconds(30)
    ) {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = HTTPClient.Configuration.Timeout(
            connect: Self.amount(connectTimeout), read: Self.amount(silence))
        configuration.httpVersion = .http1Only
        // Whoever waits wants an answer, not one more try after the client has given up.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.answerTimeout = answerTimeout
    }

    /// Closes all connections.
    public func shutdown() async {
        // Only a second shutdown fails, which does no harm.
        try? await client.shutdown()
    }

    /// Sends a GET. The body of the answer is read as it is asked for; dropping it ends the exchange.
    ///
    /// - Parameter timeout: another limit for the head of the answer.
    /// - Throws: ``UpstreamError``, or `CancellationError`.
    public func get(
        _ url: String, headers: HTTPHeaders = [:], timeout: Duration? = nil
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url)
        request.headers = headers
        let limit = timeout ?? answerTimeout
        do {
            return try await client.execute(request, timeout: Self.amount(limit))
        } catch let error as CancellationError {
            throw error
        } catch let error as HTTPClientError where Self.timeouts.contains(error) {
            throw UpstreamError.silent(limit)
        } catch let error as HTTPClientError where error == .cancelled {
            throw CancellationError()
        } catch {
            throw UpstreamError.unreachable("\(error)")
        }
    }

    /// The status of the answer to a GET; its body is not read.
    public func status(_ url: String, timeout: Duration? = nil) async throws -> Int {
        Int(try await get(url, timeout: timeout).status.code)
    }

    private static let timeouts: [HTTPClientError] = [
        .deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout, .getConnectionFromPoolTimeout,
    ]

    private static func amount(_ duration: Duration) -> TimeAmount {
        .nanoseconds(Int64(duration / .nanoseconds(1)))
    }
}

/// Why a service beside an app gave no answer.
public enum UpstreamError: Error, CustomStringConvertible {
    /// No connection, or one that was cut.
    case unreachable(String)
    /// No answer within this time.
    case silent(Duration)

    public var description: String {
        switch self {
        case .unreachable(let reason): "cannot be reached: \(reason)"
        case .silent(let limit): "has not answered within \(limit)"
        }
    }
}
