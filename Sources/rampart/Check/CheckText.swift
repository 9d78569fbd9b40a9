import Graphs
import JSONValues

/// What `rampart check` prints.
enum CheckText {
    /// `file:line:column: path: message`.
    static func line(_ problem: Problem) -> String {
        let text = "\(problem)"
        guard let file = problem.file, text.hasPrefix(file) else { return text }
        return Terminal.styled(file, .bold) + text.dropFirst(file.count)
    }

    static func summary(_ report: CheckReport) -> String {
        let files = report.files == 1 ? "1 manifest" : "\(report.files) manifests"
        let problems = report.problems.count
        return problems == 0
            ? "\(files), all valid" : "\(files), \(problems == 1 ? "1 problem" : "\(problems) problems")"
    }

    static func json(_ report: CheckReport) -> JSON {
        [
            "files": .int(Int64(report.files)), "valid": .bool(report.problems.isEmpty),
            "problems": .array(
                report.problems.map { problem in
                    [
                        "file": problem.file.map(JSON.string) ?? .null,
                        "line": problem.line.map { .int(Int64($0)) } ?? .null,
                        "column": problem.column.map { .int(Int64($0)) } ?? .null,
                        "path": .string(problem.path), "message": .string(problem.message),
                    ]
                }),
        ]
    }

    /// A workflow command that GitHub shows beside the line
    /// (docs.github.com, "Workflow commands": percent, line feeds, and in properties colons and commas are escaped).
    static func annotation(_ problem: Problem) -> String {
        var properties: [String] = []
        if let file = problem.file { properties.append("file=\(escaped(file, inProperty: true))") }
        if let line = problem.line { properties.append("line=\(line)") }
        if let column = problem.column { properties.append("col=\(column)") }
        let message = problem.path.isEmpty ? problem.message : "\(problem.path): \(problem.message)"
        return "::error \(properties.joined(separator: ","))::\(escaped(message, inProperty: false))"
    }

    private static func escaped(_ text: String, inProperty: Bool) -> String {
        var result = text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
        if inProperty { result = result.replacing(":", with: "%3A").replacing(",", with: "%2C") }
        return result
    }
}
