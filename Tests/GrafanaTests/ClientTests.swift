import Grafana
import JSONValues
import Sandbox
import Secrets
import TestSupport
import Testing

@Suite struct ClientTests {
    static let model: JSON = ["uid": "mine", "title": "Mine", "tags": ["a"], "panels": []]

    @Test func writesReadsFindsAndDeletes() async throws {
        try await RunningGrafana.with { grafana in
            let client = grafana.client
            #expect(try await client.health().databaseIsWell)
            #expect(try await client.dashboard("mine") == nil)
            let made = try await client.save(Self.model, version: nil, message: "made")
            #expect(made.version == 1)
            var model = Self.model
            model["title"] = "Mine again"
            #expect(try await client.save(model, version: 1, message: "changed").version == 2)
            let stored = try #require(try await client.dashboard("mine"))
            #expect(stored.title == "Mine again" && stored.version == 2 && stored.id == made.id)
            #expect(stored.updatedBy == "admin" && stored.folder.isEmpty)
            #expect(try await client.dashboards(tag: "a").map(\.uid) == ["mine"])
            #expect(try await client.dashboards(tag: "b").isEmpty)
            #expect(try await client.deleteDashboard("mine"))
            #expect(try await client.deleteDashboard("mine") == false)
            #expect(Set(try await client.datasources().map(\.type)) == ["loki", "prometheus"])
        }
    }

    @Test func findsMoreThanAPage() async throws {
        try await RunningGrafana.with { grafana in
            for number in 0..<1_001 {
                let model: JSON = ["uid": .string("d\(number)"), "title": .string("D \(number)"), "tags": ["many"]]
                _ = try await grafana.client.save(model, version: nil, message: "made")
            }
            #expect(Set(try await grafana.client.dashboards(tag: "many").map(\.uid)).count == 1_001)
        }
    }

    @Test func foldersAreMadeOnce() async throws {
        try await RunningGrafana.with { grafana in
            #expect(try await grafana.client.folder("f") == nil)
            #expect(try await grafana.client.createFolder("f", title: "vision").uid == "f")
            for (uid, title) in [("f", "other"), ("g", "vision")] {
                let error = await RunningGrafana.failure {
                    _ = try await grafana.client.createFolder(uid, title: title)
                }
                #expect(error?.kind == .nameExists)
            }
            #expect(try await grafana.client.folders().map(\.title) == ["vision"])
            _ = try await grafana.client.save(Self.model, version: nil, folder: "f", message: "made")
            #expect(try await grafana.client.dashboard("mine")?.folder == "f")
        }
    }

    @Test func tellsErrorsApart() async throws {
        try await RunningGrafana.with { grafana in
            let client = grafana.client
            _ = try await client.save(Self.model, version: nil, message: "made")
            _ = try await client.save(Self.model, version: 1, message: "somebody else's")
            let stale = await RunningGrafana.failure { _ = try await client.save(Self.model, version: 1, message: "") }
            #expect(stale?.kind == .versionMismatch && stale?.code == 412 && stale?.isPassing == true)
            let twin: JSON = ["uid": "other", "title": "Mine"]
            let taken = await RunningGrafana.failure { _ = try await client.save(twin, version: nil, message: "") }
            #expect(taken?.kind == .nameExists && taken?.isPassing == false)
            let lost = await RunningGrafana.failure {
                _ = try await client.save(["uid": "x", "title": "X"], version: nil, folder: "none", message: "")
            }
            #expect(lost?.kind == .folderMissing)
            let long: JSON = ["uid": .string(String(repeating: "x", count: 41)), "title": "X"]
            let refused = await RunningGrafana.failure { _ = try await client.save(long, version: nil, message: "") }
            #expect(refused?.kind == .refused && refused?.message.contains("40") == true)
            let bad = await RunningGrafana.failure { _ = try await client.dashboard("..") }
            #expect(bad?.kind == .refused)
        }
    }

    @Test(
        arguments: [
            (.failure(code: 500, message: "boom"), .server), (.failure(code: 503, message: "boom"), .server),
            (.failure(code: 403, message: "no"), .forbidden), (.failure(code: 302, message: ""), .refused),
            (.tooManyRequests(retryAfter: 7), .tooManyRequests), (.dropBefore, .unreachable),
            (.latency(.seconds(600)), .timedOut),
        ] as [(SandboxFault.Effect, GrafanaError.Kind)])
    func sortsFaults(_ effect: SandboxFault.Effect, _ kind: GrafanaError.Kind) async throws {
        try await RunningGrafana.with(timeout: kind == .timedOut ? .milliseconds(300) : .seconds(60)) { grafana in
            grafana.sandbox.setFaults([SandboxFault(effect)])
            let error = await RunningGrafana.failure { _ = try await grafana.client.datasources() }
            #expect(error?.kind == kind, "\(String(describing: error))")
            if kind == .tooManyRequests { #expect(error?.retryAfter == .seconds(7)) }
        }
    }

    @Test(
        arguments: [
            (.token(.text(Secret("editor"))), nil), (.token(.text(Secret("viewer"))), .forbidden),
            (.token(.text(Secret("hunter2"))), .unauthorized), (.none, .unauthorized),
            (.basic(user: "admin", password: .text(Secret("hunter2"))), .unauthorized),
        ] as [(Credentials, GrafanaError.Kind?)])
    func signsIn(_ credentials: Credentials, _ kind: GrafanaError.Kind?) async throws {
        try await RunningGrafana.with(credentials: credentials) { grafana in
            let error = await RunningGrafana.failure {
                _ = try await grafana.client.save(Self.model, version: nil, message: "")
            }
            #expect(error?.kind == kind)
            #expect(!"\(String(describing: error)) \(credentials)".contains("hunter2"), "secrets show nowhere")
        }
    }

    @Test func readsATokenAgainThatWasRenewed() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("old\n", to: "token")
        try await RunningGrafana.with(credentials: .token(.file(SecretFile(file, logger: RunningGrafana.logger)))) {
            grafana in
            let error = await RunningGrafana.failure { _ = try await grafana.client.datasources() }
            #expect(error?.kind == .unauthorized)
            try folder.write("  editor\n", to: "token")
            try await eventually("the new token is used") {
                await RunningGrafana.failure { _ = try await grafana.client.datasources() } == nil
            }
        }
        let none = await RunningGrafana.failure {
            var address = try ServerAddress("http://127.0.0.1:1")
            address.credentials = .token(.file(SecretFile(folder.appending("nothing"), logger: RunningGrafana.logger)))
            let client = GrafanaClient(address)
            defer { Task { await client.shutdown() } }
            _ = try await client.datasources()
        }
        #expect(none?.kind == .credentials && none?.operation.contains("nothing") == true)
    }

    /// Who is overrun says so of everything; what is said of one dashboard alone is no reason to leave Grafana alone.
    @Test(arguments: [(.tooManyRequests, true), (.server, true), (.forbidden, false)] as [(GrafanaError.Kind, Bool)])
    func aPauseIsAskedFor(_ kind: GrafanaError.Kind, _ counts: Bool) {
        let error = GrafanaError(kind, "GET /", "", retryAfter: .seconds(7))
        #expect(error.pause == (counts ? .seconds(7) : nil))
        #expect(GrafanaError(kind, "GET /", "").pause == nil)
    }

    @Test func nobodyThere() async throws {
        let client = GrafanaClient(try ServerAddress("http://127.0.0.1:1"))
        let error = await RunningGrafana.failure { _ = try await client.health() }
        #expect(error?.kind == .unreachable && error?.concernsAll == true)
        await client.shutdown()
    }

    @Test(
        arguments: [
            ("https://g.example.com/grafana/", "https://g.example.com/grafana", "/grafana"),
            ("http://g:3000", "http://g:3000", ""), ("http://[::1]:3000/", "http://[::1]:3000", ""),
        ])
    func readsAddresses(_ text: String, _ url: String, _ path: String) throws {
        let address = try ServerAddress(text)
        #expect(address.url == url && address.path == path)
    }

    @Test(arguments: ["g.example.com", "ftp://g", "http://", "http://admin:admin@g/grafana", "http://g/?a=b", ""])
    func refusesAddresses(_ text: String) {
        #expect(throws: GrafanaError.self) { try ServerAddress(text) }
    }

    @Test func boundsAnswers() async throws {
        try await RunningGrafana.with { grafana in
            var model = Self.model
            model["description"] = .string(String(repeating: "x", count: 100_000))
            _ = try await grafana.client.save(model, version: nil, message: "")
            var address = grafana.client.address
            address.maximumBody = 50_000
            let client = GrafanaClient(address)
            let error = await RunningGrafana.failure { _ = try await client.dashboard("mine") }
            #expect(error?.kind == .unreadable)
            await client.shutdown()
        }
    }
}
