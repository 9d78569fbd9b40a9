import Git
import Signatures

/// Keys, signatures, lists of signers, and commits that carry a signature.
enum SignatureTarget {
    @Sendable static func run(_ bytes: [UInt8]) {
        let parted = SignedText(parting: bytes)
        demand(parted.payload.count <= bytes.count, "more is signed than there is")
        let again = SignedText(parting: parted.payload)
        demand(again.signature == nil && again.payload == parted.payload, "what is signed holds a signature")
        let text = String(decoding: bytes, as: UTF8.self)
        let list = try? AllowedSigners(parsing: text)
        for signature in [text, parted.signature].compactMap({ $0 }) {
            guard let read = try? SSHSignature(parsing: signature) else { continue }
            demand((try? read.verify(parted.payload)) == nil, "a signature that nobody has made is good")
            _ = try? list?.verify(parted.payload, signature: signature, namespace: "git", at: 0)
        }
        _ = try? SSHSigningKey(parsing: text)
        _ = try? SSHPublicKey(parsing: text)
    }
}
