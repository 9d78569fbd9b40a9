import ArgumentParser
import Flows
import ServiceLifecycle
import UnixSignals

/// `rampart flows`: the service beside a graph's flows.
struct FlowsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flows",
        abstract: "Serve the files and the git repositories of a graph's flows, read only.",
        discussion: """
            DIR holds one folder per flow. Below /api/v1/app/flows_service/FLOW/ there are directory, file, \
            repo-metadata, repo-directory, repo-file and repo-check. Nothing outside of a flow's folder is read, not by \
            way of a symbolic link either.

            EXAMPLES
              rampart flows --root /volume_flow_mount --listen 0.0.0.0:8000
              curl 'http://127.0.0.1:8000/api/v1/app/flows_service/data/directory?path=/'
              curl -r 0-1023 'http://127.0.0.1:8000/api/v1/app/flows_service/data/file?path=model.bin'
            """)

    @Option(help: ArgumentHelp("The folder that the flows are mounted in.", valueName: "dir"))
    var root: String

    @Option(help: ArgumentHelp("Where to listen; port 0 takes any free one.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 8000)

    @OptionGroup(title: "The log") var log: LogOptions

    func run() async throws {
        let logger = log.logger()
        let service = try FlowsService(root: root, host: listen.host, port: listen.port, logger: logger)
        try await ServiceGroup(
            services: [service, Announcement(name: "flows") { try await service.started() }],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
        ).run()
    }
}
