import Apps
import ArgumentParser
import JSONValues

/// `rampart deploy`: makes a version live.
struct DeployCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy",
        abstract: "Make a version of an app live.",
        discussion: """
            One commit. Through a service, the API server is asked first, and what it refuses is not committed. With \
            --data the graph repository itself is written, also beside a running service, which then applies it.

            Exit code 0: done, or it was so already. 1: refused. 2: the service or repository could not be asked.

            EXAMPLES
              rampart deploy vision_labelling 3
              rampart deploy vision_labelling 3 --url https://rampart.example.com --token-file token
              rampart deploy vision_labelling 3 --data /var/lib/rampart --author "Ada <ada@example.com>"
            """)

    @Argument(help: ArgumentHelp("The app: <namespace>_<name>, or <namespace>/<name>.", valueName: "app"))
    var app: AppArgument

    @Argument(help: ArgumentHelp("The version's number.", valueName: "version"))
    var version: Int

    @OptionGroup var options: ActOptions

    func run() async throws {
        try await reporting {
            let done = try await options.place().deploy(app.id, version: version, expecting: nil)
            ActText.print(
                done, options.format, "Deploy \(app.id) version \(version)",
                ["appId": .string(app.id.description), "version": .int(Int64(version))])
        }
    }
}

/// `rampart undeploy`: takes an app from the cluster and keeps its graph.
struct UndeployCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undeploy",
        abstract: "Take an app from the cluster; its graph stays in git.",
        discussion: """
            Exit code 0: done, or it was so already. 1: refused. 2: the service or repository could not be asked.

            EXAMPLES
              rampart undeploy vision_labelling
              rampart undeploy vision_labelling --data /var/lib/rampart
            """)

    @Argument(help: ArgumentHelp("The app: <namespace>_<name>, or <namespace>/<name>.", valueName: "app"))
    var app: AppArgument

    @OptionGroup var options: ActOptions

    func run() async throws {
        try await reporting {
            let done = try await options.place().undeploy(app.id, expecting: nil)
            ActText.print(done, options.format, "Undeploy \(app.id)", ["appId": .string(app.id.description)])
        }
    }
}

/// `rampart revert`: undoes a commit by another one.
struct RevertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revert",
        abstract: "Undo a commit, as git revert does.",
        discussion: """
            The commit is undone as a whole and on the newest head; of a merge, what it brought. With --app, a commit that \
            touched other apps too is refused. Where later commits changed the same lines, nothing is done and the files \
            are named.

            Exit code 0: done. 1: refused: a conflict, nothing to undo, a result that does not check. 2: the service or \
            repository could not be asked.

            EXAMPLES
              rampart revert 1a2b3c4
              rampart revert 1a2b3c4 --app vision_labelling
              rampart revert 1a2b3c4 --data /var/lib/rampart
            """)

    @Argument(help: ArgumentHelp("The commit: its id, or the first digits of it (seven or more).", valueName: "commit"))
    var commit: String

    @Option(help: ArgumentHelp("The only app that may change.", valueName: "app"))
    var app: AppArgument?

    @OptionGroup var options: ActOptions

    func run() async throws {
        try await reporting {
            let done = try await options.place().revert(commit, of: app?.id, whole: app == nil)
            let apps = done.apps.isEmpty ? "" : " in \(done.apps.joined(separator: ", "))"
            ActText.print(done, options.format, "Revert \((done.reverted ?? commit).prefix(7))\(apps)", [:])
        }
    }
}

/// `rampart rollback`: makes the version live that was live before.
struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Make the version of an app live again that was live before.",
        discussion: """
            The app's history says which that was; --to names another. Of an app that is undeployed it is the version that \
            was live last. A rollback is a deploy, so a second one goes back to where the first began.

            Exit code 0: done. 1: refused, or there is no earlier live version. 2: the service or repository could not \
            be asked.

            EXAMPLES
              rampart rollback vision_labelling
              rampart rollback vision_labelling --to 3 --data /var/lib/rampart
            """)

    @Argument(help: ArgumentHelp("The app: <namespace>_<name>, or <namespace>/<name>.", valueName: "app"))
    var app: AppArgument

    @Option(name: .customLong("to"), help: ArgumentHelp("The version to go to.", valueName: "version"))
    var version: Int?

    @OptionGroup var options: ActOptions

    func run() async throws {
        try await reporting {
            let place = try await options.place()
            var target = RollbackTarget()
            var page = try await place.history(app.id, limit: 100, before: nil)
            // What was decided on what was seen is not done on something else.
            let seen = page.at("commits")?[0]?["commit"]?.string
            while version == nil, target.take(page), let next = page["next"]?.string {
                page = try await place.history(app.id, limit: 500, before: next)
            }
            guard let version = version ?? target.version else {
                throw Refused("no other version of \(app.id) was live before; say which to deploy with --to VERSION")
            }
            let done = try await place.deploy(app.id, version: version, expecting: seen)
            ActText.print(
                done, options.format, "Roll back \(app.id) to version \(version)",
                ["appId": .string(app.id.description), "version": .int(Int64(version))])
        }
    }
}

/// Finds the version to roll back to in pages of an app's history, the newest first.
struct RollbackTarget {
    private(set) var version: Int?
    private var current: Int64?
    private var isAtBeginning = false

    /// Takes a page.
    ///
    /// - Returns: whether an older page may say more. What was before the app came, was another app.
    mutating func take(_ page: JSON) -> Bool {
        for commit in page["commits"]?.array ?? [] where version == nil && !isAtBeginning {
            let active = commit["activeVersion"]?.int ?? 0
            if current == nil { current = active }
            if active != 0, active != current { version = Int(active) }
            isAtBeginning = commit["events"]?.array?.contains("created") ?? false
        }
        return version == nil && !isAtBeginning
    }
}

/// What commands that change something print.
enum ActText {
    static func print(_ done: Done, _ format: OutputFormat, _ what: String, _ facts: KeyValuePairs<String, JSON>) {
        switch format {
        case .json: Terminal.print(done.json(facts).text(.pretty))
        case .text: Terminal.print(done.text(what))
        }
    }
}
