import Foundation
import GitProgram
import HTTPTypes
import Subprocess

/// The variables of `git http-backend` (git-http-backend(1), RFC 3875).
enum BackendEnvironment {
    static func make(
        _ wanted: GitRequest, headers: HTTPFields, _ options: GitHTTPOptions, _ pusher: Pusher,
        hooks: [String: String] = [:]
    ) -> Subprocess.Environment {
        GitEnvironment.make(
            settings: settings(pusher),
            variables: variables(wanted, headers: headers, options, pusher).merging(hooks) { $1 })
    }

    static func settings(_ pusher: Pusher) -> [(key: String, value: String)] {
        // Whoever gets here was let in; without the first setting git would ask for `REMOTE_USER` alone. With the second
        // larger files pass through git without being held in memory whole; it waits for half a gigabyte with that. The
        // others keep what it takes apart from the number of processors and below the limit: each thread counts with its
        // whole stack, and has a window and a store of its own.
        var settings = [
            ("http.receivepack", "true"), ("core.bigFileThreshold", "8m"), ("core.deltaBaseCacheLimit", "16m"),
            ("pack.threads", "1"), ("pack.windowMemory", "32m"), ("pack.deltaCacheSize", "16m"),
            // What is pushed is as durable as what is committed here, before it is said to be there.
            ("core.fsync", "committed,reference"), ("core.fsyncMethod", "batch"),
        ]
        // Not always, as the repository may have a limit of its own.
        if let largest = pusher.largestPack { settings.append(("receive.maxInputSize", String(largest))) }
        return settings
    }

    static func variables(
        _ wanted: GitRequest, headers: HTTPFields, _ options: GitHTTPOptions, _ pusher: Pusher
    ) -> [String: String] {
        var variables = pusher.variables
        let repository = URL(fileURLWithPath: options.repository)
        variables["GIT_PROJECT_ROOT"] = repository.deletingLastPathComponent().path
        variables["PATH_INFO"] = "/\(repository.lastPathComponent)\(wanted.path)"
        variables["GIT_HTTP_EXPORT_ALL"] = "1"
        variables["GATEWAY_INTERFACE"] = "CGI/1.1"
        variables["REQUEST_METHOD"] = wanted.isAdvertisement ? "GET" : "POST"
        variables["QUERY_STRING"] = wanted.query
        variables["SERVER_PROTOCOL"] = "HTTP/1.1"
        variables["CONTENT_TYPE"] = headers[.contentType].map(cleaned)
        // No `CONTENT_LENGTH`, so that a body is read to its end, as one in chunks: git that waits for a length reads for ever
        // at the end of a pipe whose other end was killed, and keeps a core busy (`pipe_fixed_length` in http-backend.c).
        variables["HTTP_CONTENT_ENCODING"] = headers[.contentEncoding].map(cleaned)
        // The version of the protocol, `version=2` (gitprotocol-v2(5)).
        if let version = HTTPField.Name("Git-Protocol").flatMap({ headers[$0] }), version.utf8.count <= 256 {
            variables["GIT_PROTOCOL"] = cleaned(version)
        }
        return variables
    }

    private static func cleaned(_ text: String) -> String {
        String(text.unicodeScalars.filter { (0x20...0x7E).contains($0.value) }.map(Character.init).prefix(256))
    }
}
