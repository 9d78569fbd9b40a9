import Apps
import ArgumentParser
import Git
import JSONValues
import Logging

/// `rampart log`: the versions of an app, and the commits that touched it.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Show the commits that touched an app, and the versions they made.",
        discussion: """
            EXAMPLES
              rampart log default_demo --data ./data
              rampart log default_demo --data ./data --format json
            """)

    @Argument(help: ArgumentHelp("The app: <namespace>_<name>, or <namespace>/<name>.", valueName: "app"))
    var app: String

    @Option(help: ArgumentHelp("The folder of the service's data.", valueName: "dir"))
    var data: String

    @Option(help: ArgumentHelp("The branch that is applied.", valueName: "name"))
    var branch = "main"

    @Option(help: "How to print: text or json.")
    var format: OutputFormat = .text

    func run() async throws {
        guard let id = AppID(app.replacing("/", with: "_", maxReplacements: 1)) else {
            throw ValidationError("'\(app)' is no app: write <namespace>_<name>, for example default_demo.")
        }
        let store = try await OfflineStore.open(data: data, branch: branch, usesCache: true)
        let entries = try await store.log(id)
        guard !entries.isEmpty else { throw Failure("there is no app \(id) on the branch \(branch) of \(data)") }
        switch format {
        case .json: Terminal.print(JSON.array(entries.map(LogText.json)).text(.pretty))
        case .text:
            for entry in entries { Terminal.print(LogText.line(entry)) }
        }
    }
}

/// A log entry for people and for programs.
enum LogText {
    static func line(_ entry: LogEntry) -> String {
        let versions = entry.newVersions.map { "version \($0)" }.joined(separator: ", ")
        let mark = entry.removed ? "removed" : entry.activeVersion > 0 ? "live \(entry.activeVersion)" : ""
        let facts = [versions, mark].filter { !$0.isEmpty }.joined(separator: ", ")
        let commit = Terminal.styled(entry.commit.short, .yellow)
        return "\(commit)  \(entry.time)  \(entry.author.name): \(entry.message)"
            + (facts.isEmpty ? "" : "  (\(Terminal.styled(facts, .green)))")
    }

    static func json(_ entry: LogEntry) -> JSON {
        [
            "commit": .string(entry.commit.description), "time": .string(entry.time.description),
            "author": ["name": .string(entry.author.name), "email": .string(entry.author.email)],
            "message": .string(entry.message), "versions": .array(entry.newVersions.map { .int(Int64($0)) }),
            "activeVersion": .int(Int64(entry.activeVersion)), "removed": .bool(entry.removed),
        ]
    }
}
