import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL

/// Asks an OpenID Connect issuer over HTTP, following no redirect.
public final class OIDCFetcher: Sendable {
    private let client: HTTPClient

    /// The longest answer that is read.
    static let longest = 1 << 20

    /// - Parameter certificateAuthority: a file with the authorities in PEM that the issuer's certificate must come
    ///   from; nil takes the system's.
    /// - Throws: where the file does not read.
    public init(certificateAuthority: String? = nil) throws {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(5)
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let certificateAuthority {
            do {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(certificateAuthority))
            } catch {
                throw UnreadableFile(path: certificateAuthority, reason: "holds no certificate in PEM that reads")
            }
        }
        configuration.tlsConfiguration = tls
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func fetch(_ url: String) async throws -> [UInt8] {
        let response = try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(10))
        guard response.status == .ok else { throw KeyProblem("\(url) answered \(response.status.code)") }
        return Array(try await response.body.collect(upTo: Self.longest).readableBytesView)
    }

    /// Ends its connections.
    public func shutdown() async { try? await client.shutdown() }
}
