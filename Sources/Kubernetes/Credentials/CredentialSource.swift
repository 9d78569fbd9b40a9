import FoundationEssentials
import Logging
import NIOSSL
import Secrets

/// Gives each request what shows who sends it.
final class CredentialSource: Sendable {
    struct Authorization: Sendable {
        /// The value of the header `Authorization`.
        var header: String?
        /// Settings with another client certificate than the connection's own.
        var tls: TLSConfiguration?
    }

    private enum Source {
        case fixed(Authorization)
        case file(TokenFile)
        case exec(ExecCredentials)
    }

    private let source: Source

    init(
        _ credentials: Credentials, tls: TLSConfiguration, options: KubernetesClientOptions, logger: Logger
    ) {
        switch credentials {
        case .none: source = .fixed(Authorization())
        case .token(let token): source = .fixed(Authorization(header: "Bearer " + token.exposed))
        case .basic(let user, let password):
            let pair = Data("\(user):\(password.exposed)".utf8).base64EncodedString()
            source = .fixed(Authorization(header: "Basic " + pair))
        case .tokenFile(let path): source = .file(TokenFile(path, logger: logger))
        case .exec(let plugin): source = .exec(ExecCredentials(plugin, tls: tls, timeout: options.execTimeout))
        }
    }

    /// Whether another credential may be had after the server refused one.
    var canRefresh: Bool {
        switch source {
        case .fixed: false
        case .file, .exec: true
        }
    }

    func authorization() async throws(CredentialError) -> Authorization {
        switch source {
        case .fixed(let authorization): authorization
        case .file(let file): Authorization(header: "Bearer " + (try await file.token()))
        case .exec(let exec): try await exec.authorization()
        }
    }

    /// Forgets what was had so far; the next request gets it anew.
    func invalidate() {
        switch source {
        case .fixed: break
        case .file(let file): file.invalidate()
        case .exec(let exec): exec.invalidate()
        }
    }
}

/// Why no credential could be had, and what to do about it. Holds no secret.
struct CredentialError: Error, Sendable, Hashable, CustomStringConvertible {
    var description: String
    var isCancelled = false
}
