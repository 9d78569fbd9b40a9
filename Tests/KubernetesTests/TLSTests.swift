import Foundation
import JSONValues
import NIOHTTP1
import Secrets
import TestSupport
import Testing

@testable import Kubernetes

@Suite struct TLSTests {
    private func get(_ configuration: ClusterConfiguration) async throws -> KubernetesError? {
        try await withClient(configuration) { client in
            await failure { _ = try await client.get(widgets, namespace: "demo", name: "a") }
        }
    }

    @Test func trustsWhomItIsTold() async throws {
        let certificates = try await Certificates.make()
        let server = try await ScriptedServer.start(tls: certificates.server()) { _ in .json(widget("a", "1")) }
        var configuration = ClusterConfiguration(server: server.address)
        configuration.certificateAuthority = try certificates.text("ca.crt")
        #expect(try await get(configuration) == nil)

        configuration.certificateAuthority = try certificates.text("stranger.crt")
        let stranger = try await get(configuration)
        #expect(stranger?.kind == .tls)
        #expect(stranger?.message.contains("not signed by a trusted authority") == true)

        configuration.certificateAuthority = nil
        #expect(try await get(configuration)?.kind == .tls)
        configuration.skipsTLSVerification = true
        #expect(try await get(configuration) == nil)
    }

    @Test func checksTheNameItIsTold() async throws {
        let certificates = try await Certificates.make()
        let server = try await ScriptedServer.start(tls: certificates.server("named")) { _ in .json(widget("a", "1")) }
        var configuration = ClusterConfiguration(server: server.address)
        configuration.certificateAuthority = try certificates.text("ca.crt")
        #expect(try await get(configuration)?.kind == .tls)
        configuration.tlsServerName = "other.test"
        #expect(try await get(configuration)?.kind == .tls)
        configuration.tlsServerName = "api.test"
        #expect(try await get(configuration) == nil)
        #expect(server.requests.last?.headers.first(name: "Host") == "127.0.0.1:\(server.port)")
    }

    @Test func showsAClientCertificate() async throws {
        let certificates = try await Certificates.make()
        let server = try await ScriptedServer.start(tls: certificates.server(asksForClient: true)) { _ in
            .json(widget("a", "1"))
        }
        var configuration = ClusterConfiguration(server: server.address)
        configuration.certificateAuthority = try certificates.text("ca.crt")
        let without = try await get(configuration)
        #expect(without?.isUnreachable == true, "\(String(describing: without))")

        configuration.clientCertificate = ClientCertificate(
            certificates: try certificates.text("client.crt"), key: Secret(try certificates.text("client.key")))
        #expect(try await get(configuration) == nil)

        // The same from an exec plugin.
        configuration.clientCertificate = nil
        let answer: JSON = [
            "kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1",
            "status": [
                "clientCertificateData": .string(try certificates.text("client.crt")),
                "clientKeyData": .string(try certificates.text("client.key")),
            ],
        ]
        let path = try certificates.folder.write("#!/bin/sh\ncat <<'END'\n\(answer.text())\nEND\n", to: "plugin")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        configuration.credentials = .exec(ExecPlugin(version: .v1, command: path))
        #expect(try await get(configuration) == nil)
    }

    /// The server's certificate comes from another authority from one moment to the next, as when a cluster renews its own:
    /// refused with a word that helps, until the file of authorities says the same.
    @Test func followsAnAuthorityThatIsReplaced() async throws {
        let (old, new) = (try await Certificates.make(), try await Certificates.make())
        let file = try old.folder.write(old.text("ca.crt"), to: "trusted.crt")
        let answer = Script.json(widget("a", "1"), headers: ["Connection": "close"])
        let first = try await ScriptedServer.start(tls: old.server()) { _ in answer }
        var configuration = ClusterConfiguration(server: first.address)
        configuration.certificateAuthority = try old.text("ca.crt")
        configuration.certificateFiles = CertificatePaths(authority: file)
        let log = LogBook()
        try await withClient(configuration, logger: log.logger) { client in
            func get() async -> KubernetesError? {
                await failure { _ = try await client.get(widgets, namespace: "demo", name: "a") }
            }
            #expect(await get() == nil)
            try old.folder.write("no certificate", to: "trusted.crt")
            try await eventually("the change is seen") {
                #expect(await get() == nil, "what does not read changes nothing")
                return log.lines.contains { $0.message.contains("Changed certificates do not read") }
            }
            try await first.stop()
            // A program that a test beside this one starts holds the port until it runs.
            let second = try await eventually("the port is free again") {
                try? await ScriptedServer.start(tls: new.server(), port: first.port) { _ in answer }
            }
            let refused = await get()
            #expect(refused?.kind == .tls && refused?.message.contains("certificate-authority") == true)
            try old.folder.write(new.text("ca.crt"), to: "trusted.crt")
            try await eventually("the new authority counts") { await get() == nil }
            #expect(!second.requests.isEmpty)
        }
    }

    @Test func refusesWhatIsNoCertificate() {
        var configuration = ClusterConfiguration(server: "https://127.0.0.1:1", certificateAuthority: "no PEM")
        #expect(throws: ConfigurationError.self) { try TLSSettings.make(configuration) }
        configuration.certificateAuthority = nil
        configuration.clientCertificate = ClientCertificate(certificates: "x", key: Secret("hunter2"))
        let error = #expect(throws: ConfigurationError.self) { try TLSSettings.make(configuration) }
        #expect(error.map { "\($0)".contains("hunter2") } == false)
    }

    @Test func aPlainServerIsNoTLSServer() async throws {
        let server = try await ScriptedServer.start { _ in .json(widget("a", "1")) }
        let error = try await get(ClusterConfiguration(server: "https://127.0.0.1:\(server.port)"))
        #expect(error?.kind == .tls, "\(String(describing: error))")
    }
}
