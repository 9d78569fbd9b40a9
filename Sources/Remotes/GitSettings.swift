/// The environment in which git talks to one remote: all of it, nothing of this process's or machine's shines through.
///
/// No secret is in it, only the names of files: git asks the credential helper below, which reads the file. Values are
/// given in the environment and not as `-c`, so that not even the names of files are in lists of processes.
struct GitSettings: Sendable {
    let url: RemoteURL
    let access: RemoteAccess

    /// - Parameters:
    ///   - repository: the repository that is fetched into or pushed from.
    ///   - path: where programs are looked for.
    func environment(repository: String?, patience: Patience, path: String) -> [String: String] {
        var environment = [
            "PATH": path,
            // There is none; programs look in it for settings (curl's .netrc).
            "HOME": "/nonexistent", "XDG_CONFIG_HOME": "/nonexistent",
            // Messages are read by programs here.
            "LC_ALL": "C", "LANGUAGE": "C",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_ATTR_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "/bin/false",
            "SSH_ASKPASS": "/bin/false", "SSH_ASKPASS_REQUIRE": "never",
            "GIT_ALLOW_PROTOCOL": url.scheme.rawValue, "GIT_OPTIONAL_LOCKS": "0",
        ]
        if let repository { environment["GIT_DIR"] = repository }
        if url.scheme == .ssh {
            environment["GIT_SSH_COMMAND"] = sshCommand(patience)
            environment["GIT_SSH_VARIANT"] = "ssh"
        }
        var settings = Self.always
        if url.scheme == .https { settings += web(patience, &environment) }
        // What the repository's own settings may say of addresses that begin alike does not count.
        settings.append(("url.\(url).insteadOf", url.description))
        settings.append(("url.\(url).pushInsteadOf", url.description))
        for (index, setting) in settings.enumerated() {
            environment["GIT_CONFIG_KEY_\(index)"] = setting.0
            environment["GIT_CONFIG_VALUE_\(index)"] = setting.1
        }
        environment["GIT_CONFIG_COUNT"] = String(settings.count)
        return environment
    }

    private static let always = [
        ("core.hooksPath", "/dev/null"), ("core.fsmonitor", "false"),
        // What is fetched is as durable as what is committed here, before a reference names it.
        ("core.fsync", "committed,reference"), ("core.fsyncMethod", "batch"),
        ("transfer.fsckObjects", "true"), ("fetch.fsckObjects", "true"),
        // A file mode of git's youth, and nothing else, is let pass: it is in many an old repository.
        ("fetch.fsck.zeroPaddedFilemode", "ignore"),
        ("fetch.recurseSubmodules", "false"), ("push.recurseSubmodules", "no"), ("submodule.recurse", "false"),
        ("fetch.writeCommitGraph", "false"), ("fetch.prune", "false"), ("fetch.pruneTags", "false"),
        ("push.followTags", "false"), ("push.gpgSign", "false"), ("push.negotiate", "false"),
        ("gc.auto", "0"), ("maintenance.auto", "false"),
        // Larger files pass through without being held in memory whole.
        ("core.bigFileThreshold", "8m"), ("core.deltaBaseCacheLimit", "16m"), ("pack.windowMemory", "32m"),
        ("pack.deltaCacheSize", "16m"),
        ("protocol.version", "2"), ("pack.threads", "1"), ("credential.helper", ""), ("advice.detachedHead", "false"),
    ]

    private func web(_ patience: Patience, _ environment: inout [String: String]) -> [(String, String)] {
        var settings = [
            // An address that has moved is a new address, which a person has to say.
            ("http.followRedirects", "false"), ("http.sslVerify", "true"), ("http.proxy", access.proxy ?? ""),
            ("http.lowSpeedLimit", "1"), ("http.lowSpeedTime", String(max(1, Int(patience.silence / .seconds(1))))),
            ("http.emptyAuth", "false"), ("http.delegation", "none"), ("http.extraHeader", ""),
            ("http.cookieFile", ""), ("http.saveCookies", "false"), ("credential.useHttpPath", "false"),
        ]
        if let file = access.authorityFile { settings.append(("http.sslCAInfo", file)) }
        if let file = access.certificateFile { settings.append(("http.sslCert", file)) }
        if let file = access.certificateKeyFile { settings.append(("http.sslKey", file)) }
        if let file = access.secretFile, let origin = url.origin {
            settings.append(("credential.\(origin).helper", Self.helper))
            environment["RAMPART_REMOTE_USER"] = access.user
            environment["RAMPART_REMOTE_SECRET_FILE"] = file
        }
        return settings
    }

    /// Answers git's question for a user and a password (gitcredentials(7)). `read` and `printf` are the shell's own, so
    /// that the secret is in no list of processes.
    static let helper = """
        !rampart() { test "$1" = get || exit 0; \
        IFS= read -r secret <"$RAMPART_REMOTE_SECRET_FILE" || test -n "$secret" || exit 1; \
        printf 'username=%s\\npassword=%s\\n' "$RAMPART_REMOTE_USER" "$secret"; }; rampart
        """

    /// One key, one list of hosts, no questions, and nothing of ssh's own settings.
    private func sshCommand(_ patience: Patience) -> String {
        let seconds = max(1, Int(patience.silence / .seconds(1)))
        var options = [
            "BatchMode=yes", "StrictHostKeyChecking=yes", "UpdateHostKeys=no", "GlobalKnownHostsFile=/dev/null",
            "UserKnownHostsFile=\(Self.quoted(access.sshKnownHostsFile ?? "/dev/null"))", "IdentitiesOnly=yes",
            "IdentityAgent=none", "IdentityFile=\(Self.quoted(access.sshKeyFile ?? "none"))",
            "PreferredAuthentications=publickey", "ForwardAgent=no", "ForwardX11=no", "ClearAllForwardings=yes",
            "PermitLocalCommand=no", "ControlMaster=no", "ControlPath=none", "LogLevel=ERROR",
            "ConnectTimeout=\(seconds)", "ServerAliveCountMax=2",
        ]
        options.append("ServerAliveInterval=\(max(1, seconds / 2))")
        return "ssh -F /dev/null " + options.map { "-o \(Self.shell($0))" }.joined(separator: " ")
    }

    /// As ssh reads a file name in an option: in double quotes, `%` doubled.
    private static func quoted(_ path: String) -> String {
        "\"\(path.replacing("%", with: "%%"))\""
    }

    /// As one word of the shell.
    private static func shell(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }
}
