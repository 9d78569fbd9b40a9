import Crypto
import Foundation
import Signatures
import TestSupport
import Testing

/// Keys, signatures and lists of signers against OpenSSH's own program.
@Suite struct SignatureTests {
    let folder: TemporaryFolder
    static let message = "tree 1\n\nHello\n"

    init() throws { folder = try TemporaryFolder() }

    /// Makes a key.
    /// - Returns: the path of its private half.
    private func key(_ type: String = "ed25519", bits: String? = nil, name: String = "key") async throws -> String {
        let path = folder.appending(name)
        try await Command.output(
            "ssh-keygen",
            ["-q", "-t", type] + (bits.map { ["-b", $0] } ?? []) + ["-N", "", "-C", "a key", "-f", path])
        return path
    }

    private func publicText(_ path: String) throws -> String {
        try String(contentsOfFile: path + ".pub", encoding: .utf8)
    }

    /// What `ssh-keygen -Y sign` makes of the message.
    private func signature(_ key: String, namespace: String = "git", hash: String = "sha512") async throws -> String {
        try await Command.output(
            "ssh-keygen", ["-q", "-Y", "sign", "-n", namespace, "-O", "hashalg=\(hash)", "-f", key],
            input: Self.message)
    }

    private func reason(_ signers: String, _ signature: String?, at time: Int64 = 1_700_000_000) throws -> String? {
        let allowed = try AllowedSigners(parsing: signers)
        do throws(SignatureError) {
            _ = try allowed.verify(Array(Self.message.utf8), signature: signature, namespace: "git", at: time)
            return nil
        } catch {
            return error.description
        }
    }

    @Test(
        arguments: [
            ("ed25519", nil), ("ecdsa", "256"), ("ecdsa", "384"), ("ecdsa", "521"), ("rsa", "2048"), ("rsa", "3072"),
        ] as [(String, String?)], ["sha512", "sha256"])
    func takesWhatSSHSigns(_ kind: (String, String?), _ hash: String) async throws {
        let key = try await key(kind.0, bits: kind.1)
        let signers = "ada@example.com \(try publicText(key))"
        let good = try await signature(key, hash: hash)
        #expect(try reason(signers, good) == nil)
        let listed = try await Command.output("ssh-keygen", ["-l", "-f", key + ".pub"])
        #expect(listed.contains(try SSHPublicKey(parsing: publicText(key)).fingerprint))

        // Any letter that is another one makes it another signature, or none.
        let lines = good.split(separator: "\n").map(String.init)
        for (line, column) in [(1, 0), (1, 30), (lines.count - 2, 3), (lines.count / 2, 10)] {
            var changed = lines
            var letters = Array(changed[line])
            letters[min(column, letters.count - 1)] = letters[min(column, letters.count - 1)] == "A" ? "B" : "A"
            changed[line] = String(letters)
            #expect(try reason(signers, changed.joined(separator: "\n")) != nil, "line \(line)")
        }
        for count in stride(from: 0, to: good.count, by: 41) {
            #expect(try reason(signers, String(good.prefix(count))) != nil, "cut after \(count)")
        }
    }

    @Test func whatItSignsSSHTakes() async throws {
        let path = try await key()
        let key = try SignatureFiles.signingKey(path)
        #expect(try publicText(path).hasPrefix(key.publicKey.text))
        let armored = try key.sign(Array(Self.message.utf8), namespace: "git")
        #expect(!armored.hasSuffix("\n"))
        try folder.write("ada@example.com \(key.publicKey.text)\n", to: "allowed")
        try folder.write(armored + "\n", to: "signature")
        let arguments = [
            "-Y", "verify", "-f", folder.appending("allowed"), "-I", "ada@example.com", "-n", "git", "-s",
            folder.appending("signature"),
        ]
        #expect(try await Command.run("ssh-keygen", arguments, input: Self.message).succeeded)
        #expect(try await !Command.run("ssh-keygen", arguments, input: "another").succeeded)
    }

    /// A key on a security token, played by one in memory (PROTOCOL.u2f): ssh-keygen and this room agree on it.
    @Test(arguments: ["sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"])
    func takesWhatSecurityTokensSign(_ type: String) async throws {
        func string(_ bytes: some Collection<UInt8>) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> (24 - 8 * $0)) } + bytes
        }
        func string(_ text: String) -> [UInt8] { string(Array(text.utf8)) }
        let hash = Array(SHA512.hash(data: Array(Self.message.utf8)))
        let data = Array("SSHSIG".utf8) + string("git") + string("") + string("sha512") + string(hash)
        let end: [UInt8] = [1, 0, 0, 0, 7]
        let token = Array(SHA256.hash(data: Array("ssh:".utf8))) + end + Array(SHA256.hash(data: data))
        var blob = string(type)
        let signature: [UInt8]
        if type.contains("ed25519") {
            let key = Curve25519.Signing.PrivateKey()
            blob += string(Array(key.publicKey.rawRepresentation))
            signature = string(Array(try key.signature(for: token)))
        } else {
            let key = P256.Signing.PrivateKey()
            blob += string("nistp256") + string(Array(key.publicKey.x963Representation))
            let raw = Array(try key.signature(for: token).rawRepresentation)
            signature = string(
                [raw.prefix(32), raw.suffix(32)].flatMap { half in
                    let digits = half.drop { $0 == 0 }
                    return string((digits.first ?? 0) >= 0x80 ? [0] + digits : Array(digits))
                })
        }
        blob += string("ssh:")
        let whole =
            Array("SSHSIG".utf8) + [0, 0, 0, 1] + string(blob) + string("git") + string("") + string("sha512")
            + string(string(type) + signature + end)
        func armored(_ bytes: [UInt8]) -> String {
            let text = Data(bytes).base64EncodedString(options: .lineLength76Characters)
            return "-----BEGIN SSH SIGNATURE-----\n\(text.replacing("\r\n", with: "\n"))\n-----END SSH SIGNATURE-----\n"
        }
        let signers = "ada@example.com \(type) \(Data(blob).base64EncodedString())\n"
        #expect(try reason(signers, armored(whole)) == nil)
        #expect(try reason(signers, armored(Array(whole.dropLast()) + [8]))?.contains("does not fit") == true)
        try folder.write(signers, to: "allowed")
        try folder.write(armored(whole), to: "signature")
        let verified = try await Command.run(
            "ssh-keygen",
            [
                "-Y", "verify", "-f", folder.appending("allowed"), "-I", "ada@example.com", "-n", "git", "-s",
                folder.appending("signature"),
            ], input: Self.message)
        #expect(verified.succeeded, "\(verified)")
    }

    /// A list is read again when its file changes, and one that does not read allows nobody.
    @Test func readsTheListAgain() async throws {
        let text = try publicText(try await key())
        let path = folder.appending("allowed")
        try folder.write("ada \(text)", to: "allowed")
        let list = try AllowedSignersFile(path)
        #expect(try list.list().signers.count == 1 && list.revision() == 0)
        try folder.write("ada \(text)bob \(text)", to: "allowed")
        #expect(try list.list().signers.count == 2 && list.revision() == 1)
        try folder.write("nonsense\n", to: "allowed")
        #expect(throws: SignatureError.self) { try list.list() }
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: SignatureError.self) { try list.list() }
        // As Kubernetes replaces a file: by a link that leads elsewhere.
        try folder.write("ada \(text)", to: "new")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder.appending("new"))
        #expect(try list.list().signers.count == 1)
        #expect(throws: SignatureError.self) { try AllowedSignersFile(folder.path) }
    }

    @Test func saysWhyAKeyCannotBeUsed() async throws {
        let plain = try await key()
        let rsa = try await key("rsa", bits: "2048", name: "rsa")
        let locked = folder.appending("locked")
        try await Command.output("ssh-keygen", ["-q", "-t", "ed25519", "-N", "secret", "-f", locked])
        let open = try await key(name: "open")
        try await Command.output("chmod", ["644", open])
        let text = try String(contentsOfFile: plain, encoding: .utf8)
        try folder.write(text.split(separator: "\n").dropLast(2).joined(separator: "\n"), to: "torn")
        try folder.write("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", to: "old")
        try await Command.output("chmod", ["600", folder.appending("torn"), folder.appending("old")])
        try await Command.output("cp", [plain + ".pub", folder.appending("public")])
        try await Command.output("chmod", ["600", folder.appending("public")])
        for (path, words) in [
            (rsa, "ssh-rsa"), (locked, "passphrase"), (open, "chmod 600"), (folder.appending("torn"), "end"),
            (folder.appending("old"), "ssh-keygen -t ed25519"), (folder.appending("public"), "public key"),
            (folder.appending("none"), "cannot be read"),
        ] {
            do throws(SignatureError) {
                _ = try SignatureFiles.signingKey(path)
                Issue.record("\(path) was taken")
            } catch {
                #expect(error.description.contains(words), "\(error)")
                #expect(!error.description.contains("b3BlbnNzaC1rZXk"))
            }
        }
    }

    @Test func mindsWhoseWhenAndWhatFor() async throws {
        let path = try await key()
        let other = try await key(name: "other")
        let text = try publicText(path)
        let good = try await signature(path)
        // 1 700 000 000 is 2023-11-14T22:13:20Z.
        for (signers, words) in [
            ("*@example.com \(text)", nil), ("# a remark\n\n\"ada lovelace\",bob \(text)", nil),
            ("ada namespaces=\"git\" \(text)", nil), ("ada namespaces=\"file,g?t\" \(text)", nil),
            ("ada namespaces=\"*,!git\" \(text)", "not allowed"), ("ada namespaces=\"file\" \(text)", "not allowed"),
            ("ada valid-after=\"20231114Z\",valid-before=\"20231115Z\" \(text)", nil),
            ("ada valid-after=\"202311142213Z\" \(text)", nil), ("ada valid-before=\"20231114221320Z\" \(text)", nil),
            ("ada valid-after=\"20231115Z\" \(text)", "at that time"),
            ("ada valid-before=\"20231114Z\" \(text)", "at that time"),
            ("ada \(try publicText(other))", "not allowed: SHA256:"), ("", "not allowed"),
            ("bob \(try publicText(other))\nada valid-before=\"20200101\" \(text)\nada \(text)", nil),
        ] as [(String, String?)] {
            let found = try reason(signers, good)
            #expect(
                found == nil ? words == nil : found?.contains(words ?? "?") == true, "\(signers): \(found ?? "good")")
        }
        #expect(try reason("ada \(text)", nil)?.contains("not signed") == true)
        #expect(
            try await reason("ada \(text)", signature(path, namespace: "file"))?.contains("made for 'file'") == true)
        #expect(try reason("ada \(text)", "-----BEGIN PGP SIGNATURE-----\n")?.contains("GnuPG") == true)
    }

    @Test(arguments: [
        ("ada", "line 1"), ("ada ssh-ed25519", "expected principals"), ("ada ssh-ed25519 %%%", "no public key"),
        ("ada cert-authority KEY", "cert-authority is not supported"), ("ada fancy KEY", "no option 'fancy'"),
        ("ada valid-after=\"2023\" KEY", "no time"), ("ada valid-after=\"20231399Z\" KEY", "no time"),
        ("ada valid-after=\"20240101Z\",valid-before=\"20230101Z\" KEY", "not before"),
        ("\"ada KEY", "quote"), ("ada ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIA==", "not 'ssh-rsa'"),
        ("ada ssh-dss AAAAB3NzaC1kc3M=", "not supported"),
        ("\n# fine\nada", "line 3"),
    ])
    func aListThatIsNotUnderstoodIsNotUsed(_ text: String, _ words: String) async throws {
        let key = try publicText(try await key())
        do throws(SignatureError) {
            _ = try AllowedSigners(parsing: text.replacing("KEY", with: key))
            Issue.record("taken: \(text)")
        } catch {
            #expect(error.description.contains(words), "\(error)")
        }
    }

    /// Random bytes in the form of a signature are refused and nothing else happens.
    @Test func noiseIsRefused() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            var bytes = Array("SSHSIG".utf8) + [0, 0, 0, 1]
            bytes += (0..<Int.random(in: 0..<120, using: &random)).map { _ in
                UInt8.random(in: 0...(Bool.random(using: &random) ? 255 : 12), using: &random)
            }
            let text =
                "-----BEGIN SSH SIGNATURE-----\n\(Data(bytes).base64EncodedString())\n-----END SSH SIGNATURE-----"
            #expect(try reason("", text) != nil)
        }
    }
}
