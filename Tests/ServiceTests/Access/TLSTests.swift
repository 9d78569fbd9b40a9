import Access
import AsyncHTTPClient
import Foundation
import JSONValues
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import TestSupport
import Testing

@testable import Service

@Suite struct ServiceTLSTests {
    /// An authority, certificates for 127.0.0.1 of two numbers, and one of a client.
    private static func certificates() async throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        func openssl(_ arguments: [String]) async throws {
            try await Command.output("openssl", arguments, in: folder.path)
        }
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try await openssl(
            ["req", "-x509"] + key + ["-subj", "/CN=ca", "-days", "2", "-keyout", "ca.key", "-out", "ca.crt"])
        try folder.write("subjectAltName=IP:127.0.0.1\n", to: "server.ext")
        try folder.write("extendedKeyUsage=clientAuth\n", to: "client.ext")
        for (name, serial, subject, kind) in [
            ("one", "1001", "/CN=one", "server"), ("two", "1002", "/CN=two", "server"),
            ("viewer", "1003", "/O=staff/CN=viewer", "client"),
        ] {
            try await openssl(
                ["req", "-new"] + key + ["-subj", subject, "-keyout", "\(name).key", "-out", "\(name).csr"])
            try await openssl([
                "x509", "-req", "-in", "\(name).csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-set_serial", serial,
                "-days", "2", "-extfile", "\(kind).ext", "-out", "\(name).crt",
            ])
        }
        return folder
    }

    /// Asks with a connection of its own.
    private static func status(
        _ url: String, _ folder: TemporaryFolder, client: String? = nil, minimum: TLSVersion = .tlsv12,
        maximum: TLSVersion? = nil, token: String? = nil
    ) async throws -> Int {
        var configuration = HTTPClient.Configuration()
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(folder.appending("ca.crt"))
        tls.minimumTLSVersion = minimum
        tls.maximumTLSVersion = maximum
        if let client {
            tls.certificateChain = try NIOSSLCertificate.fromPEMFile(folder.appending(client + ".crt"))
                .map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: folder.appending(client + ".key"), format: .pem))
        }
        configuration.tlsConfiguration = tls
        configuration.connectionPool.retryConnectionEstablishment = false
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        var request = HTTPClientRequest(url: url)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        let result: Result<Int, any Error>
        do {
            result = .success(Int(try await http.execute(request, timeout: .seconds(120)).status.code))
        } catch {
            result = .failure(error)
        }
        try await http.shutdown()
        return try result.get()
    }

    private static func serial(_ url: String, _ folder: TemporaryFolder) async throws -> String {
        let address = String(url.dropFirst("https://".count))
        let text = try await Command.run(
            "sh", ["-c", "openssl s_client -connect \(address) </dev/null 2>/dev/null | openssl x509 -noout -serial"])
        return text.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func files(
        _ folder: TemporaryFolder, asksClients: Bool = false
    ) async throws -> ReloadedFiles<NIOSSLContext> {
        for part in ["crt", "key"] { try folder.write(text(folder, "one.\(part)"), to: "tls.\(part)") }
        let names = ["tls.crt", "tls.key"] + (asksClients ? ["ca.crt"] : [])
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return try await ReloadedFiles(names.map(folder.appending), logger: logger) {
            try CertificateFiles.context($0, names: names)
        }
    }

    private static func text(_ folder: TemporaryFolder, _ name: String) throws -> String {
        String(decoding: try folder.read(name), as: UTF8.self)
    }

    @Test func aNewCertificateIsTakenWithoutARestart() async throws {
        let folder = try await Self.certificates()
        let files = try await Self.files(folder)
        var options = Stack.Options()
        options.service.tls = { files.value }
        try await Stack.run(options) { stack in
            #expect(stack.url.hasPrefix("https://"))
            #expect(try await Self.status(stack.url + "/healthz", folder) == 200)
            #expect(try await Self.serial(stack.url, folder) == "serial=03E9")
            for part in ["crt", "key"] { try folder.write(Self.text(folder, "two.\(part)"), to: "tls.\(part)") }
            await files.look()
            #expect(try await Self.serial(stack.url, folder) == "serial=03EA")
            #expect(try await Self.status(stack.url + "/healthz", folder) == 200)
            try folder.write("nonsense", to: "tls.crt")
            await files.look()
            #expect(files.problem?.contains("tls.crt: holds no certificate") == true)
            #expect(try await Self.serial(stack.url, folder) == "serial=03EA", "the last good one goes on to count")
        }
    }

    @Test func oldVersionsOfTLSAreRefused() async throws {
        let folder = try await Self.certificates()
        let files = try await Self.files(folder)
        var options = Stack.Options()
        options.service.tls = { files.value }
        try await Stack.run(options) { stack in
            let url = stack.url + "/healthz"
            let status = try await Self.status(url, folder, minimum: .tlsv12, maximum: .tlsv12)
            #expect(status == 200)
            await #expect(throws: (any Error).self) {
                _ = try await Self.status(url, folder, minimum: .tlsv1, maximum: .tlsv11)
            }
        }
    }

    @Test func aClientCertificateSaysWhoItIs() async throws {
        let folder = try await Self.certificates()
        let files = try await Self.files(folder, asksClients: true)
        let guarded = try await Guarded(
            rules: """
                rules:
                  - {groups: [staff], namespaces: [team-a], role: viewer}
                """)
        try await CertificateTestsSupport.stranger(folder)
        var options = guarded.options()
        options.service.tls = { files.value }
        options.service.access?.takesCertificates = true
        try await Stack.run(options) { stack in
            let url = stack.url + "/api/v1/apps/team-a_none"
            let known = try await Self.status(url, folder, client: "viewer")
            #expect(known == 404, "known, and may read")
            #expect(try await Self.status(url, folder) == 401, "asked for, not demanded")
            #expect(try await Self.status(url, folder, token: "nobody-token") == 403)
            #expect(
                try await Self.status(url, folder, client: "viewer", token: "nobody-token") == 403,
                "a token counts more")
            #expect(try await Self.status(url, folder, client: "viewer", token: "wrong") == 401)
            await #expect(throws: (any Error).self, "of an authority that is not trusted") {
                _ = try await Self.status(url, folder, client: "stranger")
            }
        }
    }
}

/// A certificate that no authority of a test has signed.
enum CertificateTestsSupport {
    static func stranger(_ folder: TemporaryFolder) async throws {
        try await Command.output(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
                "/O=staff/CN=viewer", "-days", "2", "-keyout", "stranger.key", "-out", "stranger.crt",
            ], in: folder.path)
    }
}
