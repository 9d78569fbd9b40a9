import FoundationEssentials
import JSONValues
import JWTKit

/// An issuer's public keys (RFC 7517), those for signatures that are strong enough.
struct KeySet: Sendable {
    struct Key: Sendable {
        let id: String?
        /// The one algorithm that the key is for; nil where the issuer does not say.
        let algorithm: String?
        let kind: Kind
        fileprivate let jwk: JWK

        enum Kind: Sendable, Hashable {
            case rsa
            case ec(curve: String)
            case okp

            /// The algorithms whose signatures such a key can have made.
            ///
            /// What a token says of its algorithm never chooses how a key is understood: RSA keys are good for RS and PS,
            /// each curve for its own ES, and none for a symmetric one.
            var algorithms: Set<String> {
                switch self {
                case .rsa: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
                case .ec("P-256"): ["ES256"]
                case .ec("P-384"): ["ES384"]
                case .ec("P-521"): ["ES512"]
                case .ec: []
                case .okp: ["EdDSA"]
                }
            }
        }

        func fits(_ algorithm: String) -> Bool {
            kind.algorithms.contains(algorithm) && (self.algorithm == nil || self.algorithm == algorithm)
        }

        /// Whether a signature is the key's.
        func verifies(_ token: JWT) async -> Bool {
            guard fits(token.algorithm) else { return false }
            var jwk = jwk
            jwk.keyIdentifier = "key"
            do {
                let keys = try await JWTKeyCollection().add(jwk: jwk)
                let signer = try await keys.getKey(for: "key", alg: token.algorithm)
                guard signer.name == token.algorithm else { return false }
                return try signer.verify(token.signature, signs: token.signed)
            } catch {
                return false
            }
        }
    }

    let keys: [Key]

    /// The most keys of a set that are looked at.
    static let mostKeys = 100

    /// - Returns: nil where it is no key set. Keys that are not understood, too weak, symmetric or for encryption are left out.
    init?(_ bytes: [UInt8]) {
        var options = JSONReadingOptions()
        options.maximumDepth = 16
        guard let json = try? JSON(parsing: bytes, options: options), let list = json["keys"]?.array else { return nil }
        keys = list.prefix(Self.mostKeys).compactMap(Self.key)
    }

    private static func key(_ json: JSON) -> Key? {
        if let use = json["use"]?.string, use != "sig" { return nil }
        if let uses = json["key_ops"]?.array, !uses.contains("verify") { return nil }
        let kind: Key.Kind
        switch json["kty"]?.string {
        case "RSA":
            // Shorter ones can be broken (NIST SP 800-131A); longer ones cost a client's request too much.
            guard let modulus = json["n"]?.string.flatMap(Base64URL.decode),
                (2_048...16_384).contains(modulus.drop { $0 == 0 }.count * 8)
            else { return nil }
            kind = .rsa
        case "EC": kind = .ec(curve: json["crv"]?.string ?? "")
        case "OKP" where json["crv"]?.string == "Ed25519": kind = .okp
        default: return nil
        }
        // Only what is public: an issuer that shows a private key by mistake is not the place to read it.
        var members = JSONObject()
        for name in ["kty", "n", "e", "crv", "x", "y"] {
            if let value = json[name]?.string { members[name] = .string(value) }
        }
        guard let jwk = try? JSONDecoder().decode(JWK.self, from: Data(JSON.object(members).bytes())) else {
            return nil
        }
        return Key(id: json["kid"]?.string, algorithm: json["alg"]?.string, kind: kind, jwk: jwk)
    }

    /// The keys that a token may have been signed with.
    ///
    /// One that names no key is only tried against the one key that fits, so that a client cannot make the service try
    /// many.
    func candidates(for token: JWT) -> [Key] {
        let fitting = keys.filter { $0.fits(token.algorithm) }
        if let id = token.keyID { return Array(fitting.filter { $0.id == id }.prefix(2)) }
        return fitting.count == 1 ? fitting : []
    }

    func knows(_ id: String) -> Bool { keys.contains { $0.id == id } }
}
