import Apps
import ArgumentParser
import Foundation
import Git

/// `rampart export`: back to the Python service.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write TinyDB files that the Python service starts on.",
        discussion: """
            Booleans are "True" and "False" there, and rows have its fields. Dashboards are not written: that service \
            makes its own.

            EXAMPLE
              rampart export --data /var/lib/rampart --tinydb /old/data
            """)

    @Option(help: ArgumentHelp("The folder of the service's data.", valueName: "dir"))
    var data: String

    @Option(help: ArgumentHelp("Where the files go; a folder that is empty or not there.", valueName: "dir"))
    var tinydb: String

    @Option(help: ArgumentHelp("The branch that is applied.", valueName: "name"))
    var branch = "main"

    func run() async throws {
        let present = (try? FileManager.default.contentsOfDirectory(atPath: tinydb)) ?? []
        guard present.isEmpty else {
            throw Failure("\(tinydb) is not empty; name a new folder, so that no file of the other service is lost")
        }
        let store = try await OfflineStore.open(data: data, branch: branch, usesCache: true)
        try await store.writeIndex(to: tinydb, .python)
        Terminal.note("\(store.snapshot.apps.count) apps at \(store.snapshot.head?.short ?? "no commit"): \(tinydb)")
    }
}
