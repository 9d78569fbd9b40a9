import Access
import Hummingbird
import JSONValues
import Testing

@testable import Service

/// Every endpoint by name, so that a new one is in the table below or does not compile.
enum EndpointKind: CaseIterable {
    case graphs, schema, apps, app, save, versionGraph, redeployment, statusList, graphStatus, componentLinks
    case dashboardURLs, grafanaDashboard, versions, history, diff, revertOfApp, revert, flow, edge, nodeConfigs,
        nodeConfig, sync
    case confirmPrune, events, webhook, git, description, docs, health, readiness, metrics

    init(_ endpoint: Endpoint) {
        self =
            switch endpoint {
            case .graphs: .graphs
            case .schema: .schema
            case .apps: .apps
            case .app: .app
            case .save: .save
            case .versionGraph: .versionGraph
            case .redeployment: .redeployment
            case .statusList: .statusList
            case .graphStatus: .graphStatus
            case .componentLinks: .componentLinks
            case .dashboardURLs: .dashboardURLs
            case .grafanaDashboard: .grafanaDashboard
            case .versions: .versions
            case .history: .history
            case .diff: .diff
            case .revert(let id): id == nil ? .revert : .revertOfApp
            case .flow: .flow
            case .edge: .edge
            case .nodeConfigs: .nodeConfigs
            case .nodeConfig: .nodeConfig
            case .sync: .sync
            case .confirmPrune: .confirmPrune
            case .events: .events
            case .webhook: .webhook
            case .git: .git
            case .description: .description
            case .docs: .docs
            case .health: .health
            case .readiness: .readiness
            case .metrics: .metrics
            }
    }

    /// A path of it, about an app that is not there, so that whoever is let in changes nothing.
    var path: String {
        switch self {
        case .graphs: "/api/v1/graphs"
        case .schema: "/api/v1/graphs/schema"
        case .apps: "/api/v1/apps"
        case .app: "/api/v1/apps/team-a_none"
        case .save: "/api/v1/apps/team-a_none/graph"
        case .versionGraph: "/api/v1/apps/team-a_none/versions/1/graph"
        case .redeployment: "/api/v1/apps/redeployment/team-a_none/1"
        case .statusList: "/api/v1/apps/status/list"
        case .graphStatus: "/api/v1/graph-status/team-a_none"
        case .componentLinks: "/api/v1/apps/team-a_none/component-links"
        case .dashboardURLs: "/api/v1/apps/team-a_none/versions/1/dashboard_urls"
        case .grafanaDashboard: "/api/v1/app/team-a_none/grafana_dashboard"
        case .versions: "/api/v1/apps/team-a_none/versions"
        case .history: "/api/v1/apps/team-a_none/history"
        case .diff: "/api/v1/apps/team-a_none/diff"
        case .revertOfApp: "/api/v1/apps/team-a_none/revert"
        case .revert: "/api/v1/revert"
        case .flow: "/api/v1/app/team-a_none/flows_service/data/file?path=/x"
        case .edge: "/api/v1/app/team-a_none/edge/input/component/edge"
        case .nodeConfigs: "/api/v1/node-configs"
        case .nodeConfig: "/api/v1/node-configs/none"
        case .sync: "/api/v1/sync"
        case .confirmPrune: "/api/v1/sync/confirm"
        // With a filter that is none, as a stream has no end.
        case .events: "/api/v1/events?app=none"
        case .webhook: "/api/v1/webhooks/github"
        case .git: "/git/graphs.git/git-receive-pack"
        case .description: "/openapi.json"
        case .docs: "/docs"
        case .health: "/healthz"
        case .readiness: "/readyz"
        case .metrics: "/metrics"
        }
    }

    /// Who of the users of ``Guarded`` is let in, method by method; nil where nobody has to say who it is.
    var letsIn: [String: [String]?] {
        let everybody = Guarded.users
        let readers = ["viewer", "editor", "deployer", "admin", "boss"]
        let editors = ["editor", "deployer", "admin", "boss"]
        let deployers = ["deployer", "admin", "boss"]
        return switch self {
        case .health, .readiness: ["GET": nil]
        // With a secret of its own; here none is set, and everybody gets a 404.
        case .webhook: ["POST": nil]
        case .schema, .apps, .statusList, .events, .description, .docs: ["GET": everybody]
        case .graphs: ["GET": everybody, "POST": editors]
        case .app: ["GET": readers, "DELETE": deployers]
        case .save: ["POST": editors]
        case .redeployment, .revertOfApp: ["POST": deployers]
        case .revert, .confirmPrune: ["POST": ["boss"]]
        case .versionGraph, .graphStatus, .componentLinks, .dashboardURLs, .grafanaDashboard, .versions, .history,
            .diff, .flow, .edge:
            ["GET": readers]
        case .nodeConfigs: ["GET": everybody, "POST": ["boss"]]
        case .nodeConfig: ["GET": everybody, "PUT": ["boss"], "DELETE": ["boss"]]
        case .sync: ["GET": everybody, "POST": ["boss"]]
        case .git: ["POST": ["boss"]]
        // Of all namespaces together.
        case .metrics: ["GET": ["boss", "scraper"]]
        }
    }
}

@Suite struct RuleTests {
    @Test(arguments: EndpointKind.allCases) func thePathIsThatOfTheEndpoint(_ kind: EndpointKind) throws {
        let path = String(kind.path.prefix { $0 != "?" })
        let endpoint = try #require(Paths(basePath: "").endpoint(path))
        #expect(EndpointKind(endpoint) == kind)
        #expect(Set(endpoint.methods.map(\.rawValue)) == Set(kind.letsIn.keys), "every method has a rule in the table")
    }

    @Test func eachRoleGetsInWhereTheTableSaysAndNowhereElse() async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options()) { stack in
            for kind in EndpointKind.allCases {
                for (method, users) in kind.letsIn {
                    let anonymous = try await stack.send(method, kind.path)
                    #expect((anonymous.status == 401) == (users != nil), "\(method) \(kind.path) without a token")
                    for user in Guarded.users {
                        let body = method == "GET" ? nil : Graph.body("team-a_new", Graph.small()).bytes()
                        let answer = try await stack.send(
                            method, kind.path, body: body, headers: Guarded.bearer(user))
                        #expect(answer.status != 401, "\(method) \(kind.path) as \(user)")
                        #expect(answer.status != 500, "\(method) \(kind.path) as \(user): \(answer.text)")
                        let isIn = users?.contains(user) ?? true
                        #expect((answer.status != 403) == isIn, "\(method) \(kind.path) as \(user): \(answer.status)")
                        if answer.status == 403 { #expect(answer.state == "forbidden") }
                    }
                }
            }
        }
    }

    @Test func whoMayDoNothingThereIsToldSoWhetherOrNotTheAppExists() async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options()) { stack in
            let made = try await stack.post(
                "/api/v1/graphs", Graph.body("team-b_there", Graph.small()), headers: Guarded.bearer("boss"))
            #expect(made.status == 201)
            for name in ["team-b_there", "team-b_none"] {
                let answer = try await stack.get("/api/v1/apps/\(name)", headers: Guarded.bearer("admin"))
                #expect(answer.status == 403)
                #expect(answer.message?.contains("the namespace team-b") == true)
                #expect(answer.message?.contains("admin may not read") == true)
            }
            let none = try await stack.get("/api/v1/apps/no-name", headers: Guarded.bearer("nobody"))
            #expect(none.status == 404, "a name that can be no app's lies in no namespace")
        }
    }
}
