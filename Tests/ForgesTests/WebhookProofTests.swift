import Crypto
import Forges
import Foundation
import Secrets
import Testing

@Suite struct WebhookProofTests {
    static let body = "{\"ref\":\"refs/heads/main\"}"
    static let now: Int64 = 1_800_000_000

    static func hex(_ secret: String, _ body: String = body) -> String {
        HMAC<SHA256>.authenticationCode(for: Data(body.utf8), using: SymmetricKey(data: Data(secret.utf8)))
            .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// - Returns: nil where the headers hold no proof at all.
    private func check(
        _ source: WebhookSource, _ headers: [String: String], secrets: [String], body: String = body, now: Int64 = now
    ) -> Bool? {
        guard let proof = WebhookProof(of: source, lookup(headers)) else { return nil }
        var verifier = WebhookVerifier(proof, secrets: secrets.map { Secret($0) }, now: now)
        let bytes = Array(body.utf8)
        // In two parts, as a body comes.
        let middle = bytes.count / 2
        bytes[..<middle].withUnsafeBytes { verifier.update($0) }
        bytes[middle...].withUnsafeBytes { verifier.update($0) }
        #expect(!(verifier.isHopeless && verifier.isGood))
        return verifier.isGood
    }

    /// GitHub documents this one: the secret, the body and the signature.
    @Test func signsAsGitHubDocuments() {
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        #expect(
            check(
                .github, ["x-hub-signature-256": signature], secrets: ["It's a Secret to Everybody"],
                body: "Hello, World!") == true)
    }

    @Test(arguments: [
        (WebhookSource.github, "X-Hub-Signature-256", "sha256="), (.gitea, "X-Hub-Signature-256", "sha256="),
        (.gitea, "X-Gitea-Signature", ""), (.gitea, "X-Forgejo-Signature", ""),
        (.bitbucket, "X-Hub-Signature", "sha256="), (.generic, "X-Rampart-Signature-256", "sha256="),
    ])
    func takesOnlySigned(_ source: WebhookSource, _ header: String, _ prefix: String) {
        let good = prefix + Self.hex("new")
        #expect(check(source, [header: good], secrets: ["new"]) == true)
        #expect(check(source, [header: good], secrets: ["old", "new"]) == true)
        #expect(check(source, [header: prefix + Self.hex("new").uppercased()], secrets: ["new"]) == true)
        #expect(check(source, [header: good], secrets: ["old"]) == false)
        #expect(check(source, [header: good], secrets: []) == false)
        #expect(check(source, [header: good], secrets: ["new"], body: Self.body + " ") == false)
        #expect(check(source, [header: good], secrets: ["new"], body: "") == false)
        for bad in [
            "", prefix, String(good.dropLast()), good + "0", String(good.dropLast()) + "g", "sha1=" + Self.hex("new"),
            Self.hex("new") + "=sha256", prefix + String(repeating: "é", count: 32),
        ] where bad != good {
            #expect(check(source, [header: bad], secrets: ["new"]) == nil, "\(bad)")
        }
        #expect(check(source, [:], secrets: ["new"]) == nil)
    }

    /// A wrong own signature is not made up for by the compatible one.
    @Test func theStrongestCountsAlone() {
        let headers = [
            "X-Forgejo-Signature": Self.hex("wrong"), "X-Hub-Signature-256": "sha256=" + Self.hex("right"),
        ]
        #expect(check(.gitea, headers, secrets: ["right"]) == false)
    }

    @Test(arguments: [
        ("secret", ["secret"], true), ("secret", ["other", "secret"], true), ("secre", ["secret"], false),
        ("secret ", ["secret"], false), ("Secret", ["secret"], false), ("x", [], false),
    ])
    func comparesTokens(_ token: String, _ secrets: [String], _ isGood: Bool) {
        #expect(check(.gitlab, ["X-Gitlab-Token": token], secrets: secrets) == isGood)
        #expect(check(.generic, ["Authorization": "Bearer \(token)"], secrets: secrets) == isGood)
    }

    @Test func noTokenIsNoProof() {
        #expect(check(.gitlab, ["X-Gitlab-Token": ""], secrets: [""]) == nil)
        #expect(check(.generic, ["Authorization": "Bearer "], secrets: [""]) == nil)
        #expect(check(.generic, ["Authorization": "Basic YTpi"], secrets: ["a:b"]) == nil)
    }

    /// GitLab's signing tokens, which are those of Standard Webhooks.
    @Test func stampedDeliveries() {
        let key = Data((0..<32).map { UInt8($0) })
        let secret = "whsec_" + key.base64EncodedString()
        func sign(_ id: String, _ time: String) -> String {
            let text = Data("\(id).\(time).\(Self.body)".utf8)
            return "v1,"
                + Data(HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: key)))
                .base64EncodedString()
        }
        func headers(_ signature: String, id: String = "msg_1", time: String = "\(Self.now)") -> [String: String] {
            ["webhook-id": id, "webhook-timestamp": time, "webhook-signature": signature]
        }
        let good = sign("msg_1", "\(Self.now)")
        #expect(check(.gitlab, headers(good), secrets: [secret]) == true)
        #expect(check(.gitlab, headers("v1,AAAA v2,x " + good), secrets: ["other", secret]) == true)
        #expect(check(.gitlab, headers(good, id: "msg_2"), secrets: [secret]) == false)
        #expect(check(.gitlab, headers(good), secrets: [secret], now: Self.now + 301) == false, "replayed later")
        #expect(check(.gitlab, headers(good), secrets: [secret], now: Self.now + 299) == true)
        #expect(check(.gitlab, headers(good), secrets: ["whsec_%"]) == false)
        for time in ["", "x", "-1", "\(Int64.max)", "\(Int64.min)", "99999999999999999999"] {
            #expect(check(.gitlab, headers(sign("msg_1", time), time: time), secrets: [secret]) == false, "\(time)")
        }
        for signature in ["", "v1", "v1,", "v2,AAAA", "v1,%%%", String(repeating: "v1,AAAA ", count: 17)] {
            #expect(check(.gitlab, headers(signature), secrets: [secret]) != true, "\(signature)")
        }
        // Where there is a signature, a token beside it does not count.
        var both = headers("v1,AAAA")
        both["X-Gitlab-Token"] = secret
        #expect(check(.gitlab, both, secrets: [secret]) == false)
    }

    @Test func aDeliveryIsRepeatedForAMinute() {
        var recent = RecentDeliveries()
        let none = recent.note([1], now: .seconds(0))
        let again = recent.note([1], now: .seconds(59))
        let other = recent.note([2], now: .seconds(59))
        let later = recent.note([1], now: .seconds(61))
        #expect([none, again, other, later] == [false, true, false, false])
        for number in 0..<5_000 {
            let seen = recent.note([UInt8(number & 255), UInt8(number >> 8), 7], now: .seconds(70))
            #expect(!seen)
        }
        let first = recent.note([0, 0, 7], now: .seconds(70))
        #expect(!first, "only so many are remembered")
    }
}
