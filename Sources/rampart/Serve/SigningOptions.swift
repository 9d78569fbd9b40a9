import Apps
import ArgumentParser
import Foundation
import Git
import Signatures

/// Whether commits are signed, and whose are applied.
struct SigningOptions: ParsableArguments {
    @Option(
        name: .customLong("signing-key"),
        help: ArgumentHelp(
            "Sign the service's commits with this SSH key (ed25519, OpenSSH's format, no passphrase).",
            valueName: "file"))
    var signingKey: String?

    @Option(
        name: .customLong("verify-signatures"),
        help: ArgumentHelp(
            "Apply only commits signed by a key of this list (git's allowed signers); read again on change.",
            valueName: "file"))
    var allowedSigners: String?

    @Option(
        name: .customLong("verify-since"),
        help: ArgumentHelp(
            "Trust the history up to this commit, where nothing of it was verified before.", valueName: "commit"))
    var trustedUpTo: String?

    func validate() throws {
        if allowedSigners != nil, signingKey == nil {
            throw ValidationError(
                "--verify-signatures goes with --signing-key: the service's own commits have to be signed too.")
        }
        guard let trustedUpTo else { return }
        if allowedSigners == nil { throw ValidationError("--verify-since goes with --verify-signatures.") }
        if ObjectID(trustedUpTo) == nil {
            throw ValidationError(
                "'\(trustedUpTo)' is no commit: --verify-since takes the full id (git rev-parse main).")
        }
    }

    /// Reads the files, so that what is wrong with them is said before anything starts.
    func apply(to options: inout AppStoreOptions) throws {
        guard let signingKey else { return }
        let key: SSHSigningKey
        let list: AllowedSignersFile?
        do throws(SignatureError) {
            key = try SignatureFiles.signingKey(signingKey)
            list = try allowedSigners.map { path throws(SignatureError) in try AllowedSignersFile(path) }
        } catch {
            throw Failure(error.description)
        }
        options.signer = Self.signer(key)
        guard let list else { return }
        try check(key, on: list)
        options.verifier = Self.verifier(list)
        options.trustedUpTo = trustedUpTo.flatMap { ObjectID($0) }
    }

    /// Tries whether the service's own commits would be applied.
    private func check(_ key: SSHSigningKey, on list: AllowedSignersFile) throws {
        let trial = Array("trial".utf8)
        do throws(SignatureError) {
            let now = Int64(Date().timeIntervalSince1970)
            _ = try list.list().verify(trial, signature: key.sign(trial, namespace: "git"), namespace: "git", at: now)
        } catch {
            throw Failure(
                "\(list.path) does not allow the service's own commits: \(error). Add a line such as\n"
                    + "  rampart@localhost namespaces=\"git\" \(key.publicKey.text)")
        }
    }

    static func signer(_ key: SSHSigningKey) -> CommitSigner {
        { text in try? key.sign(text, namespace: "git") }
    }

    /// Asks a list as it is at the time: who is taken off it counts no longer.
    static func verifier(_ list: AllowedSignersFile) -> CommitVerifier {
        CommitVerifier {
            list.revision()
        } refusal: { text, committed in
            do throws(SignatureError) {
                _ = try list.list().verify(
                    text.payload, signature: text.signature, namespace: "git", at: committed.seconds)
                return nil
            } catch {
                return error.description
            }
        }
    }
}
