import Foundation

/// `git http-backend` behind TLS on loopback, over the bare repositories of a folder; see `Tests/git-https-server.py`.
public struct GitHTTPSServer: Sendable {
    public let port: Int
    public let certificates: Certificates
    private let folder: TemporaryFolder

    /// Where a repository of the folder is.
    public func url(_ repository: String) -> String { "https://127.0.0.1:\(port)/\(repository)" }

    /// Has the server fail from the next request on, in one of the ways that the script lists.
    public func fail(_ mode: String) throws { try folder.write(mode, to: "mode") }

    /// Replaces the lines `user:password` of those who are let in.
    public func letIn(_ lines: String...) throws {
        try folder.write(lines.joined(separator: "\n"), to: "passwords")
    }

    /// Serves while `body` runs.
    ///
    /// - Parameters:
    ///   - passwords: who is let in; empty for everybody.
    ///   - asksForCertificate: whether clients have to show a certificate of the authority.
    public static func with<Value: Sendable>(
        _ repositories: String, passwords: [String] = [], asksForCertificate: Bool = false,
        _ body: @Sendable @escaping (GitHTTPSServer) async throws -> Value
    ) async throws -> Value {
        let certificates = try await Certificates.make()
        let folder = try TemporaryFolder()
        try folder.write("ok", to: "mode")
        try folder.write(passwords.joined(separator: "\n"), to: "passwords")
        var arguments = [
            testFile("git-https-server.py"), repositories, "--cert", certificates.path("server.crt"), "--key",
            certificates.path("server.key"), "--mode", folder.appending("mode"),
        ]
        if !passwords.isEmpty { arguments += ["--passwords", folder.appending("passwords")] }
        if asksForCertificate { arguments += ["--client-ca", certificates.path("ca.crt")] }
        let log = folder.appending("log")
        return try await Command.background(python, arguments, log: log) {
            let port = try await eventually("the server listens") { () -> Int? in
                let line = try String(contentsOfFile: log, encoding: .utf8)
                return line.hasSuffix("\n") ? Int(line.split(separator: " ").last?.dropLast() ?? "") : nil
            }
            return try await body(GitHTTPSServer(port: port, certificates: certificates, folder: folder))
        }
    }
}

extension Certificates {
    /// The path of one of the files.
    public func path(_ name: String) -> String { folder.appending(name) }
}

/// Debian's sshd on loopback with keys of its own, for whoever runs the tests.
public struct SSHServer: Sendable {
    public let port: Int
    public let folder: TemporaryFolder

    public var user: String { NSUserName() }
    /// A private key that is let in.
    public var key: String { folder.appending("key") }
    /// One that is not.
    public var strangersKey: String { folder.appending("stranger") }
    /// The server's own key, as known_hosts has it.
    public var knownHosts: String { folder.appending("known_hosts") }
    /// Another one for the same place.
    public var otherKnownHosts: String { folder.appending("other_known_hosts") }

    /// Where a repository of this machine is, as seen through the server.
    public func url(_ path: String) -> String { "ssh://\(user)@127.0.0.1:\(port)\(path)" }

    /// Serves while `body` runs.
    public static func with<Value: Sendable>(
        _ body: @Sendable @escaping (SSHServer) async throws -> Value
    ) async throws -> Value {
        let folder = try TemporaryFolder()
        for name in ["host", "other", "key", "stranger"] {
            try await Command.output("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", folder.appending(name)])
        }
        try FileManager.default.copyItem(atPath: folder.appending("key.pub"), toPath: folder.appending("authorized"))
        let port = try freePort()
        for (name, file) in [("host", "known_hosts"), ("other", "other_known_hosts")] {
            let key = String(decoding: try folder.read(name + ".pub"), as: UTF8.self)
            try folder.write("[127.0.0.1]:\(port) \(key)", to: file)
        }
        try folder.write(
            """
            ListenAddress 127.0.0.1:\(port)
            HostKey \(folder.appending("host"))
            AuthorizedKeysFile \(folder.appending("authorized"))
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin prohibit-password
            MaxStartups 100
            """, to: "sshd_config")
        let log = folder.appending("log")
        return try await Command.background(
            "/usr/sbin/sshd", ["-D", "-e", "-f", folder.appending("sshd_config")], log: log
        ) {
            try await eventually("sshd listens") {
                try String(contentsOfFile: log, encoding: .utf8).contains("Server listening")
            }
            return try await body(SSHServer(port: port, folder: folder))
        }
    }
}

/// A port that was free a moment ago; for servers that cannot say which one they took.
public func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let got = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
        }
    }
    guard got else { throw NotInTime(description: "no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
}

/// A file beside the tests, such as a script.
public func testFile(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent(name).path
}
