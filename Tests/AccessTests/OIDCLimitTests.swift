import Crypto
import Secrets
import Testing

@testable import Access

/// How long an issuer's keys count, and how many signatures are checked.
@Suite struct OIDCLimitTests {
    /// The issuer may have withdrawn them meanwhile.
    @Test func keysThatAreOlderThanADayDoNotCount() async throws {
        let setup = try OIDCTests.Setup()
        #expect(try await setup.caller(Issuer.token()) != nil)
        setup.issuer.isDown = true
        setup.clock.advance(.seconds(86_399))
        #expect(try await setup.caller(Issuer.token("RS256", "rsa", by: .rsa(Issuer.rsa))) != nil)
        setup.clock.advance(.seconds(1))
        await #expect(throws: AccessError.unavailable("the keys of the issuer are too old and cannot be fetched anew"))
        {
            try await setup.caller(Issuer.token("EdDSA", "ed", by: .ed25519(Issuer.ed25519)))
        }
        setup.issuer.isDown = false
        setup.clock.advance(.seconds(31))
        #expect(try await setup.caller(Issuer.token("EdDSA", "ed", by: .ed25519(Issuer.ed25519))) != nil)
    }

    /// The check of a signature is not for nothing.
    @Test func forgedTokensAreCountedBeforeTheirSignatureIsChecked() async throws {
        let setup = try OIDCTests.Setup()
        let clock = HandClock()
        let authenticator = Authenticator(
            oidc: setup.authenticator, failures: RateLimiter(rate: 1, burst: 2) { clock.now })
        let good = try Issuer.token()
        #expect(try await authenticator.caller(Secret(good), from: "192.0.2.1").user == "ada")
        func attempt(_ address: String) async throws -> AccessError? {
            let forged = try Issuer.token(by: .p256(P256.Signing.PrivateKey()))
            do throws(AccessError) {
                _ = try await authenticator.caller(Secret(forged), from: address)
                return nil
            } catch {
                return error
            }
        }
        for _ in 0..<2 {
            guard case .badCredentials? = try await attempt("192.0.2.1") else {
                Issue.record("not looked at")
                return
            }
        }
        guard case .tooManyFailures? = try await attempt("192.0.2.1") else {
            Issue.record("looked at")
            return
        }
        guard case .badCredentials? = try await attempt("192.0.2.2") else {
            Issue.record("another address has failures of its own")
            return
        }
        #expect(try await authenticator.caller(Secret(good), from: "192.0.2.1").user == "ada")
    }
}
