import ArgumentParser
import Foundation
import JSONValues
import NIOHTTP1

/// `rampart status`: what a running service says of its apps.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the sync state of each app of a running service.",
        discussion: """
            Exit code 0: all apps are synced. 1: some are not, or the branch is not followed (--verify-signatures). 2: the service did not answer.

            EXAMPLES
              rampart status
              rampart status --url https://rampart.example.com/base --format json
            """)

    @OptionGroup var service: ServiceAddress

    @Option(help: "How to print: text or json.")
    var format: OutputFormat = .text

    func run() async throws {
        let sync: JSON
        do { sync = try await fetch() } catch {
            Terminal.note("rampart status: \(error)")
            throw ExitCode(2)
        }
        switch format {
        case .json: Terminal.print(sync.text(.pretty))
        case .text: Terminal.print(StatusText.text(sync))
        }
        let apps = sync["apps"]?.array ?? []
        let states = apps.compactMap { $0["state"]?.string } + apps.compactMap { $0.at("grafana", "state")?.string }
        if states.contains(where: { $0 != "synced" }) || sync["stopped"] != nil
            || sync["heldPrune"]?.array?.isEmpty == false
        {
            throw ExitCode(1)
        }
    }

    private func fetch() async throws -> JSON {
        try await service.client().send(.GET, "sync").json
    }
}

/// The sync report as a table.
enum StatusText {
    static func text(_ sync: JSON) -> String {
        let rows = (sync["apps"]?.array ?? []).map { app in
            (
                name: app["appId"]?.string ?? "", state: app["state"]?.string ?? "",
                commit: String((app["commit"]?.string ?? "").prefix(7)), message: app["message"]?.string ?? ""
            )
        }
        var lines = ["head \(String((sync["head"]?.string ?? "none").prefix(12)))"]
        if let message = sync.at("stopped", "message")?.string {
            lines.append(Terminal.styled("stopped", .red) + ": \(HookText.plain(message))")
        }
        if let cluster = sync.at("cluster", "message")?.string { lines.append("cluster: \(cluster)") }
        let width = rows.map(\.name.count).max() ?? 0
        for row in rows {
            let name = row.name.padding(toLength: width, withPad: " ", startingAt: 0)
            let state = Terminal.styled(row.state.padding(toLength: 8, withPad: " ", startingAt: 0), colour(row.state))
            lines.append("\(name)  \(state)  \(row.commit)  \(row.message)".trimmingCharacters(in: .whitespaces))
        }
        if let grafana = sync["grafana"] { lines += grafanaLines(grafana, sync["apps"]?.array ?? []) }
        let held = sync["heldPrune"]?.array?.compactMap(\.string) ?? []
        if !held.isEmpty {
            lines.append("held: \(held.count) resources would be deleted (\(held.prefix(5).joined(separator: ", "))…)")
            lines.append("      let them go with: curl -X POST …/api/v1/sync/confirm")
        }
        return lines.joined(separator: "\n")
    }

    /// What is not as it should be in Grafana.
    private static func grafanaLines(_ grafana: JSON, _ apps: [JSON]) -> [String] {
        let whole = grafana["message"]?.string.map { ["grafana: \($0)"] } ?? []
        return whole
            + apps.compactMap { app in
                guard let state = app.at("grafana", "state")?.string, state != "synced", whole.isEmpty else {
                    return nil
                }
                let message = app.at("grafana", "message")?.string ?? ""
                return "grafana: \(app["appId"]?.string ?? "") \(state)  \(message)"
            }
    }

    private static func colour(_ state: String) -> Terminal.Style {
        switch state {
        case "synced": .green
        case "pending": .yellow
        default: .red
        }
    }
}
