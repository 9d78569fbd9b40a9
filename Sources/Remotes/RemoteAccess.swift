/// What is needed to be let in to a remote, all of it by the names of files: no secret is ever a value here.
public struct RemoteAccess: Sendable, Hashable {
    /// The file whose first line is the token or password for HTTPS. Read at each use, so that a change counts at once.
    public var secretFile: String?
    /// The user that goes with it. Forges take any name beside a token, but for this one where the token is an app's.
    public var user = "x-access-token"
    /// Certificates that may sign the server's, in PEM; those of the system if nil.
    public var authorityFile: String?
    /// The client's certificate and its key, in PEM, the key without a passphrase.
    public var certificateFile: String?
    public var certificateKeyFile: String?
    /// The proxy for HTTPS: `http://HOST:PORT`, `socks5h://HOST:PORT`.
    public var proxy: String?
    /// The private key for ssh, without a passphrase; no other key and no agent is tried.
    public var sshKeyFile: String?
    /// The keys of the hosts that ssh may talk to (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"); no other host is believed.
    public var sshKnownHostsFile: String?

    public init() {}

    /// Says what is missing or does not go with an address.
    ///
    /// - Returns: nil where all is well.
    public func problem(with url: RemoteURL) -> String? {
        if (certificateFile == nil) != (certificateKeyFile == nil) {
            return "a client certificate needs its key, and the other way round (--remote-cert, --remote-key)"
        }
        if let proxy, proxy.contains("@") {
            return "the proxy's address may hold no user and no password, which would show in lists of processes"
        }
        if let proxy, !["http://", "https://", "socks5://", "socks5h://"].contains(where: proxy.hasPrefix) {
            return "the proxy '\(proxy)' is no http://, https://, socks5:// or socks5h:// address"
        }
        if url.scheme != .https, secretFile != nil || authorityFile != nil || certificateFile != nil || proxy != nil {
            return "tokens, passwords, certificates and proxies are for https:// remotes only"
        }
        if url.scheme == .ssh {
            if sshKeyFile == nil || sshKnownHostsFile == nil {
                return "an ssh remote needs a key and the keys of its host (--ssh-key FILE --ssh-known-hosts FILE; "
                    + "ssh-keyscan HOST writes the latter, compare what it says with what the host's people tell you)"
            }
        } else if sshKeyFile != nil || sshKnownHostsFile != nil {
            return "--ssh-key and --ssh-known-hosts are for ssh remotes only"
        }
        return nil
    }
}
