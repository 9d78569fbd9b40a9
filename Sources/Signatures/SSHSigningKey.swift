import Crypto
import Foundation

/// A private key to sign with: ed25519, in OpenSSH's own file format (PROTOCOL.key), without a passphrase.
public struct SSHSigningKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey
    public let publicKey: SSHPublicKey

    /// - Parameter text: what `ssh-keygen -t ed25519 -N ''` writes.
    /// - Throws: ``SignatureError``, which never shows anything of the key.
    public init(parsing text: String) throws(SignatureError) {
        if text.hasPrefix("ssh-") || text.hasPrefix("ecdsa-") {
            throw SignatureError("it is a public key, expected the private one (the file without .pub)")
        }
        guard text.hasPrefix("-----BEGIN OPENSSH PRIVATE KEY-----") else {
            throw SignatureError("it is no private key of OpenSSH. \(Self.advice)")
        }
        var reader = SSHReader(try Armor.open(text, "OPENSSH PRIVATE KEY"))
        guard try reader.take(15) == Array("openssh-key-v1\0".utf8) else {
            throw SignatureError("it is no private key of OpenSSH. \(Self.advice)")
        }
        let cipher = try reader.text()
        guard cipher == "none" else {
            throw SignatureError("it has a passphrase, which a service cannot type. \(Self.advice)")
        }
        _ = try reader.string()
        _ = try reader.string()
        guard try reader.number() == 1 else { throw SignatureError("it holds more than one key. \(Self.advice)") }
        let publicKey = try SSHPublicKey(blob: try reader.string())
        var secret = SSHReader(try reader.string())
        guard try secret.number() == secret.number() else { throw SignatureError("it is damaged") }
        let type = try secret.text()
        guard type == "ssh-ed25519", publicKey.type == type else {
            throw SignatureError("it is of the type '\(type)', expected ssh-ed25519. \(Self.advice)")
        }
        _ = try secret.string()
        let pair = try secret.string()
        guard pair.count == 64, let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: pair.prefix(32)),
            Array(key.publicKey.rawRepresentation) == Array(pair.suffix(32)),
            publicKey.blob.suffix(32) == pair.suffix(32)
        else { throw SignatureError("it is damaged: its public and its private half do not belong together") }
        self.key = key
        self.publicKey = publicKey
    }

    private static let advice = "Make one for the service alone: ssh-keygen -t ed25519 -N '' -C rampart -f FILE"

    /// Signs a message.
    ///
    /// - Returns: the armored signature, without a line feed at the end.
    public func sign(_ message: [UInt8], namespace: String) throws(SignatureError) -> String {
        let data = try SSHSignature.signedData(message, namespace: namespace, reserved: [], hashAlgorithm: "sha512")
        guard let signature = try? key.signature(for: data) else { throw SignatureError("the key cannot sign") }
        var inner = SSHWriter()
        inner.string(Array("ssh-ed25519".utf8))
        inner.string(Array(signature))
        var writer = SSHWriter()
        writer.raw(SSHSignature.magic)
        writer.number(1)
        writer.string(publicKey.blob)
        writer.string(Array(namespace.utf8))
        writer.string([])
        writer.string(Array("sha512".utf8))
        writer.string(inner.bytes)
        return Armor.close(writer.bytes, SSHSignature.armor)
    }
}
