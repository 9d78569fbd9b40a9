public import Secrets

/// Which forge, and who one is there.
public struct ForgeSettings: Sendable {
    public var kind: ForgeKind
    /// The base of its API, without a slash at the end: `https://git.example.com/api/v1`.
    public var api: String
    /// `owner/name`; with GitLab any number of groups before.
    public var repository: String
    /// Where the token is; read again as it changes.
    public var token: SecretFile
    /// The certificates in PEM that vouch for the forge, instead of the system's.
    public var certificateAuthority: String?
    /// How long a request may take.
    public var timeout: Duration = .seconds(10)
    /// What requests to it are measured by.
    public var metrics = ForgeMetrics()

    public init(kind: ForgeKind, api: String, repository: String, token: SecretFile) {
        self.kind = kind
        self.api = api
        self.repository = repository
        self.token = token
    }

    var dialect: any ForgeDialect {
        switch kind {
        case .github: GitHubDialect(repository: repository)
        case .gitlab: GitLabDialect(repository: repository)
        case .gitea, .forgejo: GiteaDialect(repository: repository)
        case .bitbucket: BitbucketDialect(repository: repository)
        }
    }

    /// What is wrong with the settings, in one sentence; nil where nothing is.
    public var problem: String? {
        let lower = api.lowercased()
        guard lower.hasPrefix("https://") || lower.hasPrefix("http://") else {
            return "the forge's address '\(api)' begins with neither https:// nor http://"
        }
        let host = api.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" }
        if host.isEmpty || host.contains("@") || api.contains(where: { $0 == "?" || $0 == "#" || $0.isWhitespace }) {
            return "the forge's address has no host, or a user, a query or spaces in it"
        }
        let parts = repository.split(separator: "/", omittingEmptySubsequences: false)
        let fits = kind == .gitlab ? parts.count >= 2 : parts.count == 2
        let isPlain = parts.allSatisfy { part in
            !part.isEmpty && part != "." && part != ".."
                && part.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
        }
        guard fits, isPlain else { return "the forge's repository is '\(repository)', expected owner/name" }
        return nil
    }
}
