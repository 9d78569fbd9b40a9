import JSONValues
import Migration

/// What `rampart import` prints.
enum ImportText {
    static func print(_ report: ImportReport, _ format: OutputFormat, dryRun: Bool) {
        switch format {
        case .json: Terminal.print(json(report).text(.pretty))
        case .text:
            for line in report.lines {
                let style: Terminal.Style = line.fate == .leftOut ? .red : line.fate == .changed ? .yellow : .dim
                Terminal.print("\(Terminal.styled(line.fate.rawValue, style))  \(line.row): \(line.reason)")
            }
            let verb = dryRun ? "would be" : "were"
            Terminal.print(
                "\(report.apps) apps, \(report.versions) versions and \(report.configs) node configs \(verb) carried over, "
                    + "\(report.lines.count { $0.fate == .leftOut }) rows left out")
        }
    }

    private static func json(_ report: ImportReport) -> JSON {
        [
            "apps": .int(Int64(report.apps)), "versions": .int(Int64(report.versions)),
            "configs": .int(Int64(report.configs)), "complete": .bool(!report.isIncomplete),
            "lines": .array(
                report.lines.map { line in
                    ["fate": .string(line.fate.rawValue), "row": .string(line.row), "reason": .string(line.reason)]
                }),
        ]
    }
}
