import Apps
import ArgumentParser
import JSONValues

/// `rampart log`: the commits that touched an app, and its versions.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Show the commits that touched an app, or its versions.",
        discussion: """
            Exit code 0: shown. 1: there is no such app. 2: the service or repository could not be asked.

            EXAMPLES
              rampart log default_demo
              rampart log default_demo --limit 20 --url https://rampart.example.com
              rampart log default_demo --data ./data --format json
              rampart log default_demo --versions
            """)

    @Argument(help: ArgumentHelp("The app: <namespace>_<name>, or <namespace>/<name>.", valueName: "app"))
    var app: AppArgument

    @Option(help: ArgumentHelp("At most so many commits, the newest.", valueName: "number"))
    var limit: Int?

    @Flag(help: "The versions instead of the commits.")
    var versions = false

    @OptionGroup var place: PlaceOptions

    @Option(help: "How to print: text or json.")
    var format: OutputFormat = .text

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit takes a number from 1 on.") }
    }

    func run() async throws {
        try await reporting {
            let place = try await place.place()
            if versions {
                let list = try await place.versions(app.id)
                switch format {
                case .json: Terminal.print(list.text(.pretty))
                case .text: for version in list.array ?? [] { Terminal.print(LogText.version(version)) }
                }
                return
            }
            var entries: [JSON] = []
            var left = limit ?? Int.max
            var next: String?
            repeat {
                let page = try await place.history(app.id, limit: min(left, 500), before: next)
                let commits = page["commits"]?.array ?? []
                next = page["next"]?.string
                left -= commits.count
                switch format {
                case .json: entries += commits
                case .text: for commit in commits { Terminal.print(LogText.line(commit)) }
                }
            } while next != nil && left > 0
            if format == .json { Terminal.print(JSON.array(entries).text(.pretty)) }
        }
    }
}

/// Entries of a history for people, out of the answers of `GET …/history` and `GET …/versions`.
enum LogText {
    static func line(_ entry: JSON) -> String {
        let versions = (entry["versions"]?.array ?? []).compactMap(\.int).map { "version \($0)" }
        let active = entry["activeVersion"]?.int ?? 0
        let events = (entry["events"]?.array ?? []).compactMap(\.string)
        var marks: [String] = []
        if events.contains("deleted") { marks.append("removed") }
        if events.contains("undeployed") { marks.append("undeployed") }
        if events.contains("broken") { marks.append("invalid") }
        if active > 0 { marks.append("live \(active)") }
        return start(entry) + facts(versions + marks)
    }

    static func version(_ version: JSON) -> String {
        let number = version["number"]?.int.map { String($0) } ?? ""
        let state = version["state"]?.string ?? ""
        return "\(Terminal.styled(number, .bold))  \(start(version))\(facts(state == "past" ? [] : [state]))"
    }

    private static func start(_ entry: JSON) -> String {
        let commit = Terminal.styled((entry["commit"]?.string ?? "").prefix(7), .yellow)
        let name = Terminal.plain(entry.at("author", "name")?.string ?? "")
        return
            "\(commit)  \(entry["time"]?.string ?? "")  \(name): \(Terminal.plain(entry["message"]?.string ?? ""))"
    }

    private static func facts(_ facts: [String]) -> String {
        facts.isEmpty ? "" : "  (\(Terminal.styled(facts.joined(separator: ", "), .green)))"
    }
}
