import JSONValues
import Kubernetes
import Sandbox
import TestSupport
import Testing

@testable import Service

/// Links to components and to the Kubernetes dashboard.
@Suite struct LinksTests {
    @Test func componentsAreWhereTheControllerServesThem() async throws {
        var options = Stack.Options()
        options.sandbox.playsController = false
        try await Stack.run(options) { stack async throws in
            let path = "/api/v1/apps/default_demo/component-links"
            #expect(try await stack.get(path).state == "graph_not_found")
            try await stack.create("default_demo")
            #expect(try await stack.get(path).state == "graph_not_found")
            try await stack.redeploy("default_demo", 1)
            try await eventually { try await stack.get(path).status == 200 }
            #expect(try await stack.get(path).json == [])
            let paths = #"{"web": ["/default/demo/web", "/default/demo/web/api"]}"#
            _ = try await stack.client.mergePatch(
                Walk.graphs, namespace: "default", name: "demo",
                body: ["status": ["phase": "Deployed", "endpointPaths": .string(paths)]], subresource: .status)
            try await eventually {
                try await stack.get(path).json == [
                    ["component": "web", "endpoints": ["/default/demo/web", "/default/demo/web/api"]]
                ]
            }
        }
    }

    @Test(arguments: ["nonsense", "[]", "{\"a\": 1}", ""]) func nonsenseIsNoLink(_ text: String) {
        let links = Links.endpoints(["endpointPaths": .string(text)])
        #expect(links.allSatisfy { $0["endpoints"] == [] })
    }

    /// 453 to 459: clean joins, however the dashboard's address is written.
    @Test(arguments: ["", "https://d.example.com", "https://d.example.com:8443/k8s"])
    func theDashboardOfTheLiveVersion(_ dashboard: String) async throws {
        var options = Stack.Options()
        options.service.dashboardURL = dashboard
        try await Stack.run(options) { stack async throws in
            func path(_ version: String) -> String { "/api/v1/apps/default_demo/versions/\(version)/dashboard_urls" }
            #expect(try await stack.get(path("1")).state == "graph_not_found")
            try await stack.create("default_demo")
            try await stack.save("default_demo", Graph.small(2))
            #expect(try await stack.get(path("1")).state == "version 1 is not active")
            try await stack.redeploy("default_demo", 1)
            #expect(try await stack.get(path("1")).json == ["k8s": .string(dashboard + "/#/workloads?namespace=_all")])
            #expect(try await stack.get(path("2")).status == 400)
            for missing in ["0", "9"] {
                #expect(try await stack.get(path(missing)).state == "graph not found with that name and version")
            }
            #expect(try await stack.get(path("abc")).status == 400)
            try await stack.redeploy("default_demo", 1, deployed: false)
            #expect(try await stack.get(path("1")).state == "version 1 is not active")
        }
    }
}
