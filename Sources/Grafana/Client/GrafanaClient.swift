import JSONValues
import NIOHTTP1
import URLText

/// A small client of Grafana's HTTP API: dashboards by uid, folders, search, datasources, health.
///
/// Every call is one request, but for those that page; none is tried twice.
public final class GrafanaClient: Sendable {
    /// Where Grafana is.
    public let address: ServerAddress
    let exchange: Exchange
    /// Whether writes may go out; nil where nobody else writes.
    let fence: Exchange.Fence?

    public init(_ address: ServerAddress) {
        self.address = address
        exchange = Exchange(address)
        fence = nil
    }

    private init(_ client: GrafanaClient, fence: @escaping Exchange.Fence) {
        address = client.address
        exchange = client.exchange
        self.fence = fence
    }

    /// The same client, over the same connections, whose writes go out only while a condition holds.
    ///
    /// It is looked at when a request is about to leave, and again before the body of one that has waited for its
    /// connection. What does not go out fails with ``GrafanaError/Kind/cancelled``. Shutting down either client shuts
    /// down both.
    public func fenced(while mayWrite: @escaping @Sendable () -> Bool) -> GrafanaClient {
        GrafanaClient(self, fence: mayWrite)
    }

    /// Closes all connections.
    public func shutdown() async { await exchange.shutdown() }

    /// Grafana's version, and whether its database is well. Needs no account.
    public func health() async throws(GrafanaError) -> (version: String?, databaseIsWell: Bool) {
        let json = try await exchange.send(.GET, "/api/health")
        return (json["version"]?.string, json["database"]?.string == "ok")
    }

    /// All datasources of the organisation. Needs the right `datasources:read`.
    public func datasources() async throws(GrafanaError) -> [Datasource] {
        let operation = "GET /api/datasources"
        let json = try await exchange.send(.GET, "/api/datasources")
        return try Self.list(json, operation).compactMap { Datasource($0) }
    }

    static func list(_ json: JSON, _ operation: String) throws(GrafanaError) -> [JSON] {
        guard let list = json.array else {
            throw GrafanaError(.unreadable, operation, "expected a list, found \(json.kindName)")
        }
        return list
    }

    /// A name as one part of a path.
    static func segment(_ name: String, _ operation: String) throws(GrafanaError) -> String {
        guard let segment = PercentEncoding.segment(name) else {
            throw GrafanaError(.refused, operation, "'\(name)' leads nowhere")
        }
        return segment
    }
}

/// Where panels get their data.
public struct Datasource: Sendable, Hashable {
    public let uid: String
    public let name: String
    /// `loki`, `prometheus`, …
    public let type: String

    public init(uid: String, name: String, type: String) {
        self.uid = uid
        self.name = name
        self.type = type
    }

    init?(_ json: JSON) {
        guard let uid = json["uid"]?.string, let name = json["name"]?.string, let type = json["type"]?.string
        else { return nil }
        self.init(uid: uid, name: name, type: type)
    }
}
