import Foundation
import JSONValues
import NIOHTTP1
import Secrets
import TestSupport
import Testing

@testable import Kubernetes

@Suite struct CredentialTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A server that takes one token.
    private func server(_ token: String) async throws -> ScriptedServer {
        try await ScriptedServer.start { request in
            request.headers["Authorization"] == ["Bearer \(token)"]
                ? .json(widget("a", "1")) : .json(status(401, "Unauthorized", "Unauthorized"), 401)
        }
    }

    private func script(_ body: String, name: String = "plugin") throws -> String {
        let path = try folder.write("#!/bin/sh\necho run >> \(folder.appending("runs"))\n" + body, to: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    private var runs: Int {
        (try? String(decoding: folder.read("runs"), as: UTF8.self).split(separator: "\n").count) ?? 0
    }

    private func answer(_ status: JSON, version: String = "client.authentication.k8s.io/v1") -> String {
        let json: JSON = ["kind": "ExecCredential", "apiVersion": .string(version), "status": status]
        return "cat <<'END'\n\(json.text())\nEND\n"
    }

    private func get(_ client: KubernetesClient) async throws {
        _ = try await client.get(widgets, namespace: "demo", name: "a")
    }

    @Test func readsATokenFileAgain() async throws {
        let path = try folder.write("old\n", to: "token")
        let server = try await server("new")
        let configuration = ClusterConfiguration(server: server.address, credentials: .tokenFile(path))
        try await withClient(configuration) { client in
            let error = await failure { try await get(client) }
            #expect(error?.isUnauthorized == true)
            try folder.write("new\n", to: "token")
            try await get(client)
            #expect(server.requests.last?.headers["Authorization"] == ["Bearer new"])
            // Missing for a moment, as while it is replaced.
            try FileManager.default.removeItem(atPath: path)
            try await get(client)
        }
    }

    @Test func noticesAChangedTokenWithoutARefusal() async throws {
        let path = try folder.write("one", to: "token")
        let server = try await ScriptedServer.start { _ in .json(widget("a", "1")) }
        let configuration = ClusterConfiguration(server: server.address, credentials: .tokenFile(path))
        try await withClient(configuration) { client in
            try await get(client)
            try folder.write("two", to: "token")
            try await eventually {
                try await get(client)
                return server.requests.last?.headers["Authorization"] == ["Bearer two"]
            }
        }
    }

    @Test(arguments: [(nil, "no such file"), (" \n", "is empty"), ("a b", "more than a token")])
    func saysWhatIsWrongWithATokenFile(text: String?, problem: String) async throws {
        let path = folder.appending("token")
        if let text { try folder.write(text, to: "token") }
        let configuration = ClusterConfiguration(server: "http://127.0.0.1:1", credentials: .tokenFile(path))
        let error = try await withClient(configuration) { client in await failure { try await get(client) } }
        #expect(error?.kind == .credentials)
        #expect(error?.message.contains(path) == true)
        #expect(error?.message.contains(problem) == true)
    }

    @Test func runsAPluginOnceForMany() async throws {
        let command = try script(
            """
            test "$1" = get && test "$REGION" = north || exit 9
            echo "$KUBERNETES_EXEC_INFO" > \(folder.appending("info"))
            \(answer(["token": "t", "expirationTimestamp": "2999-01-01T00:00:00Z"]))
            """)
        let server = try await server("t")
        let plugin = ExecPlugin(
            version: .v1, command: command, arguments: ["get"], environment: ["REGION": "north"],
            clusterInfo: ["server": "https://a"])
        let configuration = ClusterConfiguration(server: server.address, credentials: .exec(plugin))
        try await withClient(configuration) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 { group.addTask { try await self.get(client) } }
                try await group.waitForAll()
            }
        }
        #expect(runs == 1)
        let info = try JSON(parsing: try folder.read("info"))
        #expect(
            info == [
                "kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1",
                "spec": ["interactive": false, "cluster": ["server": "https://a"]],
            ])
    }

    @Test func runsAPluginAgainWhenItsTokenExpires() async throws {
        let command = try script(answer(["token": "t", "expirationTimestamp": "2001-01-01T00:00:00.5+02:00"]))
        let server = try await server("t")
        let plugin = ExecPlugin(version: .v1, command: command)
        try await withClient(ClusterConfiguration(server: server.address, credentials: .exec(plugin))) { client in
            for _ in 0..<3 { try await get(client) }
        }
        #expect(runs == 3)
    }

    @Test func runsAPluginAgainWhenItsTokenIsRefused() async throws {
        let command = try script(answer(["token": "t"]))
        let server = try await server("other")
        let plugin = ExecPlugin(version: .v1, command: command)
        let error = try await withClient(
            ClusterConfiguration(server: server.address, credentials: .exec(plugin))
        ) { client in await failure { try await get(client) } }
        #expect(error?.isUnauthorized == true)
        #expect(runs == 2)
        #expect(server.requests.count == 2)
    }

    @Test(arguments: [
        ("exit 3", "failed"), ("echo 'not logged in' >&2; exit 1", "not logged in"),
        ("echo hello", "no ExecCredential"),
        ("sleep 60", "did not end within"), ("", "no ExecCredential"),
    ])
    func saysWhatIsWrongWithAPlugin(body: String, problem: String) async throws {
        let plugin = ExecPlugin(version: .v1, command: try script(body), file: "/k/config")
        let configuration = ClusterConfiguration(server: "http://127.0.0.1:1", credentials: .exec(plugin))
        let error = try await withClient(
            configuration,
            options: quickOptions { $0.execTimeout = body.hasPrefix("sleep") ? .milliseconds(300) : .seconds(120) }
        ) {
            client in await failure { try await get(client) }
        }
        #expect(error?.kind == .credentials)
        #expect(error?.message.contains(problem) == true, "\(String(describing: error))")
        #expect(error?.message.hasPrefix("/k/config: the exec plugin") == true)
    }

    @Test func refusesAnswersThatMakeNoSense() async throws {
        let cases: [(JSON, String, String)] = [
            ([:], "client.authentication.k8s.io/v1", "neither a token"),
            (["token": "t"], "client.authentication.k8s.io/v1beta1", "set exec.apiVersion to match"),
            (["clientKeyData": "k"], "client.authentication.k8s.io/v1", "not both"),
            (["token": "t", "expirationTimestamp": "soon"], "client.authentication.k8s.io/v1", "no RFC 3339"),
            (["clientKeyData": "secret-key", "clientCertificateData": "c"], "client.authentication.k8s.io/v1", "PEM"),
        ]
        for (status, version, problem) in cases {
            let plugin = ExecPlugin(version: .v1, command: try script(answer(status, version: version)))
            let configuration = ClusterConfiguration(server: "http://127.0.0.1:1", credentials: .exec(plugin))
            let error = try await withClient(configuration) { client in await failure { try await get(client) } }
            #expect(error?.message.contains(problem) == true, "\(String(describing: error))")
            #expect(error?.description.contains("secret-key") == false)
        }
    }

    @Test func helpsWhereAPluginIsMissing() async throws {
        let plugin = ExecPlugin(version: .v1, command: "no-such-plugin-here", installHint: "apt install it")
        let configuration = ClusterConfiguration(server: "http://127.0.0.1:1", credentials: .exec(plugin))
        let error = try await withClient(configuration) { client in await failure { try await get(client) } }
        #expect(error?.message.contains("not on the PATH. apt install it") == true, "\(String(describing: error))")
    }

    @Test func neverLogsASecret() async throws {
        let logs = LogBook()
        let server = try await ScriptedServer.start { _ in .reply(503, "down") }
        let configuration = ClusterConfiguration(server: server.address, credentials: .token(Secret("hunter2")))
        let error = try await withClient(configuration, logger: logs.logger) { client in
            await failure { try await get(client) }
        }
        #expect(error?.code == 503)
        #expect(!logs.lines.isEmpty)
        #expect(!logs.lines.contains { $0.description.contains("hunter2") })
        #expect(!String(reflecting: error).contains("hunter2"))
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0.0), ("2000-03-01T00:00:00Z", 951_868_800), ("2026-11-23T21:54:20Z", 1_795_470_860),
        ("2026-11-23T21:54:20.25+02:00", 1_795_463_660.25), ("1969-12-31T23:00:00-01:00", 0),
    ])
    func readsTimes(text: String, seconds: Double) { #expect(WallTime.parse(text) == seconds) }

    @Test(arguments: ["", "soon", "2026-13-01T00:00:00Z", "2026-11-23", "2026-11-23T21:54:20", "2026-11-23T21:54:20+2"])
    func refusesOtherTimes(text: String) { #expect(WallTime.parse(text) == nil) }
}
