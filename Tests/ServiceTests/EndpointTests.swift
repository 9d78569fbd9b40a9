import Testing

@testable import Service

@Suite struct EndpointTests {
    @Test(
        arguments: [
            ("/api/v1/apps", .apps),
            ("/api/v1/graphs", .graphs),
            ("/api/v1/graphs/schema", .schema),
            ("/api/v1/apps/default_demo", .app(id: "default_demo")),
            ("/api/v1/apps/default_demo/graph", .save(id: "default_demo")),
            ("/api/v1/apps/default_demo/versions/12/graph", .versionGraph(id: "default_demo", version: "12")),
            ("/api/v1/apps/a_b/versions/%201/graph", .versionGraph(id: "a_b", version: " 1")),
            ("/api/v1/apps/redeployment/a_b/3", .redeployment(id: "a_b", version: "3")),
            ("/api/v1/apps/Bad%2FName%C3%BC", .app(id: "Bad/Nameü")),
            ("/api/v1/apps/status/list", .statusList),
            ("/api/v1/graph-status/a_b", .graphStatus(id: "a_b")),
            ("/api/v1/node-configs", .nodeConfigs),
            ("/api/v1/node-configs/a%20b", .nodeConfig(id: "a b")),
            ("/api/v1/apps/a_b/versions", .versions(id: "a_b")),
            ("/api/v1/apps/a_b/history", .history(id: "a_b")),
            ("/api/v1/apps/a_b/diff", .diff(id: "a_b")),
            ("/api/v1/apps/a_b/revert", .revert(id: "a_b")),
            ("/api/v1/revert", .revert(id: nil)),
            ("/api/v1/sync", .sync),
            ("/api/v1/sync/confirm", .confirmPrune),
            ("/healthz", .health),
            ("/readyz", .readiness), ("/api/v1/events", .events), ("/metrics", .metrics),
        ] as [(String, Endpoint)])
    func knows(_ path: String, _ endpoint: Endpoint) {
        #expect(Paths(basePath: "").endpoint(path) == endpoint)
        #expect(Paths(basePath: "/ui/rampart/").endpoint("/ui/rampart" + path) == endpoint)
    }

    @Test(arguments: [
        "", "/", "/api", "/api/v1", "/api/v1/", "/api/v1/apps/", "/api//v1/apps", "//api/v1/apps", "/api/v1/app",
        "/api/v1/apps//graph", "/api/v1/apps/a_b/graph/", "/api/v1/apps/a_b/other", "/api/v1/apps/%zz",
        "/api/v1/apps/%C3", "/api/v1/apps/redeployment/a_b/", "/api/v1/nothing", "/api/v2/apps", "/healthz/",
    ])
    func knowsNot(_ path: String) {
        #expect(Paths(basePath: "").endpoint(path) == nil)
    }

    @Test(arguments: ["rampart", "/rampart", "rampart/", "/rampart/", "//rampart//"])
    func joinsTheBasePathCleanly(_ base: String) {
        let paths = Paths(basePath: base)
        #expect(paths.endpoint("/rampart/api/v1/apps") == .apps)
        #expect(paths.endpoint("/rampart//api/v1/apps") == nil)
        #expect(paths.endpoint("/api/v1/apps") == nil)
        #expect(paths.endpoint("/rampartapi/v1/apps") == nil)
        #expect(paths.endpoint("/healthz") == .health, "probes know no base path")
        #expect(paths.endpoint("/rampart/readyz") == .readiness)
    }
}
