/// A throw-away certificate authority, a server's certificate for `127.0.0.1`, one for `api.test`, and a client's.
public struct Certificates: Sendable {
    /// Where the files are, `NAME.crt` and `NAME.key`.
    public let folder: TemporaryFolder

    /// Makes them with `openssl`; `ca` signs, `stranger` is another authority.
    public static func make() async throws -> Certificates {
        let folder = try TemporaryFolder()
        func openssl(_ arguments: String...) async throws {
            try await Command.output("openssl", arguments, in: folder.path)
        }
        func key(_ name: String) async throws {
            try await openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", name + ".key")
        }
        for name in ["ca", "server", "named", "client", "stranger"] { try await key(name) }
        try await openssl(
            "req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=test-ca", "-days", "2", "-out", "ca.crt")
        try await openssl(
            "req", "-x509", "-new", "-key", "stranger.key", "-subj", "/CN=stranger", "-days", "2", "-out",
            "stranger.crt")
        try folder.write("subjectAltName=IP:127.0.0.1\n", to: "server.ext")
        try folder.write("subjectAltName=DNS:api.test\n", to: "named.ext")
        try folder.write("extendedKeyUsage=clientAuth\n", to: "client.ext")
        for name in ["server", "named", "client"] {
            try await openssl("req", "-new", "-key", name + ".key", "-subj", "/CN=" + name, "-out", name + ".csr")
            try await openssl(
                "x509", "-req", "-in", name + ".csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                "2", "-extfile", name + ".ext", "-out", name + ".crt")
        }
        return Certificates(folder: folder)
    }

    /// A file's text.
    public func text(_ name: String) throws -> String { String(decoding: try folder.read(name), as: UTF8.self) }
}
