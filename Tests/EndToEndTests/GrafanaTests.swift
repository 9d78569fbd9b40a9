import Foundation
import JSONValues
import Logging
import Sandbox
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

    /// A Grafana that is behind a certificate of an authority of its own.
    @Test func believesTheAuthorityThatItIsGiven() async throws {
        let certificates = try await Certificates.make()
        var sandbox = GrafanaSandboxOptions()
        let folder = certificates.folder
        sandbox.certificate = (folder.appending("server.crt"), folder.appending("server.key"))
        let grafana = GrafanaSandbox(options: sandbox, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try folder.write("admin\n", to: "password")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await grafana.run() }
            defer { group.cancelAll() }
            let url = try await grafana.url()
            #expect(url.hasPrefix("https://"))
            let options = [
                "--example", "--grafana-url", url, "--grafana-user", "admin", "--grafana-password-file",
                folder.appending("password"), "--prometheus-url", try await grafana.prometheusURL(),
            ]
            // Somebody else's authority: it is said what is wrong, and the cluster gets its graphs all the same.
            let stranger = options + ["--grafana-ca", folder.appending("stranger.crt")]
            try await RunningService.with(data: folder.appending("data"), options: stranger) { service in
                let report = try await eventually("it is known that Grafana is not believed") { () -> JSON? in
                    let sync = try await service.request("GET", "/api/v1/sync").body
                    return sync.at("grafana", "reason").flatMap { $0.isNull ? nil : sync }
                }
                #expect(report.at("grafana", "reachable") == false)
                #expect(report.at("grafana", "state") == "failed" && report.at("grafana", "reason") == "tls")
                let message = report.at("grafana", "message")?.string ?? ""
                #expect(message.contains("not signed by a trusted authority"), "\(message)")
                try await eventually("the cluster is synced") {
                    try await service.request("GET", "/api/v1/sync").body["state"] == "synced"
                }
                let links = try await service.request("GET", "/api/v1/app/default_demo/grafana_dashboard")
                #expect(links.status == 404 && links.body["state"] == "dashboard_not_found")
            }
            #expect(grafana.dashboards.isEmpty && grafana.requests.isEmpty, "nothing was said to a stranger")
            // The right one, as an administrator mends it.
            let right = options + ["--grafana-ca", folder.appending("ca.crt")]
            try await RunningService.with(data: folder.appending("data"), options: right) { service in
                try await eventually("all have their dashboards") {
                    try await service.request("GET", "/api/v1/sync").body.at("grafana", "state") == "synced"
                }
                let links = try await service.request("GET", "/api/v1/app/default_demo/grafana_dashboard")
                #expect(links.status == 200)
            }
            #expect(!grafana.dashboards.isEmpty)
            // A key is no certificate.
            let wrong = ["serve", "--sandbox", "--data", folder.appending("data"), "--listen", "127.0.0.1:0"]
            let refused = try await Command.run(
                RunningService.program, wrong + options + ["--grafana-ca", folder.appending("ca.key")])
            #expect(refused.code == 1 && refused.errors.contains("--grafana-ca"), "\(refused.errors)")
            #expect(refused.errors.contains("holds no certificate in PEM"), "\(refused.errors)")
        }
    }

    /// `rampart index` writes what the service writes, with the settings that it has.
    @Test func theIndexIsTheSameWithoutGrafana() async throws {
        let folder = try TemporaryFolder()
        let data = folder.appending("data")
        let options = ["--grafana-owner", "team-a"]
        try await RunningService.with(data: data, options: options + ["--example"]) { service in
            try await eventually("all have their dashboards") {
                try await service.request("GET", "/api/v1/sync").body.at("grafana", "state") == "synced"
            }
            let own = try await service.request("GET", "/api/v1/sync").body["apps"]?.array?.first?.at(
                "grafana", "dashboard")
            let script = """
                import json, sys, tinydb
                table = tinydb.TinyDB(sys.argv[1], access_mode='r')
                [row] = table.search(tinydb.where('dashboard_uid') == sys.argv[2])
                print(row['app_id'], json.loads(row['urls'])['cpuUsage'])
                """
            let uid = try #require(own?["uid"]?.string)
            // The file is written beside the saves, a moment later.
            let row = try await eventually("the row is there") { () -> String? in
                try? await Command.output(python, ["-c", script, data + "/index/dashboard.json", uid])
            }
            #expect(row.hasSuffix(" /grafana/d-solo/\(uid)/new-dashboard?orgId=1&panelId=2"), "\(row)")
        }
        for (name, extra) in [("same", options), ("other", [])] {
            try await Command.output(
                RunningService.program, ["index", "--data", data, "--out", folder.appending(name)] + extra)
        }
        for file in ["apps.json", "versions.json", "dashboard.json", "configs.json"] {
            #expect(try folder.read("data/index/\(file)") == folder.read("same/\(file)"), "\(file)")
        }
        #expect(try folder.read("other/dashboard.json") != folder.read("same/dashboard.json"))
    }

    @Test func theSandboxAloneHasOneToo() async throws {
        let folder = try TemporaryFolder()
        let arguments = [
            "sandbox", "--listen", "127.0.0.1:0", "--kubeconfig-out", folder.appending("kubeconfig"),
            "--grafana-listen", "127.0.0.1:0",
        ]
        let output = folder.appending("out")
        try await Command.background(RunningService.program, arguments, log: output) {
            let url = try await eventually("it says where") { () -> String? in
                let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
                let line = text.split(separator: "\n").first { $0.hasPrefix("Grafana") }
                return line?.split(separator: " ").first { $0.hasPrefix("http://") }.map(String.init)
            }
            let health = try await Command.output("curl", ["-sS", "-u", "admin:admin", url + "/api/health"])
            #expect(try JSON(parsing: health)["database"] == "ok")
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
