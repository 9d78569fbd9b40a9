import Apps
import ArgumentParser
import Git

/// `rampart index`: the index files, made from history alone.
struct IndexCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Write the TinyDB index files, made anew from the history of the graph repository.",
        discussion: """
            Index files are generated: deleted ones come back byte for byte the same. A service that is given \
            --grafana-url or --grafana-owner has links in dashboard.json that follow from them: give the same here.

            EXAMPLES
              rampart index --data /var/lib/rampart --out /tmp/index
              rampart index --data /var/lib/rampart --out /tmp/index --grafana-url https://grafana.example.com
            """)

    @Option(help: ArgumentHelp("The folder of the service's data.", valueName: "dir"))
    var data: String

    @Option(help: ArgumentHelp("Where the files go; made if it is not there.", valueName: "dir"))
    var out: String

    @Option(help: ArgumentHelp("The branch that is applied.", valueName: "name"))
    var branch = "main"

    @OptionGroup(title: "As the service has them, for dashboard.json") var dashboards: DashboardNames

    func run() async throws {
        let store = try await OfflineStore.open(
            data: data, branch: branch, usesCache: false, dashboards: dashboards.rows())
        try await store.writeIndex(to: out)
        Terminal.note("\(store.snapshot.apps.count) apps at \(store.snapshot.head?.short ?? "no commit"): \(out)")
    }
}
