import ArgumentParser
import Flows
import Foundation
import ServiceLifecycle
import UnixSignals

/// `rampart liveness`: the service beside a component that says whether its edges are alive.
struct LivenessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "liveness",
        abstract: "Say whether the volume edges of a component are alive.",
        discussion: """
            DIR has edges.yaml and component.yaml, as Rampart's controller mounts them; RAMPART_INPUT_<edge> and \
            RAMPART_OUTPUT_<edge> in the environment say where an edge's volume is. GET /output/EDGE answers whether \
            the component can write to it, GET /input/EDGE which components' marks it sees.

            EXAMPLES
              rampart liveness --listen 0.0.0.0:8000
              curl http://127.0.0.1:8000/output/model
            """)

    @Option(help: ArgumentHelp("Where edges.yaml and component.yaml are.", valueName: "dir"))
    var folder = "/.RAMPART"

    @Option(help: ArgumentHelp("Where to listen; port 0 takes any free one.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 8000)

    @OptionGroup(title: "The log") var log: LogOptions

    func run() async throws {
        let logger = log.logger()
        let service = try LivenessService(
            folder: folder, environment: ProcessInfo.processInfo.environment, host: listen.host, port: listen.port,
            logger: logger)
        try await ServiceGroup(
            services: [service, Announcement(name: "liveness") { try await service.started() }],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
        ).run()
    }
}
