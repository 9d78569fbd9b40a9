import Foundation
import Secrets
import Testing

@testable import Access

@Suite struct TokenTableTests {
    static let ada = Secret("ada's token")
    static let hash = TokenDigest(of: ada).hexadecimal

    @Test func knowsWhoseTokenItIs() throws {
        let table = try TokenTable(
            reading: Array(
                """
                tokens:
                  - sha256: \(Self.hash)
                    user: ada
                    name: Ada Lovelace
                    email: ada@example.com
                    groups: [engineers, "7"]
                  - {sha256: \(TokenDigest(of: Secret("ci")).hexadecimal.uppercased()), user: ci}
                """.utf8), file: "tokens.yaml")
        #expect(table.count == 2)
        let caller = try #require(table.caller(TokenDigest(of: Self.ada), at: Date()))
        #expect(caller.user == "ada")
        #expect(caller.groups == ["engineers", "7"])
        #expect(caller.authorName == "Ada Lovelace")
        #expect(caller.authorEmail(domain: "localhost") == "ada@example.com")
        let ci = try #require(table.caller(TokenDigest(of: Secret("ci")), at: Date()))
        #expect(ci.authorName == "ci")
        #expect(ci.authorEmail(domain: "rampart.example") == "ci@rampart.example")
        #expect(table.caller(TokenDigest(of: Secret("ada's toke")), at: Date()) == nil)
    }

    @Test func tokensExpire() throws {
        let table = try TokenTable(
            reading: Array("tokens: [{sha256: \(Self.hash), user: ada, expires: '2026-01-01T00:00:00Z'}]".utf8),
            file: "tokens.yaml")
        let digest = TokenDigest(of: Self.ada)
        #expect(table.caller(digest, at: Date(timeIntervalSince1970: 1_767_225_599)) != nil)
        #expect(table.caller(digest, at: Date(timeIntervalSince1970: 1_767_225_600)) == nil)
    }

    @Test(
        arguments: [
            ("tokens: [{sha256: abc, user: a}]", "tokens.yaml:1:11: tokens.0.sha256: expected the 64"),
            ("tokens:\n  - user: a\n", "tokens.yaml:2:5: tokens.0: lacks `sha256`"),
            ("tokens:\n  - sha256: \(hash)\n", "tokens.yaml:2:5: tokens.0: lacks `user`"),
            ("tokens:\n  - sha256: \(hash)\n    user: ''\n", "tokens.yaml:3:5: tokens.0.user: expected a text"),
            ("tokens:\n  - sha256: \(hash)\n    user: a\n    group: x\n", "tokens.yaml:4:5: tokens.0.group: no member"),
            (
                "tokens:\n  - sha256: \(hash)\n    user: a\n    groups: x\n",
                "tokens.yaml:4:5: tokens.0.groups: expected a list"
            ),
            (
                "tokens:\n  - sha256: \(hash)\n    user: a\n    expires: soon\n",
                "tokens.yaml:4:5: tokens.0.expires: expected a time"
            ),
            (
                "tokens:\n  - {sha256: \(hash), user: a}\n  - {sha256: \(hash), user: b}\n",
                "tokens.yaml:3:6: tokens.1.sha256: this token stands here a second time"
            ),
            ("[]", "tokens.yaml:1:1: expected a mapping with the list `tokens`"),
            ("tokens: {}", "tokens.yaml:1:1: tokens: expected the list"),
            ("tokens: []\nother: 1\n", "tokens.yaml:2:1: other: no setting of this file"),
            ("tokens: [", "tokens.yaml:"),
        ] as [(String, String)])
    func saysWhatIsWrongAndWhere(_ text: String, _ message: String) {
        let error = #expect(throws: SettingsProblems.self) {
            try TokenTable(reading: Array(text.utf8), file: "tokens.yaml")
        }
        #expect("\(error.map { "\($0)" } ?? "")".hasPrefix(message), "\(error.map { "\($0)" } ?? "")")
    }

    @Test func aTokenWhereItsHashBelongsShowsInNoMessage() {
        let error = #expect(throws: SettingsProblems.self) {
            try TokenTable(reading: Array("tokens: [{sha256: rampart_oops, user: a}]".utf8), file: "tokens.yaml")
        }
        #expect(error.map { !"\($0)".contains("oops") } ?? false)
    }

    @Test func newTokensAreDifferentAndTheirEntriesRead() throws {
        let (one, two) = (NewToken(), NewToken())
        #expect(one.token != two.token)
        #expect(one.token.exposed.hasPrefix("rampart_"))
        #expect(one.token.exposed.utf8.count == 8 + 43)
        let entry = one.entry(
            user: "o'brien: \"x\"", name: "Ö", email: nil, groups: ["a", "- b"], expires: "2027-01-31T00:00:00Z")
        let table = try TokenTable(reading: Array("tokens:\n\(entry)\n".utf8), file: "tokens.yaml")
        let caller = try #require(table.caller(one.digest, at: Date(timeIntervalSince1970: 0)))
        #expect(caller.user == "o'brien: \"x\"")
        #expect(caller.groups == ["a", "- b"])
    }

    @Test func digestsAreComparedToTheirEnd() throws {
        let digest = TokenDigest(of: Self.ada)
        #expect(digest.equals(digest))
        for index in 0..<32 {
            var digits = Array(digest.hexadecimal)
            digits[index * 2] = digits[index * 2] == "0" ? "1" : "0"
            let other = try #require(TokenDigest(hexadecimal: String(digits)))
            #expect(!digest.equals(other), "byte \(index) counts")
        }
        #expect(TokenDigest(hexadecimal: String(repeating: "g", count: 64)) == nil)
        #expect(TokenDigest(hexadecimal: "") == nil)
    }

    @Test func keysOfTablesAreOtherOnesInEachTable() {
        let digest = TokenDigest(of: Self.ada)
        let (one, two) = (BlindKeys(), BlindKeys())
        #expect(one.key(digest) == one.key(digest))
        #expect(one.key(digest) != two.key(digest))
    }
}
