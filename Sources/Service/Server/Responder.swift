import Access
import Events
import GitHTTP
import Hummingbird
import Instruments
import Listening
import Logging
import Logs
import NIOHTTP1
import Upstreams

/// Takes each request to its handler, and turns what goes wrong into an answer.
struct Responder: HTTPResponder {
    typealias Context = PeerContext

    private let gate: Gate
    private let audit: Audit
    private let inFlight: InFlight
    private let deliveries: InFlight
    private let bodies: BodyBudget
    private let hosts: AllowedHosts
    private let urlLimit: Int
    private let paths: Paths
    private let crossOrigin: CrossOrigin
    private let reads: Reads
    private let writes: Writes
    private let configs: NodeConfigs
    private let syncing: SyncHandlers
    private let probes: Probes
    private let events: EventStreams
    private let statuses: Statuses
    private let links: Links
    private let flows: Flows
    private let histories: Histories
    private let webhooks: Webhooks
    private let descriptions: Descriptions
    private let metrics: ServiceMetrics
    private let registry: Registry
    private let git: GitHTTP?
    private let pushes: GitRequests
    private let apps: any AppSource
    private let options: ServiceOptions
    private let logger: Logger

    init(
        apps: any AppSource, cluster: any ClusterSide, health: any HealthSide, upstream: UpstreamClient?,
        dashboards: (any DashboardSide)?, events: EventLog?, fetches: BranchFetches, git: GitHTTP?,
        options: ServiceOptions, logger: Logger
    ) {
        gate = Gate(apps: apps, cluster: cluster, options: options, logger: logger)
        audit = Audit(logger: logger)
        inFlight = InFlight(limit: options.limits.inFlight, ofOne: options.limits.inFlightOfOne)
        deliveries = InFlight(limit: options.limits.webhooks, ofOne: options.limits.webhooksOfOne)
        bodies = BodyBudget(limit: options.limits.bodies, ofOne: options.limits.bodiesOfOne)
        hosts = AllowedHosts(options)
        urlLimit = options.limits.url
        paths = Paths(basePath: options.basePath)
        crossOrigin = CrossOrigin(origins: options.corsOrigins, asksWho: options.access != nil)
        reads = Reads(apps: apps, cluster: cluster, options: options)
        writes = Writes(apps: apps, cluster: cluster, options: options, base: paths.base, logger: logger)
        configs = NodeConfigs(apps: apps, options: options, logger: logger)
        syncing = SyncHandlers(
            apps: apps, cluster: cluster, dashboards: dashboards, housekeeping: options.housekeeping)
        let readiness = Readiness(
            apps: apps, cluster: cluster, dashboards: dashboards, housekeeping: options.housekeeping,
            notes: options.notes)
        probes = Probes(readiness: readiness)
        self.events = EventStreams(events: events, apps: apps, limits: options.limits)
        statuses = Statuses(apps: apps, cluster: cluster, health: health, options: options)
        links = Links(apps: apps, cluster: cluster, dashboards: dashboards, options: options)
        flows = Flows(
            apps: apps, cluster: cluster, addresses: options.upstreams, forwarder: Forwarder(client: upstream))
        histories = Histories(apps: apps, cluster: cluster, options: options)
        metrics = ServiceMetrics(options.metrics)
        registry = options.metrics
        ServiceReadings(
            apps: apps, cluster: cluster, dashboards: dashboards, readiness: readiness, inFlight: inFlight
        ).register(in: options.metrics)
        webhooks = Webhooks(options: options, fetches: fetches, metrics: metrics, logger: logger)
        descriptions = Descriptions(basePath: paths.base)
        self.git = git
        pushes = GitRequests(
            judge: PushJudge(apps: apps, cluster: cluster, audit: audit), options: options)
        self.apps = apps
        self.options = options
        self.logger = logger
    }

    /// Answers a request under its id: the client's own, or a new one.
    func respond(to request: Request, context: Context) async throws -> Response {
        let id = request.headers[.requestID].flatMap { RequestID($0) } ?? .make()
        return try await RequestID.$current.withValue(id) {
            var response = try await measured(request, context)
            response.headers[.requestID] = id.description
            return response
        }
    }

    private func measured(_ request: Request, _ context: Context) async throws -> Response {
        let start = ContinuousClock.now
        let isShort = request.uri.string.utf8.count <= urlLimit
        let endpoint = isShort ? paths.endpoint(request.uri.path) : nil
        let response = try await answered(request, context, at: endpoint)
        metrics.note(endpoint?.route ?? .unknown, request.method, response.status, ContinuousClock.now - start)
        return response
    }

    private func answered(_ request: Request, _ context: Context, at endpoint: Endpoint?) async throws -> Response {
        if let preflight = crossOrigin.preflight(request) { return preflight }
        let start = ContinuousClock.now
        let exchange = gate.exchange(request, context)
        var response: Response
        var failure: RestError?
        do {
            let counter = counter(endpoint)
            guard counter?.enter(exchange.source) ?? true else { throw RestError.busy }
            defer { counter?.leave(exchange.source) }
            response = try await Exchange.$current.withValue(exchange) {
                try await BodyShare.$current.withValue(BodyShare(bodies)) {
                    try await answer(request, endpoint, context, exchange)
                }
            }
        } catch let error as RestError {
            failure = error
            response = error.response
        } catch let error as CancellationError {
            throw error
        } catch is HTTPParserError {
            failure = .brokenBody
            response = RestError.brokenBody.response
        } catch {
            logger.error(
                "a request failed",
                metadata: ["method": "\(request.method)", "path": "\(request.uri.path)", "error": "\(error)"])
            response = RestError.unexpected.response
        }
        audit.note(exchange, request, response.status, failure)
        crossOrigin.add(to: &response.headers, for: request)
        logger.debug(
            "request",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.path)",
                "status": .stringConvertible(response.status.code), "client": "\(exchange.client)",
                "milliseconds": .stringConvertible(Int((ContinuousClock.now - start) / .milliseconds(1))),
            ])
        return response
    }

    /// Who counts the requests to an endpoint; nobody those that say whether the service lives and how much it does: a flood
    /// of others must not have it started anew.
    private func counter(_ endpoint: Endpoint?) -> InFlight? {
        switch endpoint {
        case .health, .readiness, .metrics: nil
        case .webhook: deliveries
        default: inFlight
        }
    }

    private func answer(
        _ request: Request, _ endpoint: Endpoint?, _ context: Context, _ exchange: Exchange
    ) async throws -> Response {
        guard request.uri.string.utf8.count <= urlLimit else { throw RestError.urlTooLong(urlLimit) }
        guard let endpoint else { throw RestError.notFound(path: request.uri.path) }
        guard endpoint.methods.contains(request.method) else {
            throw RestError.methodNotAllowed(request.method, endpoint.methods)
        }
        try hosts.check(request, endpoint)
        if request.method != .get, crossOrigin.isForeign(request) {
            throw RestError(
                .forbidden, state: "origin_not_allowed",
                "pages of another origin may not change anything here, unless --cors-origin names it")
        }
        try await gate.admit(endpoint, request, context, exchange)
        switch (endpoint, request.method) {
        case (.apps, _), (.graphs, .get): return try await reads.list(request)
        case (.app(let id), .get): return try reads.app(id, request)
        case (.versionGraph(let id, let version), _): return try await reads.versionGraph(id, version, request)
        case (.schema, _): return reads.schema(request)
        case (.graphs, _): return try await writes.create(request)
        case (.save(let id), _): return try await writes.save(id, request)
        case (.app(let id), _): return try await writes.delete(id, request)
        case (.redeployment(let id, let version), _): return try await writes.redeploy(id, version, request)
        case (.nodeConfigs, .get): return configs.list()
        case (.nodeConfigs, _): return try await configs.create(request)
        case (.nodeConfig(let id), .get): return try configs.show(id)
        case (.nodeConfig(let id), .put): return try await configs.change(id, request)
        case (.nodeConfig(let id), _): return try await configs.delete(id, request)
        case (.git(let path), _):
            guard let git else { throw RestError.notFound(path: request.uri.path) }
            return try await pushes.respond(to: request, path: path, exchange, git) {
                [apps, id = RequestID.current] commit in
                if let id { apps.note(id, brings: commit) }
            }
        case (.sync, .get): return try await syncing.show(request)
        case (.sync, _): return try await syncing.look()
        case (.events, _): return try await events.open(request)
        case (.confirmPrune, _): return try await syncing.confirm()
        case (.statusList, _): return try await statuses.list()
        case (.graphStatus(let id), _): return try await statuses.show(id)
        case (.componentLinks(let id), _): return try links.components(id)
        case (.dashboardURLs(let id, let version), _): return try links.dashboards(id, version)
        case (.grafanaDashboard(let id), _): return try links.grafana(id)
        case (.flow(let id, let flow, let part), _): return try await flows.show(part, of: flow, in: id, request)
        case (.edge(let id, let side, let component, let edge), _):
            return try await flows.edge(side, edge, of: component, in: id, request)
        case (.versions(let id), _): return try histories.versions(id, request)
        case (.history(let id), _): return try await histories.history(id, request)
        case (.diff(let id), _): return try await histories.diff(id, request)
        case (.revert(let id), _): return try await writes.revert(id, request)
        case (.webhook(let source), _): return try await webhooks.take(source, request)
        case (.description, _): return try descriptions.document(request)
        case (.docs, _): return try descriptions.page(request)
        case (.health, _): return probes.alive()
        case (.metrics, _): return try await registry.response(to: request)
        case (.readiness, _):
            // Whether somebody may see all is no reason to say nothing.
            let seesAll = (try? await Exchange.visibility().isAll) ?? false
            return probes.ready(withDetails: gate.isOpenToAll || exchange.caller != nil, seesAll: seesAll)
        }
    }
}
