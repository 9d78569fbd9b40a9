import ArgumentParser
import Foundation
import Git

/// `rampart serve`: the service.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve apps: REST for the UI, git for engineers, Kubernetes kept equal to the branch.",
        discussion: """
            DIR holds the graph repository (DIR/graphs.git, bare: clone it, push to it) and the index files. A new or \
            empty DIR is set up. SIGTERM finishes what was accepted and exits 0; SIGHUP looks at the branch again.

            EXAMPLES
              rampart serve --sandbox --example --data ./data
              rampart serve --data /var/lib/rampart --kubeconfig ~/.kube/config
              rampart serve --data /var/lib/rampart --in-cluster --listen 127.0.0.1:9000
              rampart serve --data /var/lib/rampart --in-cluster --listen 0.0.0.0:8443 \
                --tls-cert tls.crt --tls-key tls.key --tokens tokens.yaml --authorization policy=policy.yaml
              rampart serve --data /var/lib/rampart --in-cluster \
                --remote https://forge.example.com/team/graphs.git --remote-token-file /run/secrets/token
              rampart serve --data /var/lib/rampart --in-cluster \
                --signing-key signing-key --verify-signatures allowed_signers
            """)

    @Option(help: ArgumentHelp("The folder of the service's data.", valueName: "dir"))
    var data: String

    @Option(help: ArgumentHelp("Where the REST API listens; port 0 takes any free one.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 8080)

    @Option(
        name: .customLong("index-dir"),
        help: ArgumentHelp("Where the index files go; DIR/index if not given.", valueName: "dir"))
    var indexFolder: String?

    @Option(help: ArgumentHelp("The branch that is applied.", valueName: "name"))
    var branch = "main"

    @OptionGroup(title: "A remote as the truth") var remote: RemoteOptions

    @OptionGroup var cluster: ClusterOptions

    @OptionGroup var status: StatusOptions

    @OptionGroup var pulsar: PulsarOptions

    @OptionGroup var access: AccessOptions

    @OptionGroup(title: "Signed commits") var signing: SigningOptions

    @OptionGroup var replicas: ElectionOptions

    @OptionGroup var webhooks: WebhookSecretOptions

    @OptionGroup(title: "The forge of the remote") var forge: ForgeOptions
    @OptionGroup var grafana: GrafanaOptions

    @Flag(help: "Fill a new repository with the example graphs.")
    var example = false

    @Option(
        name: .customLong("base-path"),
        help: ArgumentHelp("A path before /api, for a proxy; BASE_PATH in the environment.", valueName: "path"))
    var basePath: String = ProcessInfo.processInfo.environment["BASE_PATH"] ?? ""

    @Option(
        name: .customLong("cors-origin"),
        help: ArgumentHelp(
            "An origin whose pages may call the API, * for all with a token of their own; repeat for several.",
            valueName: "origin"))
    var corsOrigins: [String] = []

    @OptionGroup var gitMemory: GitMemoryOptions

    @OptionGroup(title: "The log") var log: LogOptions

    func validate() throws {
        try access.check(listen)
    }

    func run() async throws {
        MemoryPools.limit(to: 2)
        try await Server(command: self, logger: log.logger()).run()
    }
}
