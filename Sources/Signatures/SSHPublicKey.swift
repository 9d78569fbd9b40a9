import Crypto
import CryptoExtras
import Foundation

/// A public key of SSH.
public struct SSHPublicKey: Sendable, Hashable {
    /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, …
    public let type: String
    /// The key as SSH sends it, with its type: two keys are the same where these are.
    public let blob: [UInt8]

    static let types: Set<String> = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ]

    /// - Throws: ``SignatureError`` where it is torn.
    init(blob: [UInt8]) throws(SignatureError) {
        var reader = SSHReader(blob)
        type = try reader.text()
        self.blob = blob
    }

    /// Reads `ssh-ed25519 AAAA…`, the form of `.pub` files; what stands behind is a remark.
    public init(parsing line: String) throws(SignatureError) {
        let fields = line.split(separator: " ", omittingEmptySubsequences: true)
        guard fields.count > 1, let data = Data(base64Encoded: String(fields[1])) else {
            throw SignatureError("'\(line.prefix(40))' is no public key, expected one such as ssh-ed25519 AAAA…")
        }
        try self.init(blob: Array(data))
        guard type == fields[0] else { throw SignatureError("the key says that it is '\(type)', not '\(fields[0])'") }
    }

    /// The form of `.pub` files.
    public var text: String { "\(type) \(Data(blob).base64EncodedString())" }

    /// As `ssh-keygen -l` shows it: `SHA256:` and the hash of the key in base64.
    public var fingerprint: String {
        let digest = Data(SHA256.hash(data: blob)).base64EncodedString()
        return "SHA256:" + digest.prefix { $0 != "=" }
    }

    /// Whether this key has signed some data.
    ///
    /// - Parameter signature: what follows the algorithm's name in the signature.
    /// - Throws: ``SignatureError`` where that cannot be told: a kind of key that is not supported, or a torn signature.
    func verifies(_ signature: [UInt8], algorithm: String, of data: [UInt8]) throws(SignatureError) -> Bool {
        var reader = SSHReader(signature)
        var fields = SSHReader(blob)
        _ = try fields.text()
        // SHA-1, the plain `ssh-rsa` among algorithms, is not taken, as ssh-keygen does not take it here either.
        let algorithms = type == "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type]
        guard Self.types.contains(type), algorithms.contains(algorithm) else {
            throw SignatureError(
                Self.types.contains(type)
                    ? "it is made by '\(algorithm)', expected \(algorithms.joined(separator: " or "))"
                    : Self.unsupported(type))
        }
        switch type {
        case "ssh-rsa": return try rsaVerifies(&fields, &reader, usesSHA512: algorithm == "rsa-sha2-512", data)
        case "ssh-ed25519", "sk-ssh-ed25519@openssh.com":
            let key = try fields.string()
            let bytes = try reader.string()
            let signed = try signedData(data, &fields, &reader)
            guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: key) else { throw Self.torn }
            return key.isValidSignature(bytes, for: signed)
        default:
            _ = try fields.text()  // the curve, which the type says already
            let point = try fields.string()
            let numbers = try reader.string()
            let signed = try signedData(data, &fields, &reader)
            return try curveVerifies(point, SSHReader(numbers), signed)
        }
    }

    static func unsupported(_ type: String) -> String {
        "keys of the type '\(type.prefix(60))' are not supported, expected one of \(types.sorted().joined(separator: ", "))"
    }

    private static let torn = SignatureError("the key or the signature is torn")

    /// What the key itself has signed: the data, or what a security token makes of them (PROTOCOL.u2f). Reads both ends.
    private func signedData(
        _ data: [UInt8], _ fields: inout SSHReader, _ reader: inout SSHReader
    ) throws(SignatureError) -> [UInt8] {
        var signed = data
        if type.hasPrefix("sk-") {
            let application = try fields.string()
            let flagsAndCounter = try reader.take(5)
            signed = Array(SHA256.hash(data: application)) + flagsAndCounter + Array(SHA256.hash(data: data))
        }
        guard fields.isAtEnd, reader.isAtEnd else { throw SignatureError("it goes on behind its end") }
        return signed
    }

    private func curveVerifies(
        _ point: [UInt8], _ numbers: SSHReader, _ data: [UInt8]
    ) throws(SignatureError) -> Bool {
        var numbers = numbers
        func raw(_ width: Int) throws(SignatureError) -> [UInt8] {
            let bytes = try numbers.unsigned(width: width) + numbers.unsigned(width: width)
            guard numbers.isAtEnd else { throw SignatureError("it goes on behind its end") }
            return bytes
        }
        switch type {
        case "ecdsa-sha2-nistp384":
            guard let key = try? P384.Signing.PublicKey(x963Representation: point),
                let signature = try? P384.Signing.ECDSASignature(rawRepresentation: raw(48))
            else { throw Self.torn }
            return key.isValidSignature(signature, for: data)
        case "ecdsa-sha2-nistp521":
            guard let key = try? P521.Signing.PublicKey(x963Representation: point),
                let signature = try? P521.Signing.ECDSASignature(rawRepresentation: raw(66))
            else { throw Self.torn }
            return key.isValidSignature(signature, for: data)
        default:
            guard let key = try? P256.Signing.PublicKey(x963Representation: point),
                let signature = try? P256.Signing.ECDSASignature(rawRepresentation: raw(32))
            else { throw Self.torn }
            return key.isValidSignature(signature, for: data)
        }
    }

    private func rsaVerifies(
        _ fields: inout SSHReader, _ reader: inout SSHReader, usesSHA512: Bool, _ data: [UInt8]
    ) throws(SignatureError) -> Bool {
        let exponent = try fields.string().drop { $0 == 0 }
        let modulus = try fields.string().drop { $0 == 0 }
        let bytes = try reader.string()
        guard modulus.count >= 256 else {
            throw SignatureError("an RSA key of \(modulus.count * 8) bits is too short, expected at least 2048")
        }
        guard fields.isAtEnd, reader.isAtEnd, bytes.count <= modulus.count,
            let key = try? _RSA.Signing.PublicKey(n: Data(modulus), e: Data(exponent))
        else { throw Self.torn }
        let padded = [UInt8](repeating: 0, count: modulus.count - bytes.count) + bytes
        let signature = _RSA.Signing.RSASignature(rawRepresentation: padded)
        return usesSHA512
            ? key.isValidSignature(signature, for: SHA512.hash(data: data), padding: .insecurePKCS1v1_5)
            : key.isValidSignature(signature, for: SHA256.hash(data: data), padding: .insecurePKCS1v1_5)
    }
}
