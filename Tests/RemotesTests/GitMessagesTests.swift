import Testing

@testable import Remotes

/// What git 2.39 and servers say, and what it means.
@Suite struct GitMessagesTests {
    @Test(arguments: [
        ("fatal: couldn't find remote ref refs/heads/main", RemoteError.Kind.branchMissing),
        ("fatal: unable to access 'https://x/': Could not resolve host: x", .unreachable),
        ("fatal: unable to access 'https://x/': Failed to connect to x port 443: Connection refused", .unreachable),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 502", .unreachable),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 403", .readOnly),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 301", .notFound),
        ("fatal: could not read Username for 'https://x': terminal prompts disabled", .refused),
        ("remote: HTTP Basic: Access denied\nfatal: Authentication failed for 'https://x/'", .refused),
        ("fatal: repository 'https://x/missing.git/' not found", .notFound),
        ("remote: Repository not found.\nfatal: repository 'https://x/' not found", .notFound),
        ("git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.", .refused),
        ("Host key verification failed.\nfatal: Could not read from remote repository.", .untrusted),
        ("fatal: unable to access 'https://x/': server certificate verification failed. CAfile: none", .untrusted),
        ("ssh: connect to host x port 22: Connection timed out", .unreachable),
        ("fatal: '/srv/x.git' does not appear to be a git repository", .notFound),
        ("fatal: unable to access 'https://x/': Operation too slow. Less than 1 bytes/sec transferred", .timedOut),
        ("remote: fatal: write error: No space left on device", .full),
        (
            "fatal: Out of memory, malloc failed (tried to allocate 5 bytes)\nfatal: fetch-pack: invalid index-pack output",
            .failed
        ),
        ("remote: error: unable to create temporary object directory", .readOnly),
    ])
    func wordsHaveAMeaning(_ text: String, _ kind: RemoteError.Kind) {
        #expect(GitMessages(text).kind == kind)
    }

    @Test(arguments: [
        ("fatal: unable to access 'https://x/': Failed to connect", false), ("remote: Writing objects: no\n", false),
        ("Enumerating objects: 3, done.\rCounting objects: 100%", false),
        ("Counting objects: 100%\rWriting objects:  33% (1/3)\rfatal: the remote end hung up", true),
        ("Total 3 (delta 0), reused 0\nerror: RPC failed", true),
    ])
    func onlyWhatWasNotSentCannotHaveArrived(_ text: String, _ hasSent: Bool) {
        #expect(GitMessages(text).hasSent == hasSent)
    }

    @Test(arguments: [
        (" \tabc:refs/heads/main\t1234..5678", "", RemoteError.Kind?.none),
        ("*\tabc:refs/heads/main\t[new branch]", "", nil),
        ("=\tabc:refs/heads/main\t[up to date]", "", nil),
        ("!\tabc:refs/heads/main\t[rejected] (stale info)", "", .moved),
        ("!\tabc:refs/heads/main\t[rejected] (fetch first)", "", .moved),
        ("!\tabc:refs/heads/main\t[remote rejected] (failed to update ref)", "", .moved),
        ("!\tabc:refs/heads/main\t[remote rejected] (incorrect old value provided)", "", .moved),
        (
            "!\tabc:refs/heads/main\t[remote rejected] (failed to update ref)",
            "remote: error: cannot lock ref: unable to create main.lock: Read-only file system", .readOnly
        ),
        ("!\tabc:refs/heads/main\t[remote rejected] (pre-receive hook declined)", "remote: no", .declined),
        ("!\tabc:refs/heads/main\t[remote rejected] (protected branch hook declined)", "", .declined),
        (
            "!\tabc:refs/heads/main\t[remote rejected] (unpacker error)",
            "remote: fatal: write error: No space left on device\nerror: remote unpack failed: unpack-objects abnormal exit",
            .full
        ),
        ("!\tabc:refs/heads/main\t[remote failure] (remote failed to report status)", "", .unknownOutcome),
    ])
    func reportsOfPushesAreRead(_ line: String, _ errors: String, _ kind: RemoteError.Kind?) throws {
        let report = try #require(PushReport("To x\n\(line)\nDone\n", branch: "refs/heads/main"))
        #expect(report.isDone == (kind == nil))
        if let kind { #expect(report.failure(GitMessages(errors)) == kind) }
    }

    @Test func noReportIsNoAnswer() { #expect(PushReport("To https://x\n", branch: "refs/heads/main") == nil) }

    @Test func peopleReadOneLineWithoutProgress() {
        let text = """
            Enumerating objects: 3, done.\rWriting objects: 100% (3/3), done.
            remote: Compressing objects: 100%
            remote: apps/x/y/graph.yaml:3:1: no\u{20}\u{20}
            error: failed to push some refs to '/x'
            hint: pull first
            """
        #expect(GitMessages(text).summary == "apps/x/y/graph.yaml:3:1: no")
    }

    @Test(arguments: [
        ("fatal: Authentication failed for 'https://ada:s3cr3t@x/y'", "fatal: Authentication failed for 'https://x/y'"),
        ("token was s3cr3t!", "token was ***!"), ("ssh://git@x/y", "ssh://x/y"), ("nothing", "nothing"),
        ("a://b@c and d://e:f@g/h@i", "a://c and d://g/h@i"),
    ])
    func secretsAreTakenOut(_ text: String, _ expected: String) {
        #expect(Redaction(secrets: ["s3cr3t"])(text) == expected)
    }

    @Test func nothingOfTheMachineAndNoSecretIsInTheEnvironment() throws {
        var access = RemoteAccess()
        access.secretFile = "/run/secrets/token"
        let settings = GitSettings(url: try RemoteURL("https://forge.example.com/x.git"), access: access)
        let patience = Patience(silence: .seconds(20), total: .seconds(60))
        let environment = settings.environment(repository: "/data/graphs.git", patience: patience, path: "/usr/bin")
        #expect(environment["GIT_ALLOW_PROTOCOL"] == "https" && environment["GIT_CONFIG_GLOBAL"] == "/dev/null")
        #expect(environment["GIT_SSH_COMMAND"] == nil)
        let values = (0..<(Int(environment["GIT_CONFIG_COUNT"] ?? "") ?? 0)).map {
            "\(environment["GIT_CONFIG_KEY_\($0)"] ?? "?")=\(environment["GIT_CONFIG_VALUE_\($0)"] ?? "?")"
        }
        #expect(values.contains("core.hooksPath=/dev/null") && values.contains("transfer.fsckObjects=true"))
        #expect(values.contains { $0.hasPrefix("credential.https://forge.example.com.helper=!rampart()") })
        // Only the helper's own line names secrets, and only by file.
        #expect(environment["RAMPART_REMOTE_SECRET_FILE"] == "/run/secrets/token")
    }
}
