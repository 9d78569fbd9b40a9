import Git
import Signatures
import TestSupport
import Testing

@testable import Apps

/// Commits that real git has signed with real keys, whole and spoiled, and what git itself says of them.
@Suite struct SignedCommitTests {
    let fixture: Fixture

    init() throws { fixture = try Fixture() }

    private func key(_ name: String, _ type: String = "ed25519") async throws -> String {
        let path = fixture.folder.appending(name)
        try await Command.output("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", name, "-f", path])
        return path
    }

    private func line(_ key: String, _ options: String = "") async throws -> String {
        "ada@example.com \(options) \(try await Command.output("cat", [key + ".pub"]))\n"
    }

    private func allow(_ text: String) throws { try fixture.folder.write(text, to: "allowed") }

    /// A signed commit in a work tree of its own.
    private func commit(_ key: String) async throws -> ObjectID {
        let work = WorkTree(path: fixture.folder.appending("work"))
        try await Command.git("init", "-q", "-b", "main", work.path, in: fixture.folder.path)
        try await work.git(
            "-c", "gpg.format=ssh", "-c", "user.signingKey=\(key)", "commit", "-q", "-S", "--allow-empty", "-m",
            "Signed\n\nBody", date: "1700000000 +0100")
        return try #require(ObjectID(try await work.git("rev-parse", "HEAD")))
    }

    /// Why the commit is refused here, and whether git takes it.
    private func verdict(_ commit: ObjectID) async throws -> (refusal: String?, gitTakesIt: Bool) {
        let path = fixture.folder.appending("work")
        let list = try SignatureFiles.allowedSigners(fixture.folder.appending("allowed"))
        let repository = try Repository(opening: path + "/.git")
        let text = try repository.signedText(of: commit)
        let time = try repository.commit(commit).committer.seconds
        var refusal: String?
        do throws(SignatureError) {
            _ = try list.verify(text.payload, signature: text.signature, namespace: "git", at: time)
        } catch {
            refusal = error.description
        }
        let git = try await Command.run(
            "git",
            ["-c", "gpg.ssh.allowedSignersFile=\(fixture.folder.appending("allowed"))", "verify-commit", "\(commit)"],
            in: path, environment: Command.gitEnvironment)
        return (refusal, git.succeeded)
    }

    @Test(arguments: ["ed25519", "ecdsa", "rsa"])
    func takesWhatGitSigns(_ type: String) async throws {
        let key = try await key("ada", type)
        let commit = try await commit(key)
        try allow(try await line(key, "namespaces=\"git\""))
        let verdict = try await verdict(commit)
        #expect(verdict.refusal == nil && verdict.gitTakesIt)
    }

    @Test(arguments: [
        ("", "other", "not allowed: SHA256:"), ("valid-before=\"20200101Z\"", "ada", "at that time"),
        ("valid-after=\"20300101Z\"", "ada", "at that time"), ("namespaces=\"file\"", "ada", "not allowed for 'git'"),
    ])
    func refusesWhoMayNot(_ options: String, _ name: String, _ words: String) async throws {
        let keys = ["ada": try await key("ada"), "other": try await key("other")]
        let commit = try await commit(try #require(keys["ada"]))
        try allow(try await line(try #require(keys[name]), options))
        let verdict = try await verdict(commit)
        #expect(verdict.refusal?.contains(words) == true, "\(verdict.refusal ?? "taken")")
        #expect(!verdict.gitTakesIt)
    }

    /// How a signed commit is spoiled.
    enum Spoiling: CaseIterable {
        case unsigned, anotherMessage, anotherTime, anotherTree, cutOff, anotherNamespace, twice, gnupg, garbage
    }

    @Test(arguments: Spoiling.allCases)
    func refusesWhatIsSpoiled(_ spoiling: Spoiling) async throws {
        let key = try await key("ada")
        let whole = try await commit(key)
        try allow(try await line(key))
        let work = WorkTree(path: fixture.folder.appending("work"))
        let text = try await work.git("cat-file", "commit", whole.description) + "\n"
        let start = try #require(text.firstRange(of: "gpgsig ")?.lowerBound)
        let end = try #require(text.firstRange(of: "-----END SSH SIGNATURE-----\n")?.upperBound)
        let header = String(text[start..<end])
        let payload = String(text[..<start] + text[end...])
        let (spoiled, words): (String, String)
        switch spoiling {
        case .unsigned: (spoiled, words) = (payload, "not signed")
        case .anotherMessage: (spoiled, words) = (text.replacing("Body", with: "Bodi"), "does not fit")
        case .anotherTime: (spoiled, words) = (text.replacing("1700000000", with: "1700000001"), "does not fit")
        case .anotherTree:
            let blob = try await work.git("hash-object", "-w", fixture.folder.appending("allowed"))
            let tree = try await Command.output(
                "git", ["mktree"], in: work.path, environment: Command.gitEnvironment,
                input: "100644 blob \(blob)\ta\n")
            (spoiled, words) = ("tree \(tree)\n" + text.split(separator: "\n", maxSplits: 1)[1], "does not fit")
        case .cutOff:
            let lines = header.split(separator: "\n")
            (spoiled, words) = (
                text.replacing(header, with: lines.dropLast(2).joined(separator: "\n") + "\n"), "does not end"
            )
        case .anotherNamespace:
            let signature = try await Command.output(
                "ssh-keygen", ["-q", "-Y", "sign", "-n", "file", "-f", key], input: payload)
            (spoiled, words) = (
                text.replacing(header, with: "gpgsig " + signature.replacing("\n", with: "\n ") + "\n"),
                "made for 'file'"
            )
        case .twice: (spoiled, words) = (text.replacing(header, with: header + header), "not signed")
        case .gnupg: (spoiled, words) = (text.replacing("SSH SIGNATURE", with: "PGP SIGNATURE"), "GnuPG")
        case .garbage: (spoiled, words) = (text.replacing(header, with: "gpgsig \u{1}\n \u{2}\n"), "does not begin")
        }
        let id = try await Command.output(
            "git", ["hash-object", "-t", "commit", "-w", "--stdin", "--literally"], in: work.path,
            environment: Command.gitEnvironment, input: spoiled)
        let verdict = try await verdict(try #require(ObjectID(id)))
        #expect(verdict.refusal?.contains(words) == true, "\(verdict.refusal ?? "taken")")
        // Of two signatures git takes the first.
        #expect(!verdict.gitTakesIt || spoiling == .twice)
    }

    /// Every kind of commit that the service makes is one that git takes.
    @Test func gitTakesWhatTheServiceSigns() async throws {
        let key = try await key("service")
        let signing = try SignatureFiles.signingKey(key)
        let store = try await fixture.open { $0.signer = { try? signing.sign($0, namespace: "git") } }
        let demo = try id("default_demo")
        let odd = Signature(name: "Ödön \u{1F600}", email: "o@example.com", seconds: 1, offsetMinutes: -330)
        _ = try await store.perform(.create(demo, manifest(demo, 1)), by: odd)
        let deployed = try await store.perform(.deploy(demo, version: 1), by: ada)
        _ = try await store.perform(.revert(Revert(try #require(deployed.commit), of: demo)), by: ada)
        async let one = store.perform(.save(demo, manifest(demo, 2)), by: ada)
        async let two = store.perform(.save(demo, manifest(demo, 3)), by: ada)
        _ = try await (one, two)
        let proposal = try #require(try await store.propose(.save(demo, manifest(demo, 4)), by: ada))
        // A foxtrot, and so a merge of the service's.
        let work = try await fixture.clone()
        try await work.git("checkout", "-q", "-b", "side", "HEAD~1")
        try await work.git("merge", "-q", "--no-ff", "-m", "Foxtrot", "main")
        try await work.push()
        try await store.look()
        try allow(try await line(key))
        let commits = try await fixture.git("log", "--format=%H %s", "main", proposal.commit.description)
        var signed = 0
        for line in commits.split(separator: "\n") where !line.hasSuffix(" Foxtrot") {
            let result = try await Command.run(
                "git",
                [
                    "-c", "gpg.ssh.allowedSignersFile=\(fixture.folder.appending("allowed"))", "verify-commit",
                    String(line.prefix(40)),
                ], in: fixture.repository, environment: Command.gitEnvironment)
            #expect(result.succeeded, "\(line): \(result)")
            signed += 1
        }
        #expect(signed == 8, "\(commits)")
    }
}
