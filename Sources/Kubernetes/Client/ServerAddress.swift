import AsyncHTTPClient
import FoundationEssentials

/// The parts of a server's address.
struct ServerAddress {
    /// What stands before every path: scheme, host as connections name it, port, prefix.
    let base: String
    let hostHeader: String
    /// Host names that are connected to as others, so that TLS asks for `tls-server-name`.
    let nameOverride: [String: String]

    init(_ configuration: ClusterConfiguration) throws(ConfigurationError) {
        func wrong(_ why: String) -> ConfigurationError {
            ConfigurationError(
                path: "server", message: "\"\(configuration.server)\" \(why); expected https://HOST:PORT")
        }
        guard let url = URL(string: configuration.server), let scheme = url.scheme?.lowercased() else {
            throw wrong("is no URL")
        }
        guard scheme == "https" || scheme == "http" else { throw wrong("has no scheme http or https") }
        guard let host = url.host(), !host.isEmpty else { throw wrong("names no host") }
        guard url.user == nil, url.query == nil, url.fragment == nil else {
            throw wrong("holds a user, a query or a fragment")
        }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        let literal = bare.contains(":") ? "[\(bare)]" : bare
        let port = url.port.map { ":\($0)" } ?? ""
        var prefix = url.path()
        while prefix.hasSuffix("/") { prefix.removeLast() }
        hostHeader = literal + port
        if scheme == "https", let name = configuration.tlsServerName, !name.isEmpty, name != bare {
            base = "\(scheme)://\(name)\(port)\(prefix)"
            nameOverride = [name: bare]
        } else {
            base = "\(scheme)://\(literal)\(port)\(prefix)"
            nameOverride = [:]
        }
    }

    func proxy(_ text: String?) throws(ConfigurationError) -> HTTPClient.Configuration.Proxy? {
        guard let text, !text.isEmpty else { return nil }
        func wrong(_ why: String) -> ConfigurationError {
            ConfigurationError(path: "proxy-url", message: "\(why); expected http://HOST:PORT or socks5://HOST:PORT")
        }
        guard let url = URL(string: text), let host = url.host(), !host.isEmpty else { throw wrong("it is no URL") }
        switch url.scheme?.lowercased() {
        case "http":
            if let user = url.user(percentEncoded: false) {
                return .server(
                    host: host, port: url.port ?? 80,
                    authorization: .basic(username: user, password: url.password(percentEncoded: false) ?? ""))
            }
            return .server(host: host, port: url.port ?? 80)
        case "socks5":
            guard url.user == nil else { throw wrong("a user on a SOCKS proxy is not supported") }
            return .socksServer(host: host, port: url.port ?? 1080)
        case let scheme: throw wrong("a proxy of scheme \"\(scheme ?? "")\" is not supported")
        }
    }
}
