import Crypto
import Foundation

/// A signature in OpenSSH's form (PROTOCOL.sshsig): `-----BEGIN SSH SIGNATURE-----`.
public struct SSHSignature: Sendable, Hashable {
    /// The public key that it says it is of.
    public let key: SSHPublicKey
    /// What it was made for: `git` for commits.
    public let namespace: String
    let reserved: [UInt8]
    let hashAlgorithm: String
    /// How it was made: `ssh-ed25519`, `rsa-sha2-512`, …
    let algorithm: String
    let signature: [UInt8]

    static let armor = "SSH SIGNATURE"
    /// The longest armored text that is read, in bytes; one by the largest key of RSA takes a third.
    static let longest = 16 << 10
    static let magic = Array("SSHSIG".utf8)

    /// Reads the armored text.
    ///
    /// - Throws: ``SignatureError`` where it is anything else, such as one of GnuPG, or torn.
    public init(parsing text: String) throws(SignatureError) {
        guard text.utf8.count <= Self.longest else {
            throw SignatureError("it is longer than \(Self.longest) bytes")
        }
        if text.hasPrefix("-----BEGIN PGP") {
            throw SignatureError("it is one of GnuPG; sign with an SSH key (git config gpg.format ssh)")
        }
        if text.hasPrefix("-----BEGIN SIGNED MESSAGE") {
            throw SignatureError("it is one of X.509; sign with an SSH key (git config gpg.format ssh)")
        }
        var reader = SSHReader(try Armor.open(text, Self.armor))
        guard try reader.take(6) == Self.magic else { throw SignatureError("it is no SSHSIG") }
        let version = try reader.number()
        guard version == 1 else { throw SignatureError("it is of version \(version), expected 1") }
        key = try SSHPublicKey(blob: try reader.string())
        namespace = try reader.text()
        reserved = try reader.string()
        hashAlgorithm = try reader.text()
        var inner = SSHReader(try reader.string())
        guard reader.isAtEnd else { throw SignatureError("it goes on behind its end") }
        algorithm = try inner.text()
        // Keys on security tokens sign a counter too, which stands behind the signature and is not for them alone.
        signature = inner.remainder
    }

    /// What is signed in place of a message: its hash with what the signature is for.
    static func signedData(
        _ message: [UInt8], namespace: String, reserved: [UInt8], hashAlgorithm: String
    ) throws(SignatureError) -> [UInt8] {
        var writer = SSHWriter()
        writer.raw(magic)
        writer.string(Array(namespace.utf8))
        writer.string(reserved)
        writer.string(Array(hashAlgorithm.utf8))
        switch hashAlgorithm {
        case "sha512": writer.string(Array(SHA512.hash(data: message)))
        case "sha256": writer.string(Array(SHA256.hash(data: message)))
        default: throw SignatureError("it hashes with '\(hashAlgorithm)', expected sha256 or sha512")
        }
        return writer.bytes
    }

    /// Checks that the key in it has signed a message.
    ///
    /// - Throws: ``SignatureError`` where it has not.
    public func verify(_ message: [UInt8]) throws(SignatureError) {
        let data = try Self.signedData(
            message, namespace: namespace, reserved: reserved, hashAlgorithm: hashAlgorithm)
        guard try key.verifies(signature, algorithm: algorithm, of: data) else {
            throw SignatureError("it does not fit what is signed: the commit was changed, or the signature is forged")
        }
    }
}
