import ArgumentParser
import Foundation
import Graphs
import JSONValues

/// `rampart check`: whether manifests are valid, as the service will see them.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say whether graphs are valid: files, folders, or a work tree of the graph repository.",
        discussion: """
            A file is checked whatever its name. Of a folder, all manifests are checked; where it is a work tree (it has \
            apps/ or rampart.yaml), also that each lies where it belongs. Exit code 0: all valid. 1: some are not. 

            EXAMPLES
              rampart check .
              rampart check apps/vision/labelling/graph.yaml
              rampart check --format github .        annotations on a pull request
              rampart check --since origin/main      only what this branch changes, also what is not committed
            """)

    @Argument(help: "Files, folders, or a work tree; with --since one repository, by default the one here.")
    var paths: [String] = []

    @Option(
        help: ArgumentHelp(
            "Check only what differs from the merge base with this commit: of a work tree what lies in it now, of a "
                + "bare repository its HEAD.", valueName: "rev"))
    var since: String?

    func validate() throws {
        if since == nil, paths.isEmpty { throw ValidationError("Name files, folders or a work tree, for example '.'.") }
        if since != nil, paths.count > 1 { throw ValidationError("--since looks at one repository.") }
    }

    @Option(help: "How to print: text, json or github.")
    var format: CheckFormat = .text

    func run() throws {
        var report = CheckReport()
        if let since {
            try CheckedChanges.check(paths.first ?? ".", since: since, into: &report)
        } else {
            for path in paths { try CheckedFiles.check(path, into: &report) }
        }
        switch format {
        case .text:
            for problem in report.problems { Terminal.print(CheckText.line(problem)) }
            Terminal.note(CheckText.summary(report))
        case .json: Terminal.print(CheckText.json(report).text(.pretty))
        case .github:
            for problem in report.problems { Terminal.print(CheckText.annotation(problem)) }
        }
        if !report.problems.isEmpty { throw ExitCode(1) }
    }
}

enum CheckFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json, github
}

/// What was looked at and what was found.
struct CheckReport {
    var files = 0
    var problems: [Problem] = []
}
