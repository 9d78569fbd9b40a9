import Crypto
import CryptoExtras
import Foundation
import JSONValues
import Logging
import Secrets
import Synchronization
import Testing

@testable import Access

@Suite struct OIDCTests {
    static let quiet: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    struct Setup {
        let issuer: Issuer
        let keys: KeySource
        let clock = HandClock()
        let authenticator: OIDCAuthenticator

        init(
            _ issuer: Issuer? = nil, time: @escaping @Sendable () -> Double = { Issuer.now },
            change: (inout OIDCSettings) -> Void = { _ in }
        ) throws {
            self.issuer = try issuer ?? Issuer()
            var settings = OIDCSettings(issuer: Issuer.url, audience: Issuer.audience)
            change(&settings)
            let clock = clock
            keys = KeySource(settings, logger: OIDCTests.quiet, now: { clock.now }, fetch: self.issuer.fetch)
            authenticator = OIDCAuthenticator(settings, keys: keys, now: time)
        }

        /// What becomes of a token: nil where it is none of this issuer.
        func caller(_ token: String) async throws -> Caller? {
            let secret = Secret(token)
            guard let parsed = authenticator.token(secret) else { return nil }
            return try await authenticator.caller(parsed, secret)
        }
    }

    // MARK: - Good ones

    static let good: [(String, String?, Issuer.Key)] = [
        ("RS256", "rsa", .rsa(Issuer.rsa)), ("ES256", "p256", .p256(Issuer.p256)),
        ("ES384", "p384", .p384(Issuer.p384)), ("EdDSA", "ed", .ed25519(Issuer.ed25519)),
        ("ES256", nil, .p256(Issuer.p256)),
    ]

    @Test(arguments: good.indices) func takesWhatTheIssuerHasSigned(_ index: Int) async throws {
        let (algorithm, kid, key) = Self.good[index]
        let setup = try Setup()
        let token = try Issuer.token(algorithm, kid, by: key)
        for _ in 0..<2 {
            let caller = try #require(try await setup.caller(token))
            #expect(caller.user == "ada")
            #expect(caller.groups == ["engineers"], "no group of the cluster's own")
            #expect(caller.name == "Ada Lovelace")
            #expect(caller.email == "ada@example.com")
            #expect(caller.means == .oidc)
        }
        #expect(setup.issuer.fetched.count == 2, "discovery and keys, once")
    }

    @Test(
        arguments: [
            ["aud": ["other", "rampart"]], ["exp": .double(Issuer.now + 0.5)], ["exp": .int(Int64(Issuer.now) - 20)],
            ["nbf": .int(Int64(Issuer.now) + 20)], ["iat": .int(Int64(Issuer.now) + 20)], ["groups": "one"],
            ["groups": .null], ["email_verified": false], ["name": 7],
        ] as [JSON])
    func takesOtherForms(_ changes: JSON) async throws {
        var claims = Issuer.claims
        for (name, value) in changes.object ?? [:] { claims[name] = value }
        let caller = try #require(try await Setup().caller(Issuer.token(claims: claims)))
        #expect(caller.user == "ada")
        if changes["email_verified"] != nil { #expect(caller.email == "", "an address that nobody has checked") }
        if changes["groups"]?.string != nil { #expect(caller.groups == ["one"]) }
    }

    @Test func claimsCanBeOtherOnes() async throws {
        let setup = try Setup(change: { settings in
            settings.userClaim = "email"
            settings.groupsClaim = "roles"
            settings.nameClaim = "given"
        })
        var claims = Issuer.claims
        claims["roles"] = ["a", "b"]
        claims["given"] = "Ada"
        let caller = try #require(try await setup.caller(Issuer.token(claims: claims)))
        #expect(caller.user == "ada@example.com")
        #expect(caller.groups == ["a", "b"])
        #expect(caller.authorName == "Ada")
        claims["email_verified"] = false
        await #expect(throws: AccessError.self) { try await setup.caller(Issuer.token(claims: claims)) }
    }

    // MARK: - Forged ones

    /// A name and what makes the token.
    struct Forgery: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let make: @Sendable () throws -> String
        init(_ name: String, _ make: @escaping @Sendable () throws -> String) {
            testDescription = name
            self.make = make
        }
    }

    static func claims(_ changes: JSON) -> JSON {
        var claims = Issuer.claims
        for (name, value) in changes.object ?? [:] { claims[name] = value }
        return claims
    }

    /// Signed with HMAC, the secret being what anybody can know: the public key.
    static func hmac(_ algorithm: String, _ kid: String, secret: [UInt8]) -> String {
        let signed =
            Issuer.part(["alg": .string(algorithm), "kid": .string(kid)]) + "." + Issuer.part(Issuer.claims)
        let code = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: SymmetricKey(data: secret))
        return signed + "." + Base64URL.encode(Array(code))
    }

    static let forgeries: [Forgery] =
        ["none", "None", "NONE", "nOnE", ""].flatMap { algorithm in
            [
                Forgery("alg '\(algorithm)', no signature") {
                    Issuer.part(["alg": .string(algorithm), "kid": "rsa"]) + "." + Issuer.part(Issuer.claims) + "."
                },
                Forgery("alg '\(algorithm)', some signature") {
                    try Issuer.token(algorithm, "p256")
                },
            ]
        } + [
            Forgery("HS256 with the RSA key's PEM as the secret") {
                hmac("HS256", "rsa", secret: Array(Issuer.rsa.publicKey.pemRepresentation.utf8))
            },
            Forgery("HS256 with the RSA key's DER as the secret") {
                hmac("HS256", "rsa", secret: Array(Issuer.rsa.publicKey.derRepresentation))
            },
            Forgery("HS256 with the modulus as the secret") {
                hmac("HS256", "rsa", secret: Array(try Issuer.rsa.publicKey.getKeyPrimitives().modulus))
            },
            Forgery("HS384") { hmac("HS384", "p256", secret: Array(Issuer.p256.publicKey.rawRepresentation)) },
            Forgery("an RSA signature called ES256") {
                try Issuer.token("ES256", "rsa", by: .rsa(Issuer.rsa))
            },
            Forgery("an EC signature called RS256") { try Issuer.token("RS256", "p256") },
            Forgery("an EC signature with the name of the RSA key") { try Issuer.token("ES256", "rsa") },
            Forgery("a P-256 signature called ES384") { try Issuer.token("ES384", "p256") },
            Forgery("somebody else's key") { try Issuer.token(by: .p256(P256.Signing.PrivateKey())) },
            Forgery("somebody else's key, brought along") {
                let key = P256.Signing.PrivateKey()
                return try Issuer.token(by: .p256(key), header: ["jwk": Issuer.Key.p256(key).jwk("p256")])
            },
            Forgery("a key to be fetched elsewhere (jku)") {
                try Issuer.token(header: ["jku": "https://evil.example/keys"])
            },
            Forgery("a key to be fetched elsewhere (x5u)") {
                try Issuer.token(header: ["x5u": "https://evil.example/cert"])
            },
            Forgery("a header that has to be understood (crit)") {
                try Issuer.token(header: ["crit": ["exp"], "exp": 1])
            },
            Forgery("an unknown kid") { try Issuer.token("ES256", "other") },
            Forgery("a kid that is a path") { try Issuer.token("ES256", "../../../../dev/null") },
            Forgery("a kid that is a URL") { try Issuer.token("ES256", "https://evil.example/keys#1") },
            Forgery("a kid that is SQL") { try Issuer.token("ES256", "x' UNION SELECT 'key") },
            Forgery("an empty kid") { try Issuer.token("ES256", "") },
            Forgery("a kid that is no text") { try Issuer.token("ES256", nil, header: ["kid": 7]) },
            Forgery("a kid without end") { try Issuer.token("ES256", String(repeating: "k", count: 513)) },
            Forgery("another audience") { try Issuer.token(claims: claims(["aud": "other"])) },
            Forgery("an audience that only begins alike") { try Issuer.token(claims: claims(["aud": "rampart2"])) },
            Forgery("no audience") { try Issuer.token(claims: claims(["aud": .null])) },
            Forgery("an empty list of audiences") { try Issuer.token(claims: claims(["aud": []])) },
            Forgery("expired") { try Issuer.token(claims: claims(["exp": .int(Int64(Issuer.now) - 31)])) },
            Forgery("never expires") { try Issuer.token(claims: claims(["exp": .null])) },
            Forgery("expires in words") { try Issuer.token(claims: claims(["exp": "tomorrow"])) },
            Forgery("not good yet") { try Issuer.token(claims: claims(["nbf": .int(Int64(Issuer.now) + 31)])) },
            Forgery("issued in the future") { try Issuer.token(claims: claims(["iat": .int(Int64(Issuer.now) + 31)])) },
            Forgery("nbf in words") { try Issuer.token(claims: claims(["nbf": "yesterday"])) },
            Forgery("no user") { try Issuer.token(claims: claims(["sub": .null])) },
            Forgery("an empty user") { try Issuer.token(claims: claims(["sub": ""])) },
            Forgery("a user that is no text") { try Issuer.token(claims: claims(["sub": ["ada"]])) },
            Forgery("a user of the cluster's own") { try Issuer.token(claims: claims(["sub": "system:admin"])) },
            Forgery("claims changed after signing") {
                let parts = try Issuer.token().split(separator: ".")
                return "\(parts[0]).\(Issuer.part(claims(["sub": "root"]))).\(parts[2])"
            },
            Forgery("a signature cut short") { String(try Issuer.token().dropLast(8)) },
            Forgery("no signature") { try Issuer.token().split(separator: ".").prefix(2).joined(separator: ".") + "." },
        ]

    @Test(arguments: forgeries) func refusesForgeries(_ forgery: Forgery) async throws {
        let setup = try Setup()
        let token = try forgery.make()
        // What does not even read is nobody's token, and ends as such in the authenticator.
        let isRefused: Bool
        do throws(AccessError) {
            let secret = Secret(token)
            if let parsed = setup.authenticator.token(secret) {
                _ = try await setup.authenticator.caller(parsed, secret)
                isRefused = false
            } else {
                isRefused = true
            }
        } catch {
            guard case .badCredentials(let why) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(!why.contains(token))
            isRefused = true
        }
        #expect(isRefused)
        #expect(setup.issuer.fetched.allSatisfy { $0.hasPrefix(Issuer.url + "/") }, "nothing is fetched from elsewhere")
    }

    @Test func tokensOfOthersAreNotJudged() async throws {
        let setup = try Setup()
        let others = [
            "opaque", "a.b.c", "", "..", try Issuer.token(claims: Self.claims(["iss": "https://other.example"])),
            try Issuer.token(claims: Self.claims(["iss": .string(Issuer.url + "/")])),
            try Issuer.token() + ".x", try Issuer.token() + "=",
            "\(Base64URL.encode(Array("{\"alg\":\"none\",\"alg\":\"ES256\"}".utf8))).\(Issuer.part(Issuer.claims)).",
        ]
        for token in others { #expect(try await setup.caller(token) == nil, "\(token)") }
        #expect(setup.issuer.fetched.isEmpty)
    }

    // MARK: - Keys

    @Test func aNewKeyIsFetchedButNotTooOften() async throws {
        let setup = try Setup()
        #expect(try await setup.caller(Issuer.token()) != nil)
        let next = P256.Signing.PrivateKey()
        setup.issuer.publish([try Issuer.Key.p256(next).jwk("next")])
        let token = try Issuer.token("ES256", "next", by: .p256(next))
        await #expect(throws: AccessError.self, "the pause after the last fetch is not over") {
            try await setup.caller(token)
        }
        #expect(setup.issuer.fetched.count == 2)
        setup.clock.advance(.seconds(31))
        #expect(try await setup.caller(token)?.user == "ada")
        #expect(setup.issuer.fetched.count == 4)
        // A client with made-up names of keys leads to no more than one fetch in each pause.
        setup.clock.advance(.seconds(31))
        for index in 0..<20 {
            _ = try? await setup.caller(Issuer.token("ES256", "made up \(index)"))
        }
        #expect(setup.issuer.fetched.count == 6)
    }

    @Test func aKeyThatTheIssuerHasDroppedIsNoLongerGood() async throws {
        let setup = try Setup()
        let token = try Issuer.token()
        #expect(try await setup.caller(token) != nil)
        setup.issuer.publish([try Issuer.Key.rsa(Issuer.rsa).jwk("rsa")])
        setup.clock.advance(.seconds(601))
        await setup.keys.refresh()
        await #expect(throws: AccessError.self) { try await setup.caller(token) }
    }

    @Test func whileTheIssuerIsAwayTheLastKeysCount() async throws {
        let setup = try Setup()
        #expect(try await setup.caller(Issuer.token()) != nil)
        setup.issuer.isDown = true
        setup.clock.advance(.seconds(3_600))
        #expect(try await setup.caller(Issuer.token("RS256", "rsa", by: .rsa(Issuer.rsa))) != nil)
        #expect(await setup.authenticator.problem != nil)
        setup.issuer.isDown = false
        setup.clock.advance(.seconds(3_600))
        #expect(try await setup.caller(Issuer.token("EdDSA", "ed", by: .ed25519(Issuer.ed25519))) != nil)
        #expect(await setup.authenticator.problem == nil)
    }

    @Test func withoutAnyKeysNothingIsSaidOfATokenButWait() async throws {
        let issuer = try Issuer()
        issuer.isDown = true
        let setup = try Setup(issuer)
        do {
            _ = try await setup.caller(Issuer.token())
            Issue.record("let in")
        } catch let error as AccessError {
            guard case .unavailable = error else {
                Issue.record("\(error)")
                return
            }
        }
        issuer.isDown = false
        setup.clock.advance(.seconds(31))
        #expect(try await setup.caller(Issuer.token()) != nil)
    }

    @Test func aTokenThatExpiresWhileItIsKnownIsNoLongerGood() async throws {
        let time = Mutex(Issuer.now)
        let setup = try Setup(time: { time.withLock { $0 } })
        let token = try Issuer.token()
        #expect(try await setup.caller(token) != nil)
        time.withLock { $0 += 631 }
        await #expect(throws: AccessError.self) { try await setup.caller(token) }
    }

    @Test(
        arguments: [
            (["issuer": "https://other.example", "jwks_uri": "https://issuer.example/keys"], "another issuer"),
            (["issuer": "https://issuer.example"], "no jwks_uri"),
            (["issuer": "https://issuer.example", "jwks_uri": "http://issuer.example/keys"], "not https"),
            (["issuer": "https://issuer.example", "jwks_uri": "file:///etc/passwd"], "no https URL"),
            (["issuer": "https://issuer.example", "jwks_uri": "https://a@issuer.example/keys"], "no plain URL"),
            ([], "no JSON object"),
        ] as [(JSON, String)])
    func refusesBadDiscovery(_ document: JSON, _ message: String) async throws {
        let issuer = try Issuer()
        issuer.publish(discovery: document, keys: ["keys": [try Issuer.Key.p256(Issuer.p256).jwk("p256")]])
        let setup = try Setup(issuer)
        await #expect(throws: AccessError.self) { try await setup.caller(Issuer.token()) }
        #expect(await setup.authenticator.problem?.contains(message) == true)
    }

    @Test func leavesOutKeysThatAreNoneForThis() throws {
        let small: JSON = [
            "kty": "RSA", "kid": "small", "n": .string(Base64URL.encode(Array(repeating: 0xC1, count: 128))),
            "e": "AQAB",
        ]
        var encryption = try Issuer.Key.p256(Issuer.p256).jwk("encryption")
        encryption["use"] = "enc"
        var withPrivate = try Issuer.Key.ed25519(Issuer.ed25519).jwk("private")
        withPrivate["d"] = .string(Base64URL.encode(Array(Issuer.ed25519.rawRepresentation)))
        let set = try #require(
            KeySet(
                ([
                    "keys": [
                        small, encryption, withPrivate,
                        ["kty": "oct", "kid": "secret", "k": "AAAA"], ["kty": "new", "kid": "x"], 7,
                        ["kty": "RSA", "kid": "broken", "n": "!", "e": "AQAB"],
                    ]
                ] as JSON).bytes()))
        #expect(set.keys.map(\.id) == ["private"])
        #expect(KeySet(Array("[]".utf8)) == nil)
        #expect(KeySet(Array("{\"keys\":".utf8)) == nil)
    }

    @Test func aKeyForOneAlgorithmIsForNoOther() async throws {
        let issuer = try Issuer([try Issuer.Key.rsa(Issuer.rsa).jwk("rsa", algorithm: "RS512")])
        let setup = try Setup(issuer)
        await #expect(throws: AccessError.self) {
            try await setup.caller(Issuer.token("RS256", "rsa", by: .rsa(Issuer.rsa)))
        }
    }

    @Test(
        arguments: [
            ("https://issuer.example", true), ("https://issuer.example/realms/x", true),
            ("http://127.0.0.1:8080", true),
            ("http://localhost:1/x", true), ("http://[::1]:1", true), ("http://issuer.example", false),
            ("http://127.0.0.1.example", false), ("issuer.example", false), ("https://", false),
            ("https://u:p@issuer.example", false), ("https://issuer.example?x", false), ("ftp://issuer.example", false),
        ])
    func issuersAreHTTPS(_ url: String, _ isGood: Bool) {
        #expect((OIDCSettings(issuer: url, audience: "a").problem == nil) == isGood)
    }
}
