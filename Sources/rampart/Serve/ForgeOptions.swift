import ArgumentParser
import Forges
import Logging
import Secrets

/// The forge that is told how commits fare, and that pull requests are opened at.
struct ForgeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The forge to tell how commits fare (the status rampart/sync) and to open pull requests at: github, gitlab, \
            gitea, forgejo or bitbucket (Cloud).
            """, valueName: "kind"), transform: Self.kind)
    var forge: ForgeKind?

    @Option(
        name: .customLong("forge-url"),
        help: ArgumentHelp(
            "Where it is, if it is not github.com, gitlab.com or bitbucket.org: https://git.example.com.",
            valueName: "url"))
    var url: String?

    @Option(
        name: .customLong("forge-repository"),
        help: ArgumentHelp("The repository there; not given, it is read from --remote.", valueName: "owner/name"))
    var repository: String?

    @Option(
        name: .customLong("forge-token-file"),
        help: ArgumentHelp("A file with a token for its API, read again as it changes.", valueName: "file"))
    var tokenFile: String?

    @Option(
        name: .customLong("forge-ca-file"),
        help: ArgumentHelp(
            "The certificates in PEM that vouch for it, instead of the system's.", valueName: "file"))
    var authority: String?

    @Option(
        name: .customLong("forge-status-url"),
        help: ArgumentHelp("Where a click on the status leads; {commit} is its id.", valueName: "url"))
    var statusURL: String?

    @Option(
        name: .customLong("forge-timeout"),
        help: ArgumentHelp("How long a request to it may take.", valueName: "seconds"))
    var timeout = 10.0

    func validate() throws {
        guard forge != nil else {
            let others = [url, repository, tokenFile, authority, statusURL]
            if others.contains(where: { $0 != nil }) {
                throw ValidationError("--forge-… goes with --forge: one of \(Self.kinds)")
            }
            return
        }
        if tokenFile == nil {
            throw ValidationError("--forge needs --forge-token-file FILE: its API takes no strangers")
        }
        guard timeout > 0, timeout <= 600 else {
            throw ValidationError("--forge-timeout has to be more than 0 and at most 600 seconds")
        }
        if let statusURL, !["http://", "https://"].contains(where: { statusURL.lowercased().hasPrefix($0) }) {
            throw ValidationError("--forge-status-url has to begin with https:// or http://")
        }
        if let forge, url == nil, forge.usualAPI == nil {
            throw ValidationError("--forge \(forge.rawValue) needs --forge-url URL: there is no one place for it")
        }
    }

    @Sendable private static func kind(_ text: String) throws -> ForgeKind {
        guard let kind = ForgeKind(rawValue: text) else {
            throw ValidationError("'\(text)' is no forge that is known here: one of \(kinds)")
        }
        return kind
    }

    private static let kinds = ForgeKind.allCases.map(\.rawValue).joined(separator: ", ")

    /// Who asks the forge; nil where none is given. Its token is read once, so that a wrong path shows at the start.
    ///
    /// - Parameter remote: the URL of the remote, which says the repository where it is not given.
    func client(remote: String?, metrics: ForgeMetrics, logger: Logger) async throws -> ForgeClient? {
        guard let forge, let tokenFile else { return nil }
        let fromRemote = remote.flatMap { RemoteRepository(url: $0) }
        guard let path = repository ?? fromRemote?.path else {
            throw ValidationError("--forge needs --forge-repository OWNER/NAME: there is no --remote to read it from")
        }
        let token = SecretFile(tokenFile, logger: logger)
        _ = try await token.secret()
        let api = url.map { forge.api(of: $0) } ?? forge.usualAPI ?? ""
        var settings = ForgeSettings(kind: forge, api: api, repository: path, token: token)
        settings.certificateAuthority = authority
        settings.timeout = .milliseconds(Int64(timeout * 1_000))
        settings.metrics = metrics
        return try ForgeClient(settings)
    }
}
