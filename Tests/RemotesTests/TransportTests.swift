import Foundation
import Git
import Remotes
import Synchronization
import TestSupport
import Testing

/// Real git over each transport.
@Suite struct TransportTests {
    @Test(arguments: [false, true])
    func files(_ asURL: Bool) async throws {
        let pair = try await Pair()
        try await pair.converse(GitRemote(RemoteURL(asURL ? "file://\(pair.remote)" : pair.remote)))
    }

    @Test func ssh() async throws {
        let pair = try await Pair()
        try await SSHServer.with { server in
            var access = RemoteAccess()
            access.sshKeyFile = server.key
            access.sshKnownHostsFile = server.knownHosts
            let url = try RemoteURL(server.url(pair.remote))
            try await pair.converse(GitRemote(url, access: access))

            access.sshKeyFile = server.strangersKey
            let stranger = GitRemote(url, access: access)
            await expect(.refused) { _ = try await stranger.branches(patience: .test) }

            access.sshKeyFile = server.key
            access.sshKnownHostsFile = server.otherKnownHosts
            let other = GitRemote(url, access: access)
            await expect(.untrusted) { _ = try await other.branches(patience: .test) }

            access.sshKnownHostsFile = try server.folder.write("", to: "no hosts known")
            let unknown = GitRemote(url, access: access)
            await expect(.untrusted) { _ = try await unknown.branches(patience: .test) }

            access.sshKnownHostsFile = server.knownHosts
            let missing = GitRemote(try RemoteURL(server.url("/nowhere.git")), access: access)
            await expect(.notFound) { _ = try await missing.branches(patience: .test) }
        }
    }

    @Test func https() async throws {
        let pair = try await Pair()
        try await GitHTTPSServer.with(pair.folder.appending("repositories")) { server in
            var access = RemoteAccess()
            access.authorityFile = server.certificates.path("ca.crt")
            let url = try RemoteURL(server.url("remote.git"))
            try await pair.converse(GitRemote(url, access: access))

            for file in [nil, server.certificates.path("stranger.crt")] {
                access.authorityFile = file
                let remote = GitRemote(url, access: access)
                await expect(.untrusted) { _ = try await remote.branches(patience: .test) }
            }
            access.authorityFile = server.certificates.path("ca.crt")
            let missing = GitRemote(try RemoteURL(server.url("missing.git")), access: access)
            await expect(.notFound) { _ = try await missing.branches(patience: .test) }
            try server.fail("redirect")
            let remote = GitRemote(url, access: access)
            await expect(.notFound) { _ = try await remote.branches(patience: .test) }
        }
    }

    @Test func aClientCertificateIsShown() async throws {
        let pair = try await Pair()
        try await GitHTTPSServer.with(pair.folder.appending("repositories"), asksForCertificate: true) { server in
            var access = RemoteAccess()
            access.authorityFile = server.certificates.path("ca.crt")
            let url = try RemoteURL(server.url("remote.git"))
            let without = GitRemote(url, access: access)
            await #expect(throws: RemoteError.self) { _ = try await without.branches(patience: .test) }
            access.certificateFile = server.certificates.path("client.crt")
            access.certificateKeyFile = server.certificates.path("client.key")
            #expect(try await GitRemote(url, access: access).branches(patience: .test).isEmpty)
        }
    }

    @Test func aPasswordIsReadAtEachUseAndShowsNowhere() async throws {
        let pair = try await Pair()
        let head = try await pair.commit("first", in: pair.here)
        let secret = "s3cr3t-\(UInt64.random(in: 0 ... .max))"
        let file = try pair.folder.write("wrong-password\n", to: "token")
        try await GitHTTPSServer.with(
            pair.folder.appending("repositories"), passwords: ["ada:\(secret)"]
        ) { server in
            var access = RemoteAccess()
            access.authorityFile = server.certificates.path("ca.crt")
            access.secretFile = file
            access.user = "ada"
            let remote = GitRemote(try RemoteURL(server.url("remote.git")), access: access)
            let said = await expect(.refused) { _ = try await remote.branches(patience: .test) }
            #expect(!said.contains("wrong-password"))

            // The new one counts at once, with and without a line feed at its end.
            for text in [secret, secret + "\n"] {
                try pair.folder.write(text, to: "token")
                #expect(try await remote.branches(patience: .test).isEmpty)
            }
            let seen = ProcessList(of: secret)
            let watch = Task.detached { await seen.watch() }
            try await remote.push(head, of: pair.here, to: pair.main, expecting: nil, patience: .test)
            try await remote.fetch(pair.main, into: pair.fetched, of: pair.here, patience: .test)
            watch.cancel()
            let found = await watch.value
            #expect(found.secrets == [] && found.looks > 0)
            let configuration = try String(contentsOfFile: pair.here + "/config", encoding: .utf8)
            #expect(!configuration.contains(secret) && !configuration.contains("127.0.0.1"))

            try FileManager.default.removeItem(atPath: file)
            let missing = await expect(.refused) { _ = try await remote.branches(patience: .test) }
            #expect(missing.contains(file))
        }
    }

    @Test func theRepositorysOwnSettingsDoNotCount() async throws {
        let pair = try await Pair()
        let marker = pair.folder.appending("ran")
        for (name, value) in [
            ("core.sshCommand", "touch \(marker)"), ("url./nowhere/.insteadOf", "/"),
            ("core.hooksPath", pair.folder.appending("hooks")), ("credential.helper", "!touch \(marker)"),
            ("remote.origin.url", "/elsewhere"), ("gc.auto", "1"),
        ] {
            try await Command.git("config", name, value, in: pair.here)
        }
        for hook in ["pre-push", "reference-transaction"] {
            try pair.folder.write("#!/bin/sh\ntouch \(marker)\nexit 1\n", to: "hooks/\(hook)")
            try await Command.output("chmod", ["+x", pair.folder.appending("hooks/\(hook)")])
        }
        let first = try await pair.commit("first", in: pair.remote)
        try await Command.git("update-ref", "refs/heads/main", first.description, in: pair.remote)
        let remote = GitRemote(try RemoteURL(pair.remote))
        try await remote.fetch(pair.main, into: pair.fetched, of: pair.here, patience: .test)
        let second = try await pair.commit("second", on: first, in: pair.here)
        try await remote.push(second, of: pair.here, to: pair.main, expecting: first, patience: .test)
        #expect(try await pair.reference("main", in: pair.remote) == second)
        #expect(!FileManager.default.fileExists(atPath: marker))
    }
}

/// Looks through what every process shows to others while a conversation goes on.
private struct ProcessList: Sendable {
    let secret: String

    init(of secret: String) { self.secret = secret }

    /// - Returns: where the secret was seen, once the task is cancelled.
    func watch() async -> (secrets: Set<String>, looks: Int) {
        var found: Set<String> = []
        var looks = 0
        while !Task.isCancelled {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] where Int(name) != nil {
                for file in ["cmdline", "environ"] {
                    // This process holds the secret itself, and its server too; those it starts must not.
                    guard let text = FileManager.default.contents(atPath: "/proc/\(name)/\(file)") else { continue }
                    if text.range(of: Data(secret.utf8)) != nil { found.insert("\(name)/\(file)") }
                }
            }
            looks += 1
            await Task.yield()
        }
        return (found, looks)
    }
}
