import Listening
import ServiceLifecycle

/// Prints where a service listens once it does.
struct Announcement: Service {
    let name: String
    let started: @Sendable () async throws -> ListeningAddress

    func run() async throws {
        Terminal.print("\(Terminal.styled(name, .bold))  \(try await started().origin)")
        try? await gracefulShutdown()
    }
}

extension ListeningAddress {
    /// As a URL begins: `http://127.0.0.1:8080`, `https` with TLS, an IPv6 address in brackets.
    var origin: String {
        (isSecure ? "https://" : "http://") + (host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)")
    }
}
