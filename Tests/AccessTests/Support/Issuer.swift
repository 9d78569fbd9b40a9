import Crypto
import CryptoExtras
import Foundation
import JSONValues
import Synchronization

@testable import Access

/// An OpenID Connect issuer in this process, whose keys and documents a test changes, and which signs whatever is asked.
final class Issuer: Sendable {
    static let url = "https://issuer.example"
    static let audience = "rampart"
    /// The time of all tests: 2026-11-25T12:00:00Z.
    static let now = 1_795_608_000.0

    enum Key: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)

        func sign(_ text: String) throws -> [UInt8] {
            let data = Data(text.utf8)
            switch self {
            case .rsa(let key):
                return Array(
                    try key.signature(for: SHA256.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation)
            case .p256(let key): return Array(try key.signature(for: data).rawRepresentation)
            case .p384(let key): return Array(try key.signature(for: data).rawRepresentation)
            case .ed25519(let key): return Array(try key.signature(for: data))
            }
        }

        /// The public half as a JWK.
        func jwk(_ id: String?, algorithm: String? = nil) throws -> JSON {
            var json: JSON
            func text(_ bytes: some Sequence<UInt8>) -> JSON { .string(Base64URL.encode(Array(bytes))) }
            switch self {
            case .rsa(let key):
                let parts = try key.publicKey.getKeyPrimitives()
                json = ["kty": "RSA", "n": text(parts.modulus), "e": text(parts.publicExponent)]
            case .p256(let key):
                let raw = key.publicKey.rawRepresentation
                json = ["kty": "EC", "crv": "P-256", "x": text(raw.prefix(32)), "y": text(raw.suffix(32))]
            case .p384(let key):
                let raw = key.publicKey.rawRepresentation
                json = ["kty": "EC", "crv": "P-384", "x": text(raw.prefix(48)), "y": text(raw.suffix(48))]
            case .ed25519(let key):
                json = ["kty": "OKP", "crv": "Ed25519", "x": text(key.publicKey.rawRepresentation)]
            }
            json["use"] = "sig"
            if let id { json["kid"] = .string(id) }
            if let algorithm { json["alg"] = .string(algorithm) }
            return json
        }
    }

    private struct State {
        var documents: [String: String] = [:]
        var isDown = false
        var fetched: [String] = []
    }

    private let state = Mutex(State())

    static let rsa: _RSA.Signing.PrivateKey = {
        do { return try _RSA.Signing.PrivateKey(keySize: .bits2048) } catch { fatalError("\(error)") }
    }()
    static let p256 = P256.Signing.PrivateKey()
    static let p384 = P384.Signing.PrivateKey()
    static let ed25519 = Curve25519.Signing.PrivateKey()

    init(_ keys: [JSON]? = nil) throws {
        publish(
            try keys ?? [
                Key.rsa(Self.rsa).jwk("rsa"), Key.p256(Self.p256).jwk("p256"), Key.p384(Self.p384).jwk("p384"),
                Key.ed25519(Self.ed25519).jwk("ed"),
            ])
    }

    func publish(_ keys: [JSON]) {
        publish(
            discovery: ["issuer": .string(Self.url), "jwks_uri": .string(Self.url + "/keys")],
            keys: ["keys": .array(keys)])
    }

    func publish(discovery: JSON, keys: JSON) {
        state.withLock { state in
            state.documents[Self.url + "/.well-known/openid-configuration"] = discovery.text()
            state.documents[Self.url + "/keys"] = keys.text()
        }
    }

    var isDown: Bool {
        get { state.withLock { $0.isDown } }
        set { state.withLock { $0.isDown = newValue } }
    }

    /// The URLs that were asked for.
    var fetched: [String] { state.withLock { $0.fetched } }

    struct Down: Error, CustomStringConvertible { let description = "connection refused" }

    @Sendable func fetch(_ url: String) async throws -> [UInt8] {
        try state.withLock { state in
            state.fetched.append(url)
            guard !state.isDown, let document = state.documents[url] else { throw Down() }
            return Array(document.utf8)
        }
    }

    static let claims: JSON = [
        "iss": .string(url), "aud": .string(audience), "sub": "ada", "name": "Ada Lovelace", "email": "ada@example.com",
        "groups": ["engineers", "system:masters"], "exp": .int(Int64(now) + 600), "iat": .int(Int64(now) - 10),
    ]

    static func part(_ json: JSON) -> String { Base64URL.encode(json.bytes()) }

    /// A token signed by a key of the issuer's.
    static func token(
        _ algorithm: String = "ES256", _ kid: String? = "p256", by key: Key = .p256(p256), claims: JSON = claims,
        header more: JSON = [:]
    ) throws -> String {
        var header: JSON = ["alg": .string(algorithm), "typ": "JWT"]
        if let kid { header["kid"] = .string(kid) }
        for (name, value) in more.object ?? [:] { header[name] = value }
        let signed = part(header) + "." + part(claims)
        return signed + "." + Base64URL.encode(try key.sign(signed))
    }
}
