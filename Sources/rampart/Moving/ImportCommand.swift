import Apps
import ArgumentParser
import Foundation
import Git
import JSONValues
import Kubernetes
import Logging
import Migration
import Signatures

/// `rampart import`: from the Python service's files, or from a cluster, into git.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take apps into git: out of the Python service's TinyDB files, or the RampartGraphs of a cluster.",
        discussion: """
            Of TinyDB files, each version becomes a commit with its original time; the active version is live, the \
            newest one a draft, node configs come along. Either all of it is committed or nothing. Running it again \
            carries over only what is new. Exit code 0: everything is in git. 1: some rows are not, each is named.

            EXAMPLES
              rampart import --tinydb /old/data --data /var/lib/rampart --dry-run
              rampart import --tinydb /old/data --data /var/lib/rampart
              rampart import --kubeconfig ~/.kube/config --data /var/lib/rampart
            """)

    @Option(
        help: ArgumentHelp("The folder of apps.json, versions.json, dashboard.json, configs.json.", valueName: "dir"))
    var tinydb: String?

    @Option(help: ArgumentHelp("Adopt all RampartGraphs of this kubeconfig's cluster.", valueName: "file"))
    var kubeconfig: String?

    @Option(help: ArgumentHelp("Another context of the kubeconfig file.", valueName: "name"))
    var context: String?

    @Option(help: ArgumentHelp("The folder of the service's data; made if it is not there.", valueName: "dir"))
    var data: String

    @Option(help: ArgumentHelp("The branch that is applied.", valueName: "name"))
    var branch = "main"

    @Option(help: ArgumentHelp("In whose name to commit.", valueName: "name <email>"))
    var author = "Rampart import <rampart@localhost>"

    @Option(
        name: .customLong("signing-key"),
        help: ArgumentHelp("Sign the commits with this SSH key; see rampart serve.", valueName: "file"))
    var signingKey: String?

    @Flag(name: .customLong("dry-run"), help: "Say what would be done, and do nothing.")
    var dryRun = false

    @Option(help: "How to print: text or json.")
    var format: OutputFormat = .text

    func validate() throws {
        guard (tinydb == nil) != (kubeconfig == nil) else {
            throw ValidationError("Say where from: one of --tinydb DIR, --kubeconfig FILE.")
        }
        if context != nil, kubeconfig == nil { throw ValidationError("--context goes with --kubeconfig FILE.") }
    }

    func run() async throws {
        let signature = try Author.read(author)
        let logger = Logger(label: "rampart", factory: { StreamLogHandler.standardError(label: $0) })
        var options = AppStoreOptions(data: data, branch: branch)
        options.signer = try signingKey.map { SigningOptions.signer(try SignatureFiles.signingKey($0)) }
        // A dry run makes no repository either.
        let isNew = !FileManager.default.fileExists(atPath: options.repositoryPath)
        if !isNew, !dryRun, signingKey == nil, try OfflineStore.wantsSignatures(data: data) {
            throw Failure("the service on \(data) applies signed commits only; sign with --signing-key FILE")
        }
        let store = dryRun && isNew ? nil : try await AppStore.open(options, logger: logger)
        let report: ImportReport
        if let tinydb {
            report = try await TinyDBRun(store: store, folder: tinydb, author: signature, dryRun: dryRun).run()
        } else {
            let cluster = try ClusterConfiguration.kubeconfig(path: kubeconfig, context: context)
            report = try await ClusterAdoption(
                store: store, cluster: cluster, author: signature, dryRun: dryRun, logger: logger
            ).run()
        }
        ImportText.print(report, format, dryRun: dryRun)
        if report.isIncomplete { throw ExitCode(1) }
    }
}

/// A name with an email in angle brackets.
enum Author {
    static func read(_ text: String) throws -> Signature {
        guard let open = text.lastIndex(of: "<"), text.hasSuffix(">") else {
            throw ValidationError("'\(text)' is no author, expected: Name <email>")
        }
        let name = text[..<open].trimmingCharacters(in: .whitespaces)
        let email = String(text[text.index(after: open)...].dropLast())
        guard !name.isEmpty, !email.isEmpty else {
            throw ValidationError("'\(text)' is no author, expected: Name <email>")
        }
        return Signature(name: name, email: email, seconds: Timestamp.now().seconds)
    }
}
