import Logging
import NIOPosix
import NIOSSL
import Secrets
import Synchronization

/// Files of certificates that something else renews: a cluster's authority that rotates, a client certificate that a node
/// agent renews.
///
/// As with ``TokenFile`` they are read again when a request is made and the last look is a second old. Files that do not
/// read leave in place what they said before.
final class RenewedTLS: Sendable {
    private struct Contents: Equatable {
        var authority: String?
        var certificate: String?
        var key: String?
    }

    private struct State {
        var contents: Contents
        var tls: TLSConfiguration?
        var lookedAt: ContinuousClock.Instant
        var problem: String?
    }

    private let configuration: ClusterConfiguration
    private let files: CertificatePaths
    private let logger: Logger
    private let state: Mutex<State>

    /// Nil where nothing comes from a file.
    init?(_ configuration: ClusterConfiguration, logger: Logger) {
        guard let files = configuration.certificateFiles else { return nil }
        self.configuration = configuration
        self.files = files
        self.logger = logger
        let contents = Contents(
            authority: files.authority.flatMap { _ in configuration.certificateAuthority },
            certificate: files.client.flatMap { _ in configuration.clientCertificate?.certificates },
            key: files.client.flatMap { _ in configuration.clientCertificate?.key.exposed })
        state = Mutex(State(contents: contents, lookedAt: .now))
    }

    /// The settings as the files are now; nil while they are those of the start.
    func current() async -> TLSConfiguration? {
        let now = ContinuousClock.now
        let known: TLSConfiguration?? = state.withLock { state in
            guard now - state.lookedAt >= .seconds(1) else { return .some(state.tls) }
            state.lookedAt = now
            return nil
        }
        if let known { return known }
        let (configuration, files, last) = (configuration, files, state.withLock(\.contents))
        let result = try? await NIOThreadPool.singleton.runIfActive { () -> Result<State?, ConfigurationError> in
            do throws(ConfigurationError) {
                let contents = try Self.read(files)
                guard contents != last else { return .success(nil) }
                var new = configuration
                if let authority = contents.authority { new.certificateAuthority = authority }
                if let certificate = contents.certificate, let key = contents.key {
                    new.clientCertificate = ClientCertificate(certificates: certificate, key: Secret(key))
                }
                return .success(State(contents: contents, tls: try TLSSettings.make(new), lookedAt: now))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let renewed?):
            state.withLock { $0 = renewed }
            logger.notice("Certificates for the API server were read again")
        case .failure(let error):
            let isNew = state.withLock { state in
                defer { state.problem = "\(error)" }
                return state.problem != "\(error)"
            }
            if isNew {
                logger.warning(
                    "Changed certificates do not read, those of before go on to count",
                    metadata: ["error": "\(error)"])
            }
        case .success(nil): state.withLock { $0.problem = nil }
        case nil: break
        }
        return state.withLock(\.tls)
    }

    private static func read(_ files: CertificatePaths) throws(ConfigurationError) -> Contents {
        var contents = Contents()
        if let authority = files.authority { contents.authority = try Kubeconfig.text(authority) }
        if let client = files.client {
            contents.certificate = try Kubeconfig.text(client.certificates)
            contents.key = try Kubeconfig.text(client.key)
        }
        return contents
    }
}
