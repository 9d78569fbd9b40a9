import Forges
import Foundation
import Instruments
import JSONValues
import Logging
import Secrets
import TestSupport
import Testing

/// What is counted of a forge, and what is known of it in between requests.
@Suite struct ForgeMetricsTests {
    private let registry = Registry(prefix: "rampart_")
    private static let commit = ForgeClientTests.commit

    /// How many requests ended so; nil where none is there.
    private func count(_ operation: String, _ code: String) -> Int? {
        let name = "rampart_forge_requests_total{operation=\"\(operation)\",code=\"\(code)\"} "
        return String(decoding: registry.text(), as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix(name) }.flatMap { Int($0.dropFirst(name.count)) }
    }

    private var all: Int {
        String(decoding: registry.text(), as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix("rampart_forge_requests_total{") }
            .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
    }

    @Test func eachAnswerIsCountedByWhatWasAskedFor() async throws {
        try await FakeForge.run(.github, metrics: registry) { forge, client in
            #expect(count("status", "401") == 0, "so that a first one shows as a rise")
            forge.handle { _ in .init(status: 201) }
            try await client.setStatus(ForgeClientTests.status(.success), of: Self.commit)
            forge.handle { _ in .init(status: 401, body: ["message": "Bad credentials"]) }
            for _ in 0..<2 {
                await #expect(throws: ForgeError.self) {
                    try await client.setStatus(ForgeClientTests.status(.success), of: Self.commit)
                }
            }
            #expect(count("status", "201") == 1)
            #expect(count("status", "401") == 2)
            // One that is there already is looked for.
            forge.handle { asked in
                asked.method == "POST"
                    ? .init(status: 422) : .init(status: 200, body: [ForgeClientTests.pullRequest(.github)])
            }
            _ = try await client.propose(ForgeClientTests.draft)
            #expect(count("open", "422") == 1)
            #expect(count("find", "200") == 1)
            let text = String(decoding: registry.text(), as: UTF8.self)
            #expect(text.contains("rampart_forge_request_duration_seconds_count{operation=\"status\"} 3\n"))
            #expect(!text.contains(Self.commit.prefix(7)) && !text.contains("default_demo"))
        }
    }

    /// What was never sent says nothing of the forge.
    @Test func whatIsNotSentIsNotCounted() async throws {
        try await FakeForge.run(.github, time: 1_000, metrics: registry) { forge, client in
            forge.handle { _ in .init(status: 429, headers: ["Retry-After": "30"]) }
            for _ in 0..<3 {
                await #expect(throws: ForgeError.self) {
                    try await client.setStatus(ForgeClientTests.status(.success), of: Self.commit)
                }
            }
            #expect(count("status", "429") == 1 && all == 1)
        }
        var settings = ForgeSettings(
            kind: .gitea, api: "http://127.0.0.1:1", repository: "a/b",
            token: SecretFile("/none", logger: .init(label: "test")))
        let other = Registry(prefix: "rampart_")
        settings.metrics = ForgeMetrics(other)
        let client = try ForgeClient(settings)
        await #expect(throws: ForgeError.self) { try await client.find(branch: "x", base: "main") }
        #expect(!String(decoding: other.text(), as: UTF8.self).contains("unreachable"))
        #expect(client.problem?.hasPrefix("it does not list pull requests: ") == true)
        await client.shutdown()
    }

    @Test func silenceAndAbsenceHaveWords() async throws {
        try await FakeForge.run(.gitea, timeout: .milliseconds(200), metrics: registry) { forge, client in
            forge.handle { _ in .init(status: 201, delay: .seconds(600)) }
            await #expect(throws: ForgeError.self) {
                try await client.setStatus(ForgeClientTests.status(.success), of: Self.commit)
            }
            #expect(count("status", "timed_out") == 1)
        }
        let folder = try TemporaryFolder()
        let token = SecretFile(try folder.write("t0p-s3cret", to: "token"), logger: .init(label: "test"))
        var settings = ForgeSettings(kind: .gitea, api: "http://127.0.0.1:1", repository: "a/b", token: token)
        settings.metrics = ForgeMetrics(registry)
        let client = try ForgeClient(settings)
        await #expect(throws: ForgeError.self) { try await client.find(branch: "x", base: "main") }
        #expect(count("find", "unreachable") == 1)
        await client.shutdown()
    }

    /// Until it does the same again, or answers in a way that is about one request only.
    @Test func whatItLastRefusedIsKept() async throws {
        try await FakeForge.run(.github, metrics: registry) { forge, client in
            #expect(client.problem == nil)
            forge.handle { _ in .init(status: 401, body: ["message": "Bad credentials"]) }
            await #expect(throws: ForgeError.self) { try await client.propose(ForgeClientTests.draft) }
            #expect(client.problem == "it opens no pull request: Bad credentials (401)")
            await #expect(throws: ForgeError.self) {
                try await client.setStatus(ForgeClientTests.status(.success), of: Self.commit)
            }
            #expect(client.problem == "it takes no status of a commit: Bad credentials (401)")
            forge.handle { asked in
                asked.method == "GET" ? .init(status: 200, body: []) : .init(status: 201)
            }
            try await client.setStatus(ForgeClientTests.status(.success), of: Self.commit)
            #expect(
                client.problem == "it opens no pull request: Bad credentials (401)", "it may take one and not the other"
            )
            forge.handle { asked in
                asked.method == "GET"
                    ? .init(status: 200, body: []) : .init(status: 422, body: ["message": "No commits"])
            }
            await #expect(throws: ForgeError.self) { try await client.propose(ForgeClientTests.draft) }
            #expect(client.problem == nil, "that is about the proposal")
        }
    }
}
