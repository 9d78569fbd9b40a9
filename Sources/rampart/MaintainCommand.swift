import Apps
import ArgumentParser
import Foundation
import Housekeeping
import JSONValues
import Logging

/// `rampart maintain`: what `rampart serve` does to the repository by itself, by hand.
struct MaintainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintain",
        abstract:
            "Put the graph repository in order: pack objects and references, clear away what killed processes left.",
        discussion: """
            'rampart serve' does it by itself; this is for a repository that nobody serves, and for those who want to see \
            it. It is safe beside a running service, pushes and clones, and can be broken off at any point.

            Exit code 0: done, or there was nothing to do. 1: it failed, or something had to wait. 2: it could not be \
            begun: no repository, no 'git', or another process is at it.

            EXAMPLES
              rampart maintain --data /var/lib/rampart
              rampart maintain --data /var/lib/rampart --full --format json
            """)

    @Option(help: ArgumentHelp("The folder of the service's data.", valueName: "dir"))
    var data: String

    @Flag(help: "Make one pack of all. Takes the time and the room of the whole repository.")
    var full = false

    @OptionGroup var gitMemory: GitMemoryOptions

    @Option(help: "How to print: text or json.")
    var format: OutputFormat = .text

    func run() async throws {
        let path = URL(fileURLWithPath: data).standardizedFileURL.path
        let repository = AppStoreOptions(data: path).repositoryPath
        guard FileManager.default.fileExists(atPath: "\(repository)/objects") else {
            Terminal.note(
                "rampart maintain: \(data) holds no graphs.git. Name the folder that a service was started on")
            throw ExitCode(2)
        }
        var logger = Logger(label: "rampart", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .error
        var options = HousekeepingOptions()
        options.memory = gitMemory.bytes
        let housekeeper = Housekeeper(
            repository: repository, options: options, now: { Int(Date().timeIntervalSince1970) }, logger: logger)
        let report: PassReport
        do {
            report = try await housekeeper.pass(full ? .full : .request) { step in
                if let line = MaintainText.line(step) { Terminal.note("· \(line)") }
            }
        } catch let refusal as HousekeepingRefusal {
            Terminal.note("rampart maintain: \(refusal)")
            throw ExitCode(2)
        } catch let failure as HousekeepingFailure {
            throw Failure("\(failure)")
        }
        switch format {
        case .json: Terminal.print(MaintainText.json(report).text(.pretty))
        case .text: Terminal.print(MaintainText.text(report))
        }
        if report.postponed != nil { throw ExitCode(1) }
    }
}

/// What housekeeping says.
enum MaintainText {
    static func line(_ step: HousekeepingStep) -> String? {
        switch step {
        case .clear: nil
        case .packLooseObjects(let count): "packing \(count) loose objects"
        case .rollUp(let packs, let objects): "making one of \(packs) packs with \(objects) objects"
        case .packReferences(let count): "gathering \(count) references"
        case .expireLogs: "shortening the logs of references"
        case .prune(let count): "looking which of \(count) old loose objects nothing leads to"
        }
    }

    static func text(_ report: PassReport) -> String {
        var lines = [
            "loose objects  \(report.before.looseObjects) -> \(report.after.looseObjects)",
            "packs          \(report.before.packs.count) -> \(report.after.packs.count)",
            "on the disk    \(size(report.before.bytes)) -> \(size(report.after.bytes))",
        ]
        if report.pruned > 0 { lines.append("removed \(report.pruned) objects that nothing led to") }
        lines += report.cleared.map { "removed \(Terminal.plain($0)), which a killed process had left" }
        if let postponed = report.postponed { lines.append(Terminal.styled(postponed, .yellow)) }
        return lines.joined(separator: "\n")
    }

    private static func size(_ bytes: Int) -> String { String(format: "%.1f MiB", Double(bytes) / 1_048_576) }

    static func json(_ report: PassReport) -> JSON {
        func pair(_ value: (Census) -> Int) -> JSON {
            ["before": .int(Int64(value(report.before))), "after": .int(Int64(value(report.after)))]
        }
        return [
            "looseObjects": pair { $0.looseObjects }, "packs": pair { $0.packs.count },
            "references": pair { $0.looseReferences }, "bytes": pair { $0.bytes },
            "rolledUp": .int(Int64(report.rolledUp)), "pruned": .int(Int64(report.pruned)),
            "cleared": .array(report.cleared.map { .string($0) }),
            "postponed": report.postponed.map { .string($0) } ?? .null,
            "seconds": .double(report.took / .seconds(1)),
        ]
    }
}
