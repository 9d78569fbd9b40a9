import Apps
import ArgumentParser
import Foundation
import Remotes

/// The remote repository that has the branch, and how to be let in there.
struct RemoteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The repository that is the truth: https://HOST/PATH, ssh://USER@HOST/PATH, USER@HOST:PATH, file:///PATH. \
            Writes are pushed there before they are answered. A new DIR is cloned from it.
            """, valueName: "url"))
    var remote: String?

    @Option(
        name: .customLong("remote-token-file"),
        help: ArgumentHelp("The file with a token for HTTPS in its first line; read at each use.", valueName: "file"))
    var tokenFile: String?

    @Option(
        name: .customLong("remote-user"),
        help: ArgumentHelp("The user for HTTPS; x-access-token if not given.", valueName: "name"))
    var user: String?

    @Option(
        name: .customLong("remote-password-file"),
        help: ArgumentHelp("The file with that user's password in its first line; read at each use.", valueName: "file")
    )
    var passwordFile: String?

    @Option(
        name: .customLong("remote-ca"),
        help: ArgumentHelp("Certificates that may sign the server's, in PEM.", valueName: "file"))
    var authorityFile: String?

    @Option(
        name: .customLong("remote-cert"), help: ArgumentHelp("This client's certificate, in PEM.", valueName: "file"))
    var certificateFile: String?

    @Option(
        name: .customLong("remote-key"),
        help: ArgumentHelp("The key of this client's certificate, in PEM, without passphrase.", valueName: "file"))
    var certificateKeyFile: String?

    @Option(
        name: .customLong("remote-proxy"),
        help: ArgumentHelp("A proxy for HTTPS: http://HOST:PORT or socks5h://HOST:PORT.", valueName: "url"))
    var proxy: String?

    @Option(
        name: .customLong("ssh-key"),
        help: ArgumentHelp("The private key for ssh, without passphrase; no other is tried.", valueName: "file"))
    var sshKeyFile: String?

    @Option(
        name: .customLong("ssh-known-hosts"),
        help: ArgumentHelp("The keys of the hosts that ssh believes; no other is.", valueName: "file"))
    var sshKnownHostsFile: String?

    @Option(
        name: .customLong("remote-interval"),
        help: ArgumentHelp("How often to fetch, a fifth more or less.", valueName: "seconds"))
    var interval = 30.0

    @Option(
        name: .customLong("remote-timeout"),
        help: ArgumentHelp("How long the remote may be silent before it is given up.", valueName: "seconds"))
    var timeout = 20.0

    @Flag(name: .customLong("remote-read-only"), help: "Only follow: push nothing, refuse writes.")
    var readOnly = false

    @Flag(
        name: .customLong("allow-rewrite"),
        help: "Follow a branch that was rewritten without holding deletions until somebody confirms.")
    var allowsRewrite = false

    func validate() throws {
        guard interval >= 0.1, interval <= 86_400 else {
            throw ValidationError("--remote-interval has to be from 0.1 to 86400 seconds")
        }
        guard timeout >= 0.1, timeout <= 3_600 else {
            throw ValidationError("--remote-timeout has to be from 0.1 to 3600 seconds")
        }
        do {
            // Only to see whether it can be made: no git is started.
            _ = try followed(gitMemory: 0)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// The remote to follow; nil where none is given.
    ///
    /// - Parameter gitMemory: how much memory each git may take that talks to it, in bytes.
    func followed(gitMemory: Int) throws -> FollowedRemote? {
        guard let remote else {
            let others = [
                tokenFile, user, passwordFile, authorityFile, certificateFile, certificateKeyFile, proxy, sshKeyFile,
                sshKnownHostsFile,
            ]
            if others.contains(where: { $0 != nil }) || readOnly || allowsRewrite {
                throw ValidationError("options of a remote go with --remote URL")
            }
            return nil
        }
        if tokenFile != nil, passwordFile != nil {
            throw ValidationError("give one of --remote-token-file and --remote-password-file")
        }
        if passwordFile != nil, user == nil {
            throw ValidationError("--remote-password-file goes with --remote-user NAME")
        }
        if user != nil, passwordFile == nil, tokenFile == nil {
            throw ValidationError("--remote-user goes with --remote-password-file or --remote-token-file")
        }
        var access = RemoteAccess()
        access.secretFile = (tokenFile ?? passwordFile).map(absolute)
        if let user { access.user = user }
        access.authorityFile = authorityFile.map(absolute)
        access.certificateFile = certificateFile.map(absolute)
        access.certificateKeyFile = certificateKeyFile.map(absolute)
        access.proxy = proxy
        access.sshKeyFile = sshKeyFile.map(absolute)
        access.sshKnownHostsFile = sshKnownHostsFile.map(absolute)
        let url = try RemoteURL(remote)
        if let problem = access.problem(with: url) { throw ValidationError(problem) }
        var followed = FollowedRemote(GitRemote(url, access: access, memory: gitMemory))
        followed.interval = .seconds(interval)
        followed.timeout = .seconds(timeout)
        followed.isReadOnly = readOnly
        followed.allowsRewrite = allowsRewrite
        return followed
    }

    /// Git is run in another folder.
    private func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
}
