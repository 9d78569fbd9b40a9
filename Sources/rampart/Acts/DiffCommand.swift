import Apps
import ArgumentParser
import JSONValues

/// `rampart diff`: what merging would do, or how two graphs of an app differ.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what merging a branch would do, or how two graphs of an app differ.",
        discussion: """
            BASE..HEAD, in a clone of the graph repository: what merging HEAD into BASE would do, as a pull request shows it: \
            the version that each app would become, what changes in it, what would be deployed, undeployed and deleted, \
            dashboards, node configs, and everything that is wrong. BASE alone means BASE..HEAD. With --kubeconfig, the \
            API server is asked whether it would take it, and where it has drifted from BASE already; nothing is changed.

            APP: how two of its graphs differ. A graph is the number of a version, live, draft, or (through a service) \
            cluster; without any, what deploying the draft would change. A branch whose name looks like an app's is \
            written with the dots: my_branch..HEAD.

            Exit code 0: compared, whether it differs or not. 1: a graph does not check, a file conflicts, the API server \
            refuses, or there is no such graph. 2: the repository, service or cluster could not be asked.

            EXAMPLES
              rampart diff origin/main..HEAD
              rampart diff main --format markdown              a comment on a pull request
              rampart diff main..topic --kubeconfig ~/.kube/config
              rampart diff vision_labelling
              rampart diff vision_labelling 2 live --url https://rampart.example.com
            """)

    @Argument(help: ArgumentHelp("BASE..HEAD, or an app: <namespace>_<name>.", valueName: "what"))
    var subject: String

    @Argument(help: ArgumentHelp("Of an app, the graph before; live if not given.", valueName: "from"))
    var from: String?

    @Argument(help: ArgumentHelp("The graph after; draft if neither is given, else live.", valueName: "to"))
    var to: String?

    @Option(help: ArgumentHelp("The clone to look into, for BASE..HEAD.", valueName: "dir"))
    var repository = "."

    @Option(help: ArgumentHelp("The cluster to ask about BASE..HEAD.", valueName: "file"))
    var kubeconfig: String?

    @Option(help: ArgumentHelp("Another context of the kubeconfig file.", valueName: "name"))
    var context: String?

    @OptionGroup var place: PlaceOptions

    @Option(help: "How to print: text, json, or for BASE..HEAD also markdown.")
    var format: DiffFormat = .text

    func validate() throws {
        if context != nil, kubeconfig == nil { throw ValidationError("--context goes with --kubeconfig FILE.") }
        if app != nil, format == .markdown { throw ValidationError("--format markdown goes with BASE..HEAD.") }
        if app != nil, kubeconfig != nil {
            throw ValidationError(
                "--kubeconfig goes with BASE..HEAD; of an app, ask a service: live cluster --url URL.")
        }
    }

    /// The app that is meant; nil for two revisions.
    private var app: AppID? {
        if subject.contains("..") { return nil }
        let isNamed = from != nil || place.service.url != nil || place.data != nil
        return isNamed ? AppArgument(argument: subject)?.id : AppID(subject)
    }

    func run() async throws {
        try await reporting {
            if let app { try await compareGraphs(of: app) } else { try await previewMerge() }
        }
    }

    private func compareGraphs(of app: AppID) async throws {
        let to = to ?? (from == nil ? "draft" : "live")
        let diff = try await place.place().diff(app, from: from ?? "live", to: to)
        switch format {
        case .json: Terminal.print(diff.text(.pretty))
        case .text, .markdown: Terminal.print(GraphDiffText.text(diff))
        }
    }

    private func previewMerge() async throws {
        guard from == nil else { throw Refused("'\(subject)' is no app: write <namespace>_<name>") }
        guard let range = RevisionRange(subject) else {
            throw Refused("'\(subject)' is no range, expected BASE..HEAD or BASE")
        }
        let folder = place.data.map { "\($0)/graphs.git" } ?? repository
        var preview: MergePreview
        do {
            preview = try await PreviewReads(path: folder).preview(base: range.base, head: range.head)
        } catch { throw Unreachable("\(error)") }
        if let kubeconfig {
            preview.cluster = try await ClusterOpinion.ask(on: preview, kubeconfig: kubeconfig, context: context)
        }
        switch format {
        case .json: Terminal.print(preview.json.text(.pretty))
        case .markdown: Terminal.print(preview.markdown())
        case .text:
            Terminal.print(
                preview.text { text, mark in
                    switch mark {
                    case .heading: Terminal.styled(text, .bold)
                    case .old, .bad: Terminal.styled(text, .red)
                    case .new: Terminal.styled(text, .green)
                    case .changed: Terminal.styled(text, .yellow)
                    }
                })
        }
        if !preview.isGood { throw ExitCode(1) }
        if preview.cluster?.unanswered != nil { throw ExitCode(2) }
    }
}

enum DiffFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json, markdown
}

/// Two revisions as git's users write them. Two dots and three mean the same here: what a merge would do.
struct RevisionRange: Equatable {
    let base: String
    let head: String

    /// - Returns: nil where no base is named.
    init?(_ text: String) {
        let dots = text.contains("...") ? "..." : ".."
        guard let found = text.firstRange(of: dots) else {
            guard !text.isEmpty else { return nil }
            (base, head) = (text, "HEAD")
            return
        }
        base = String(text[..<found.lowerBound])
        let rest = String(text[found.upperBound...])
        head = rest.isEmpty ? "HEAD" : rest
        guard !base.isEmpty, !head.contains("..") else { return nil }
    }
}
