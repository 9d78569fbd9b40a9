/// Where an API server is and how to talk to it.
public struct ClusterConfiguration: Sendable, Hashable {
    /// `https://host:port`, perhaps with a path before the API's own.
    public var server: String
    /// The namespace to use where none is named.
    public var namespace: String
    /// The context of the kubeconfig that this came from; nil elsewhere.
    public var context: String?
    /// Certificates to trust, as PEM; nil trusts what the system trusts.
    public var certificateAuthority: String?
    /// Take any certificate. Only for tests.
    public var skipsTLSVerification: Bool
    /// The name that the server's certificate has to have, where it is not the host's.
    public var tlsServerName: String?
    /// `http://` or `socks5://` and host and port of a proxy.
    public var proxy: String?
    /// The certificate that the client shows; nil shows none.
    public var clientCertificate: ClientCertificate?
    /// What the client sends with each request.
    public var credentials: Credentials
    /// Whom the client acts as; nil is itself.
    public var impersonation: Impersonation?
    /// Where ``certificateAuthority`` and ``clientCertificate`` were read, so that they are read again as they change.
    public var certificateFiles: CertificatePaths?

    /// A configuration from its parts.
    public init(
        server: String, namespace: String = "default", context: String? = nil, certificateAuthority: String? = nil,
        skipsTLSVerification: Bool = false, tlsServerName: String? = nil, proxy: String? = nil,
        clientCertificate: ClientCertificate? = nil, credentials: Credentials = .none,
        impersonation: Impersonation? = nil
    ) {
        self.server = server
        self.namespace = namespace
        self.context = context
        self.certificateAuthority = certificateAuthority
        self.skipsTLSVerification = skipsTLSVerification
        self.tlsServerName = tlsServerName
        self.proxy = proxy
        self.clientCertificate = clientCertificate
        self.credentials = credentials
        self.impersonation = impersonation
    }
}

extension ClusterConfiguration: CustomStringConvertible {
    /// The server's address and the context; nothing secret.
    public var description: String { context.map { "\(server) (context \($0))" } ?? server }
}

/// Files of certificates in PEM, which may be renewed at any time.
public struct CertificatePaths: Sendable, Hashable {
    /// Files of a client's certificate and its key.
    public struct Client: Sendable, Hashable {
        /// The certificate, and those between it and its authority.
        public var certificates: String
        /// The private key, without a passphrase.
        public var key: String

        /// Both files.
        public init(certificates: String, key: String) {
            self.certificates = certificates
            self.key = key
        }
    }

    /// The certificates to trust; nil where they are in no file.
    public var authority: String?
    /// What the client shows; nil where it shows nothing that is in files.
    public var client: Client?

    /// Nil where there is neither.
    public init?(authority: String?, client: Client? = nil) {
        guard authority != nil || client != nil else { return nil }
        self.authority = authority
        self.client = client
    }
}
