import Foundation
import JSONValues
import TestSupport
import Testing

/// Dashboards of a service that runs as people run it.
@Suite(.enabled(if: RunningService.foreignKubeconfig == nil, "the sandbox brings the Grafana"))
struct GrafanaTests {
    @Test func theSandboxHasDashboards() async throws {
        let folder = try TemporaryFolder()
        let data = folder.appending("data")
        try await RunningService.with(data: data, options: ["--example", "--grafana-folders"]) { service in
            let links = try await eventually("Grafana has the dashboard") { () -> JSON? in
                let answer = try await service.request("GET", "/api/v1/app/default_demo/grafana_dashboard")
                return answer.status == 200 ? answer.body : nil
            }
            #expect(links["cpuUsage"]?.string?.hasPrefix("/grafana/d-solo/rampart-") == true)
            let sync = try await service.request("GET", "/api/v1/sync").body
            #expect(sync.at("grafana", "reachable") == true)
            let output = try String(contentsOfFile: data + ".out", encoding: .utf8)
            let address = try #require(sync.at("grafana", "address")?.string)
            #expect(output.contains(address), "it says where")
            try await eventually("all apps have theirs") {
                let sync = try await service.request("GET", "/api/v1/sync").body
                return sync.at("grafana", "state") == "synced"
            }
            let status = try await Command.run(
                RunningService.program, ["status", "--url", String(service.api.split(separator: "/api/")[0])])
            #expect(status.code == 0, "\(status.output)")
        }
    }

    @Test(
        arguments: [
            (["--grafana-url", "grafana:3000"], "expected an address such as"),
            (["--grafana-url", "http://u:hunter2@g"], "they go into a file"),
            (["--grafana-datasource", "mysql=x"], "expected TYPE=NAME"), (["--grafana-timeout", "0"], "seconds"),
            (["--grafana-token-file", "a", "--grafana-user", "b"], "exclude each other"),
        ])
    func refusesWhatMakesNoSense(_ options: [String], _ message: String) async throws {
        let result = try await Command.run(
            RunningService.program, ["serve", "--sandbox", "--data", "/nowhere"] + options)
        #expect(result.code == 64 && result.errors.contains(message), "\(result.errors)")
        #expect(!result.errors.contains("hunter2"))
    }
}
