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
        abstract: "Run a small Kubernetes API server in this process.",
        discussion: """
            It knows RampartGraphs, plays their controller, and forgets everything when it ends.

            EXAMPLE
              rampart sandbox --kubeconfig-out sandbox.kubeconfig &
              kubectl --kubeconfig sandbox.kubeconfig get rampartgraphs --all-namespaces
            """)

    @Option(help: "Where it listens; port 0 takes any free one.")
    var listen = ListenAddress(host: "127.0.0.1", port: 8001)

    @Option(name: .customLong("kubeconfig-out"), help: "The kubeconfig file to write for kubectl.")
    var kubeconfigOut: String

    @Flag(inversion: .prefixedNo, help: "Play Rampart's controller: phases, status and finalizer of the graphs.")
    var controller = true

    @Option(name: .customLong("log-level"), help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: LogLevel = .info

    func run() async throws {
        var logger = Logger(label: "rampart.sandbox")
        logger.logLevel = logLevel.level
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
            services: [server, announcement], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
    }
}
