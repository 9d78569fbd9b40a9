import FoundationEssentials
public import Secrets

/// A password or token: given, or in a file that something else may renew.
public enum SecretSource: Sendable {
    case text(Secret)
    case file(SecretFile)

    /// - Throws: ``GrafanaError/Kind/credentials`` with the file's path and what is wrong.
    func exposed() async throws(GrafanaError) -> String {
        switch self {
        case .text(let secret): return secret.exposed
        case .file(let file):
            do {
                return try await file.secret().exposed
            } catch {
                throw GrafanaError(.credentials, "reading \(error.path)", error.reason)
            }
        }
    }
}

/// Who a server is asked as.
public enum Credentials: Sendable {
    /// Nobody in particular.
    case none
    /// The token of a service account.
    case token(SecretSource)
    /// A user with a password.
    case basic(user: String, password: SecretSource)

    /// The value of the header `Authorization`; nil for nobody.
    func header() async throws(GrafanaError) -> String? {
        switch self {
        case .none: return nil
        case .token(let secret):
            let token = try await secret.exposed()
            guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw GrafanaError(.credentials, "signing in", "the token holds more than a token")
            }
            return "Bearer \(token)"
        case .basic(let user, let password):
            return "Basic \(Data("\(user):\(try await password.exposed())".utf8).base64EncodedString())"
        }
    }
}
