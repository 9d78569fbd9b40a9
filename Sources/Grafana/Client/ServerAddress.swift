import FoundationEssentials

/// Where a server is and how it is asked.
public struct ServerAddress: Sendable {
    /// The address without a slash at the end, for example `https://grafana.example.com/grafana`.
    public let url: String
    /// The path in it: empty, or `/grafana`.
    public let path: String
    public var credentials: Credentials = .none
    /// Whose signature the server's certificate has to bear; nil for the authorities of the system.
    public var authority: AuthorityFile?
    /// How long a request may take.
    public var timeout: Duration = .seconds(10)
    /// The largest answer that is read.
    public var maximumBody = 16 << 20
    /// How many connections are held at once.
    public var maximumConnections = 4
    /// What is measured of requests.
    public var metrics = RequestMetrics()

    /// - Throws: ``GrafanaError`` with what is expected of an address.
    public init(_ text: String) throws(GrafanaError) {
        func refuse(_ message: String) -> GrafanaError { GrafanaError(.refused, "reading the address", message) }
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty
        else { throw refuse("expected an address such as https://grafana.example.com/grafana") }
        guard parts.user == nil, parts.password == nil else {
            throw refuse("it holds a user or password, which would show in process lists: they go into a file")
        }
        guard parts.query == nil, parts.fragment == nil else { throw refuse("expected no '?' and no '#' in it") }
        var path = Substring(parts.percentEncodedPath)
        while path.last == "/" { path.removeLast() }
        self.path = String(path)
        // `URLComponents` keeps the brackets of an IPv6 address.
        url = "\(scheme)://\(host)\(parts.port.map { ":\($0)" } ?? "")\(path)"
    }
}
