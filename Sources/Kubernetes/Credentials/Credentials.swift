public import Secrets
import URLText

/// How a client shows who it is, apart from a client certificate.
public enum Credentials: Sendable, Hashable {
    case none
    case token(Secret)
    /// A bearer token in a file, which may change at any time.
    case tokenFile(String)
    case basic(user: String, password: Secret)
    /// A program that hands out tokens or certificates.
    case exec(ExecPlugin)
}

/// A certificate and its key, both as PEM.
public struct ClientCertificate: Sendable, Hashable {
    /// The certificate, and those between it and its authority.
    public var certificates: String
    /// The private key, without a passphrase.
    public var key: Secret

    /// A certificate and its key.
    public init(certificates: String, key: Secret) {
        self.certificates = certificates
        self.key = key
    }
}

/// Whom a client asks to act as.
public struct Impersonation: Sendable, Hashable {
    /// The name of the user.
    public var user: String
    /// The uid of the user; empty sends none.
    public var uid: String
    /// The groups of the user.
    public var groups: [String]
    /// More that authorizers may look at.
    public var extra: [String: [String]]

    /// Whom to act as.
    public init(user: String, uid: String = "", groups: [String] = [], extra: [String: [String]] = [:]) {
        self.user = user
        self.uid = uid
        self.groups = groups
        self.extra = extra
    }

    /// The headers that say so.
    var headers: [(String, String)] {
        var headers = [("Impersonate-User", user)]
        if !uid.isEmpty { headers.append(("Impersonate-Uid", uid)) }
        for group in groups { headers.append(("Impersonate-Group", group)) }
        for (name, values) in extra.sorted(by: { $0.key < $1.key }) {
            for value in values { headers.append(("Impersonate-Extra-" + PercentEncoding.encode(name), value)) }
        }
        return headers
    }
}
