import Access
import Apps
import HTTPTypes
import HashTreeCollections
import Hummingbird
import Listening
import Logging
import Synchronization

/// Lets requests in: finds out who asks, how often, and whether they may.
struct Gate: Sendable {
    private let access: AccessControl?
    private let apps: any AppSource
    private let cluster: any ClusterSide
    private let addresses: ClientAddress
    private let rates: RateLimiter?
    private let namespaces: NamespaceList
    private let strangers: UnknownProxies

    init(apps: any AppSource, cluster: any ClusterSide, options: ServiceOptions, logger: Logger) {
        access = options.access
        addresses = options.clientAddress
        rates = options.limits.rate.map { RateLimiter(rate: $0, burst: options.limits.burst) }
        namespaces = NamespaceList(apps: apps)
        strangers = UnknownProxies(logger: logger)
        self.apps = apps
        self.cluster = cluster
    }

    /// Whether nobody is asked.
    var isOpenToAll: Bool { access == nil }

    /// A request that has just come.
    func exchange(_ request: Request, _ context: PeerContext) -> Exchange {
        let peer = context.peerAddress
        let forwarded = request.headers[values: .forwardedFor].joined(separator: ",")
        let isTrusted = addresses.trusts(peer)
        if !forwarded.isEmpty, !isTrusted { strangers.note(peer) }
        let client = addresses.client(peer: peer, forwarded: forwarded.isEmpty ? nil : forwarded)
        // Where nobody is asked, nobody on this machine alone is counted: everybody there is the same client.
        let isCounted = access != nil || !Self.isThisMachine(client)
        return Exchange(
            client: client, source: isCounted ? ClientKey.of(client) : nil,
            comesFromProxy: addresses.trustsNobody || isTrusted)
    }

    /// Lets a request through, with its caller and what it may do noted in the exchange.
    ///
    /// - Throws: ``RestError`` 401, 403, 429, or 503 where nobody can be asked.
    func admit(
        _ endpoint: Endpoint, _ request: Request, _ context: PeerContext, _ exchange: Exchange
    ) async throws {
        let rule = endpoint.rule(request.method)
        guard let access, rule != .ownSecret else {
            if rule != .open { try count(exchange.source) }
            return
        }
        // It says the same to everybody.
        if endpoint == .health { return }
        let caller: Caller
        do throws(AccessError) {
            caller = try await self.caller(request, context, exchange, access)
        } catch {
            if rule == .open { return }
            if case .badCredentials(let why) = error { exchange.denial = why }
            try count(exchange.source)
            throw RestError(error, takesBasic: endpoint.takesBasic)
        }
        exchange.caller = caller
        let rights = CallerRights(caller, authorizer: access.authorizer, namespaces: namespaces.all)
        exchange.rights = rights
        if rule == .open { return }
        try count(exchange.holder)
        try await check(rule, exchange, rights, isWrite: request.method != .get && request.method != .head)
    }

    private func caller(
        _ request: Request, _ context: PeerContext, _ exchange: Exchange, _ access: AccessControl
    ) async throws(AccessError) -> Caller {
        switch AuthorizationHeader(request.headers[.authorization]) {
        case .bearer(let token), .basic(let token):
            return try await access.authenticator.caller(token, from: exchange.source ?? exchange.client)
        case .unreadable(let why): throw .badCredentials(why)
        case .absent:
            guard access.takesCertificates, let certificate = await context.clientCertificate() else {
                throw .noCredentials
            }
            guard let caller = Caller(certificate: certificate) else {
                throw .badCredentials("the client certificate has no common name that could be a user")
            }
            return caller
        }
    }

    /// The first two without a look at ranges, as most requests come from there.
    private static func isThisMachine(_ address: String) -> Bool {
        address == "127.0.0.1" || address == "::1" || AddressRange.loopback.contains { $0.contains(address) }
    }

    private func count(_ client: String?) throws(RestError) {
        guard let client, let wait = rates?.take(client) else { return }
        throw .tooManyRequests(retryAfter: wait)
    }

    private func check(
        _ rule: AccessRule, _ exchange: Exchange, _ rights: CallerRights, isWrite: Bool
    ) async throws {
        switch rule {
        case .open, .ownSecret, .known, .list, .inBody: break
        case .everywhere(let permission):
            try await exchange.demand(permission, in: .everywhere)
            if isWrite { exchange.isAdmin = try await rights.isAllowed(.administer, in: .everywhere) }
        case .app(let text, var permission):
            // A name that can be no app's lies in no namespace; the handler says that there is none.
            guard let id = AppID(text) else { return }
            let app = apps.snapshot.apps[id]
            // What was never live is gone from nowhere but the editor's desk.
            if permission == .delete, let app, app.live == nil { permission = .save }
            try await exchange.demand(permission, in: .namespace(id.namespace))
            if isWrite, let app,
                AppView(app: app, observed: cluster.current.observed[id], sync: nil, hasSeenCluster: true).isReadOnly
            {
                exchange.isAdmin = try await rights.isAllowed(.administer, in: .namespace(id.namespace))
            }
        }
    }
}

/// Peers that speak for others without being trusted to: they all count as one client, which the log says once.
private final class UnknownProxies: Sendable {
    private let isSaid = Atomic(false)
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func note(_ peer: String) {
        guard !isSaid.exchange(true, ordering: .relaxed) else { return }
        logger.warning(
            "X-Forwarded-For comes from a peer that is no trusted proxy: all behind it share one client's limits; --trusted-proxy names it",
            metadata: ["peer": "\(peer)"])
    }
}

/// The namespaces of all apps, worked out once for each state of them.
private final class NamespaceList: Sendable {
    private let apps: any AppSource
    private let known = Mutex<(sequence: UInt64, names: Set<String>)?>(nil)

    init(apps: any AppSource) { self.apps = apps }

    @Sendable func all() -> Set<String> {
        let snapshot = apps.snapshot
        if let known = known.withLock({ $0 }), known.sequence == snapshot.sequence { return known.names }
        let names = Set(snapshot.apps.keys.map(\.namespace))
        known.withLock { $0 = (snapshot.sequence, names) }
        return names
    }
}

extension HTTPField.Name {
    static let forwardedFor = HTTPField.Name("X-Forwarded-For") ?? .from
}
