import Foundation
import Grafana
import Sandbox
import Subprocess
import SystemPackage
import TestSupport
import Testing

@Suite struct PrometheusTests {
    @Test func asksTheSandbox() async throws {
        try await RunningGrafana.with { grafana in
            let client = PrometheusClient(try ServerAddress(await grafana.sandbox.prometheusURL()))
            #expect(try await client.known().isEmpty)
            grafana.sandbox.setMetrics(["up", "DCGM_FI_DEV_FB_USED", "DCGM_FI_DEV_GPU_UTIL"])
            #expect(try await client.known() == [.memory, .utilization])
            await client.shutdown()
            let wrong = PrometheusClient(try ServerAddress(grafana.url))
            let error = await RunningGrafana.failure { _ = try await wrong.known() }
            #expect(error != nil)
            await wrong.shutdown()
        }
    }

    /// Debian's Prometheus, which scrapes two GPU metrics from a server of this test.
    @Test func asksTheRealOne() async throws {
        let folder = try TemporaryFolder()
        let exporter = """
            import http.server, socketserver, sys
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    body = b""
                    for name in ("DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_DEV_POWER_USAGE", "other"):
                        body += b"# HELP %s Help.\\n# TYPE %s gauge\\n%s{gpu=\\"0\\"} 1\\n" % ((name.encode(),) * 3)
                    self.send_response(200)
                    self.send_header("Content-Type", "text/plain; version=0.0.4")
                    self.end_headers()
                    self.wfile.write(body)
                def log_message(self, *args): pass
            ports = [socketserver.TCPServer(("127.0.0.1", 0), Handler), socketserver.TCPServer(("127.0.0.1", 0), Handler)]
            free = ports[1].server_address[1]
            ports[1].server_close()
            open(sys.argv[1] + "/ports", "w").write("%d %d\\n" % (ports[0].server_address[1], free))
            ports[0].serve_forever()
            """
        let script = try folder.write(exporter, to: "exporter.py")
        try await Daemon.with(python, [script, folder.path]) {
            let ports = try await eventually("the exporter listens") { () -> [Substring]? in
                guard let data = try? folder.read("ports") else { return nil }
                let text = String(decoding: data, as: UTF8.self)
                return text.hasSuffix("\n") ? text.dropLast().split(separator: " ") : nil
            }
            let configuration = try folder.write(
                """
                global: {scrape_interval: 1s}
                scrape_configs:
                - job_name: gpu
                  static_configs: [{targets: ["127.0.0.1:\(ports[0])"]}]
                """, to: "prometheus.yml")
            let arguments = [
                "--config.file=\(configuration)", "--storage.tsdb.path=\(folder.appending("tsdb"))",
                "--web.listen-address=127.0.0.1:\(ports[1])", "--log.level=error",
            ]
            try await Daemon.with("prometheus", arguments) {
                let client = PrometheusClient(try ServerAddress("http://127.0.0.1:\(ports[1])"))
                try await eventually("Prometheus has scraped") {
                    (try? await client.known()) == [.utilization, .power]
                }
                await client.shutdown()
            }
        }
    }
}

/// A program that runs while a test does.
enum Daemon {
    static func with(_ program: String, _ arguments: [String], _ body: @Sendable @escaping () async throws -> Void)
        async throws
    {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                let record = try await Subprocess.run(
                    program.contains("/") ? .path(FilePath(program)) : .name(program), arguments: Arguments(arguments),
                    environment: .inherit.updating(["LD_PRELOAD": nil]), output: .discarded,
                    error: .string(limit: 1 << 20))
                if !Task.isCancelled {
                    throw NotInTime(description: "\(program) has ended: \(record.standardError)")
                }
                return false
            }
            group.addTask {
                try await body()
                return true
            }
            defer { group.cancelAll() }
            while let isDone = try await group.next() { if isDone { break } }
        }
    }
}
