import ArgumentParser
import Foundation
import Logging
import Sandbox
import ServiceLifecycle
import UnixSignals

/// `rampart sandbox`: the cluster double alone, for `kubectl` and for trying things out.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Run a small Kubernetes API server in this process, and a Grafana where one is wanted.",
        discussion: """
            The API server knows RampartGraphs, plays their controller, and forgets everything when it ends. Grafana \
            keeps dashboards and folders and draws nothing; user and password are 'admin'.

            EXAMPLES
              rampart sandbox --kubeconfig-out sandbox.kubeconfig &
              kubectl --kubeconfig sandbox.kubeconfig get rampartgraphs --all-namespaces

              rampart sandbox --kubeconfig-out sandbox.kubeconfig --grafana-listen 127.0.0.1:3000 &
              echo admin > password
              rampart serve --data ./data --kubeconfig sandbox.kubeconfig \
                --grafana-url http://127.0.0.1:3000/grafana --grafana-user admin --grafana-password-file password
            """)

    @Option(help: "Where it listens; port 0 takes any free one.")
    var listen = ListenAddress(host: "127.0.0.1", port: 8001)

    @Option(name: .customLong("kubeconfig-out"), help: "The kubeconfig file to write for kubectl.")
    var kubeconfigOut: String

    @Option(
        name: .customLong("grafana-listen"),
        help: "Where a Grafana listens, with a Prometheus beside it; port 0 takes any free one. None if not given.")
    var grafanaListen: ListenAddress?

    @Flag(inversion: .prefixedNo, help: "Play Rampart's controller: phases, status and finalizer of the graphs.")
    var controller = true

    @OptionGroup(title: "The log") var log: LogOptions

    func run() async throws {
        let logger = log.logger("rampart.sandbox")
        var options = SandboxOptions()
        options.host = listen.host
        options.port = listen.port
        options.createsNamespaces = true
        options.playsController = controller
        let server = SandboxServer(options: options, logger: logger)
        let announcement = OnceStarted(server: server) { address in
            try PrivateFile.write(await server.kubeconfig(), to: kubeconfigOut)
            Terminal.print("Kubernetes API   http://\(address.host):\(address.port)")
            Terminal.print("kubectl          kubectl --kubeconfig \(kubeconfigOut) get rampartgraphs -A")
        }
        let group = ServiceGroup(
            services: [server, announcement] + grafana(logger: logger),
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
    }

    /// The Grafana that is wanted, and who says where it is.
    private func grafana(logger: Logger) -> [any Service] {
        guard let grafanaListen else { return [] }
        var options = GrafanaSandboxOptions()
        options.host = grafanaListen.host
        options.port = grafanaListen.port
        let grafana = GrafanaSandbox(options: options, logger: logger)
        return [grafana, GrafanaAnnouncement(grafana: grafana)]
    }
}

/// Says where Grafana is, once it listens.
private struct GrafanaAnnouncement: Service {
    let grafana: GrafanaSandbox

    func run() async throws {
        let url = try await grafana.url()
        Terminal.print("Grafana          \(url)   (admin, admin)")
        Terminal.print("Prometheus       \(try await grafana.prometheusURL())")
        try? await gracefulShutdown()
    }
}
