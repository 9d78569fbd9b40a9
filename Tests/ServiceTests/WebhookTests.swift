import Crypto
import Forges
import Foundation
import JSONValues
import TestSupport
import Testing

@testable import Service

@Suite struct WebhookTests {
    static let secret = "a secret of tests"

    static func sign(_ body: [UInt8], _ secret: String = secret) -> String {
        HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Data(secret.utf8)))
            .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    static func push(_ after: Int = 1, ref: String = "refs/heads/main") -> [UInt8] {
        let body: JSON = [
            "ref": .string(ref), "after": .string(String(repeating: "a", count: 32) + "\(10_000_000 + after)"),
            "deleted": false, "repository": ["full_name": "acme/graphs"],
        ]
        return body.bytes()
    }

    static func github(_ body: [UInt8], secret: String = secret) -> [String: String] {
        ["X-GitHub-Event": "push", "X-Hub-Signature-256": "sha256=" + sign(body, secret), "X-GitHub-Delivery": "1"]
    }

    @Test func aGoodDeliveryLeadsToALook() async throws {
        try await Receiver.run { receiver in
            let body = Self.push()
            let answer = try await receiver.deliver("github", body, Self.github(body))
            #expect(answer.status == 202)
            #expect(answer.state == "fetching")
            try await eventually { receiver.apps.looks == 1 }
            for (source, headers) in [
                ("gitea", ["X-Gitea-Event": "push", "X-Gitea-Signature": Self.sign(body)]),
                ("gitlab", ["X-Gitlab-Event": "Push Hook", "X-Gitlab-Token": Self.secret]),
                ("generic", ["Authorization": "Bearer \(Self.secret)"]),
                ("generic", ["X-Rampart-Signature-256": "sha256=" + Self.sign(body)]),
            ] {
                var payload = body
                if source == "gitlab" { payload = try Self.gitLab() }
                let before = receiver.apps.looks
                // Another body each time, or it is the same delivery.
                if source == "gitea" { payload = Self.push(7) }
                var headers = headers
                if source == "gitea" { headers["X-Gitea-Signature"] = Self.sign(payload) }
                let answer = try await receiver.deliver(source, payload, headers)
                #expect(answer.status == 202, "\(source): \(answer.text)")
                try await eventually { receiver.apps.looks == before + 1 }
            }
        }
    }

    private static func gitLab() throws -> [UInt8] {
        let body: JSON = ["object_kind": "push", "ref": "refs/heads/main", "checkout_sha": "x"]
        return body.bytes()
    }

    /// Nobody waits for anything between a delivery and its look, so twenty in a row take next to no time.
    @Test func aLookStartsAtOnce() async throws {
        try await Receiver.run { receiver in
            let start = ContinuousClock.now
            for number in 0..<20 {
                let body = Self.push(number)
                let before = receiver.apps.looks
                let answer = try await receiver.deliver("github", body, Self.github(body))
                #expect(answer.status == 202)
                try await eventually { receiver.apps.looks > before }
            }
            // Had each of them to wait for the next poll, it were minutes.
            #expect(ContinuousClock.now - start < .seconds(60))
        }
    }

    @Test func aBurstIsFolded() async throws {
        try await Receiver.run { receiver in
            receiver.apps.hold()
            let first = Self.push(0)
            _ = try await receiver.deliver("github", first, Self.github(first))
            try await eventually { receiver.apps.looks == 1 }
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...100 {
                    group.addTask {
                        let body = Self.push(number)
                        return try await receiver.deliver("github", body, Self.github(body)).status
                    }
                }
                for try await status in group { #expect(status == 202) }
            }
            #expect(receiver.apps.looks == 1)
            receiver.apps.release()
            try await eventually { receiver.apps.looks == 2 }
            // Were there a third one, the second delivery after would have to wait for it.
            try await Task.sleep(for: .milliseconds(200))
            #expect(receiver.apps.looks == 2)
        }
    }

    @Test func aForgedDeliveryIsRefused() async throws {
        try await Receiver.run { receiver in
            let body = Self.push()
            for (headers, status, state) in [
                (Self.github(body, secret: "another"), 403, "signature_wrong"),
                (Self.github(Self.push(2)), 403, "signature_wrong"),
                (["X-GitHub-Event": "push"], 401, "signature_missing"),
                (["X-GitHub-Event": "push", "X-Hub-Signature-256": ""], 401, "signature_missing"),
                (["X-GitHub-Event": "push", "X-Hub-Signature": "sha1=00"], 401, "signature_missing"),
                (["X-GitHub-Event": "push", "Authorization": "Bearer \(Self.secret)"], 401, "signature_missing"),
            ] {
                let answer = try await receiver.deliver("github", body, headers)
                #expect(answer.status == status)
                #expect(answer.state == state)
                #expect(!answer.text.contains(Self.secret))
            }
            let token = try await receiver.deliver("gitlab", body, ["X-Gitlab-Token": "a secret of test"])
            #expect(token.status == 403)
            // Who is not asked for: no secret, no delivery, however well it is signed.
            let none = try await receiver.deliver(
                "bitbucket", body, ["X-Event-Key": "repo:push", "X-Hub-Signature": "sha256=" + Self.sign(body)])
            #expect(none.status == 404)
            #expect(none.state == "webhook_not_configured")
            #expect(none.message?.contains("--webhook-secret-file bitbucket=FILE") == true)
            #expect(try await receiver.deliver("sourcehut", body, [:]).status == 404)
            #expect(try await receiver.send("GET", "/api/v1/webhooks/github").status == 405)
            #expect(receiver.apps.looks == 0)
        }
    }

    @Test func aReplayedDeliveryMakesNoWork() async throws {
        try await Receiver.run { receiver in
            let body = Self.push()
            #expect(try await receiver.deliver("github", body, Self.github(body)).status == 202)
            try await eventually { receiver.apps.looks == 1 }
            for id in 2...20 {
                var headers = Self.github(body)
                headers["X-GitHub-Delivery"] = "\(id)"  // not signed, so it does not count
                let answer = try await receiver.deliver("github", body, headers)
                #expect(answer.status == 200)
                #expect(answer.state == "repeated")
            }
            try await Task.sleep(for: .milliseconds(100))
            #expect(receiver.apps.looks == 1)
        }
    }

    @Test func otherEventsAreAnsweredWithoutALook() async throws {
        try await Receiver.run { receiver in
            var ping = Self.github(Array("{}".utf8))
            ping["X-GitHub-Event"] = "ping"
            #expect(try await receiver.deliver("github", Array("{}".utf8), ping).state == "ok")
            let dev = Self.push(ref: "refs/heads/dev")
            let other = try await receiver.deliver("github", dev, Self.github(dev))
            #expect(other.status == 200)
            #expect(other.state == "ignored")
            #expect(other.message?.contains("refs/heads/dev") == true)
            let gone: JSON = ["ref": "refs/heads/main", "deleted": true]
            let deleted = try await receiver.deliver("github", gone.bytes(), Self.github(gone.bytes()))
            #expect(deleted.status == 200)
            #expect(deleted.state == "deleted")
            let foreign: JSON = ["ref": "refs/heads/main", "repository": ["full_name": "acme/other"]]
            #expect(
                try await receiver.deliver("github", foreign.bytes(), Self.github(foreign.bytes())).state == "ignored")
            try await Task.sleep(for: .milliseconds(100))
            #expect(receiver.apps.looks == 0)
        }
    }

    @Test(arguments: ["", "{", "[", "nul", "\u{0}", "{\"ref\":}", String(repeating: "[", count: 100_000)])
    func whatIsNoJSONIsSaid(_ text: String) async throws {
        try await Receiver.run { receiver in
            let body = Array(text.utf8)
            let answer = try await receiver.deliver("github", body, Self.github(body))
            #expect(answer.status == (text.isEmpty ? 202 : 400))
            if !text.isEmpty { #expect(answer.state == "bad_payload") }
        }
    }

    @Test func formsAreRead() async throws {
        try await Receiver.run { receiver in
            let body = Array("payload=%7B%22ref%22%3A+%22refs%2Fheads%2Fmain%22%7D".utf8)
            var headers = Self.github(body)
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
            let taken = try await receiver.deliver("github", body, headers)
            #expect(taken.status == 202)
            let none = Array("a=b".utf8)
            headers = Self.github(none)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            let refused = try await receiver.deliver("github", none, headers)
            #expect(refused.status == 400)
        }
    }

    /// A long one is checked and believed without being kept; a too long one is not read.
    @Test func hugeDeliveries() async throws {
        try await Receiver.run { receiver in
            var body = Self.push()
            body.removeLast()
            body +=
                Array(",\"commits\":[\"".utf8) + Array(repeating: UInt8(ascii: "x"), count: 3 << 20)
                + Array("\"]}".utf8)
            let answer = try await receiver.deliver("github", body, Self.github(body))
            #expect(answer.status == 202)
            try await eventually { receiver.apps.looks == 1 }
            let forged = try await receiver.deliver("github", body, Self.github(body, secret: "another"))
            #expect(forged.status == 403)
            let huge = [UInt8](repeating: 0x20, count: 27 << 20)
            let refused = try? await receiver.deliver("github", huge, Self.github([]))
            // The answer comes while the client still sends, so that it may see a closed connection instead.
            if let refused { #expect(refused.status == 413) }
            #expect(try await receiver.send("GET", "/healthz").status == 200)
            #expect(receiver.apps.looks == 1)
        }
    }

    @Test func aSecretIsRenewed() async throws {
        try await Receiver.run { receiver in
            let body = Self.push()
            #expect(try await receiver.deliver("github", body, Self.github(body, secret: "next")).status == 403)
            try receiver.folder.write("\(Self.secret)\nnext\n", to: "secret")
            try await eventually {
                try await receiver.deliver("github", body, Self.github(body, secret: "next")).status == 202
            }
            try receiver.folder.write("next\n", to: "secret")
            try await eventually {
                try await receiver.deliver("github", body, Self.github(body)).status == 403
            }
        }
    }

    /// A failed look is logged, and the next delivery leads to another.
    @Test func aFailedLookIsNotTheLast() async throws {
        try await Receiver.run { receiver in
            receiver.apps.fail()
            for number in 1...3 {
                let body = Self.push(number)
                #expect(try await receiver.deliver("github", body, Self.github(body)).status == 202)
                try await eventually { receiver.apps.looks == number }
            }
        }
    }
}
