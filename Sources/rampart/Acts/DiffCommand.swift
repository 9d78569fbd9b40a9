import Apps
import ArgumentParser
import JSONValues

/// `rampart diff`: how two graphs of an app differ.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show how two graphs of an app differ.",
        discussion: """
            A graph is the number of a version, live, draft, or (through a service) cluster.

            Exit code 0: compared, whether they differ or not. 1: there is no such graph. 2: the service or repository \
            could not be asked.

            EXAMPLES
              rampart diff vision_labelling               what deploying the draft would change
              rampart diff vision_labelling 2 live
              rampart diff vision_labelling live cluster --url https://rampart.example.com
            """)

    @Argument(help: ArgumentHelp("The app: <namespace>_<name>, or <namespace>/<name>.", valueName: "app"))
    var app: AppArgument

    @Argument(help: ArgumentHelp("The graph before; live if not given.", valueName: "from"))
    var from: String?

    @Argument(help: ArgumentHelp("The graph after; draft if neither is given, else live.", valueName: "to"))
    var to: String?

    @OptionGroup var place: PlaceOptions

    @Option(help: "How to print: text or json.")
    var format: OutputFormat = .text

    func run() async throws {
        try await reporting {
            let to = to ?? (from == nil ? "draft" : "live")
            let diff = try await place.place().diff(app.id, from: from ?? "live", to: to)
            switch format {
            case .json: Terminal.print(diff.text(.pretty))
            case .text: Terminal.print(GraphDiffText.text(diff))
            }
        }
    }
}

/// The difference of two graphs for people, out of the answer of `GET …/diff`.
enum GraphDiffText {
    static func text(_ diff: JSON) -> String {
        var lines = [
            "\(diff["appId"]?.string ?? ""): \(side(diff["from"])) → \(side(diff["to"]))"
        ]
        if diff["equal"] == true { return lines[0] + ": the same" }
        for (name, key) in [("components", "components"), ("flows", "flows")] {
            lines += part(name, diff[key])
        }
        for field in diff["fields"]?.array ?? [] {
            lines.append("  " + self.field(field))
        }
        return lines.joined(separator: "\n")
    }

    private static func side(_ side: JSON?) -> String {
        let name = side?["name"]?.string ?? ""
        let isNumber = Int(name) != nil
        let version = side?["version"]?.int.map { "version \($0)" }
        return Terminal.styled(isNumber ? version ?? name : name, .bold)
            + (isNumber ? "" : version.map { " (\($0))" } ?? "")
    }

    private static func part(_ name: String, _ part: JSON?) -> [String] {
        func names(_ key: String, _ mark: String, _ style: Terminal.Style) -> [String] {
            (part?[key]?.array ?? []).compactMap(\.string).map { Terminal.styled("\(mark) \(name).\($0)", style) }
        }
        return names("removed", "-", .red) + names("added", "+", .green) + names("changed", "~", .yellow)
    }

    private static func field(_ field: JSON) -> String {
        let path = field["path"]?.string ?? ""
        switch (field["old"], field["new"]) {
        case (let old?, let new?):
            return "\(path): \(Terminal.styled(shown(old), .red)) → \(Terminal.styled(shown(new), .green))"
        case (nil, let new?): return "\(path): \(Terminal.styled("+ " + shown(new), .green))"
        case (let old?, nil): return "\(path): \(Terminal.styled("- " + shown(old), .red))"
        case (nil, nil): return path
        }
    }

    /// A value on one line of a bearable length; control characters stay escaped, as JSON has them.
    private static func shown(_ value: JSON) -> String {
        let text = value.text()
        return text.count > 200 ? "\(text.prefix(200))…" : text
    }
}
