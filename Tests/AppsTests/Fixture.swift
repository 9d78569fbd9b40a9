import Apps
import Git
import Graphs
import JSONValues
import Logging
import Synchronization
import TestSupport

/// A data folder of its own, with a clock that a test moves.
final class Fixture: Sendable {
    let folder: TemporaryFolder
    private let clock = Mutex<Int64>(1_800_000_000)

    init() throws { folder = try TemporaryFolder() }

    var data: String { folder.appending("data") }
    var repository: String { data + "/graphs.git" }

    /// Each commit a second later than the one before.
    var options: AppStoreOptions {
        AppStoreOptions(data: data) { [self] in
            clock.withLock { time in
                time += 1
                return Timestamp(seconds: time, offsetMinutes: 60)
            }
        }
    }

    func open(
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        _ change: (inout AppStoreOptions) -> Void = { _ in }
    ) async throws -> AppStore {
        var options = self.options
        change(&options)
        return try await AppStore.open(options, logger: logger)
    }

    /// What `git` prints in the bare repository.
    func git(_ arguments: String...) async throws -> String {
        try await Command.output("git", arguments, in: repository, environment: Command.gitEnvironment)
    }

    /// A clone of the graph repository for an engineer.
    func clone(_ name: String = "work") async throws -> WorkTree {
        try await Command.git("clone", "-q", repository, folder.appending(name), in: folder.path)
        return WorkTree(path: folder.appending(name))
    }
}

/// An engineer's clone.
struct WorkTree: Sendable {
    let path: String

    @discardableResult
    func git(_ arguments: String..., date: String? = nil) async throws -> String {
        var environment = Command.gitEnvironment
        if let date {
            environment["GIT_AUTHOR_DATE"] = date
            environment["GIT_COMMITTER_DATE"] = date
        }
        return try await Command.output("git", arguments, in: path, environment: environment)
    }

    func write(_ text: String, to name: String) async throws {
        let folder = name.split(separator: "/").dropLast().joined(separator: "/")
        try await Command.output("mkdir", ["-p", "\(path)/\(folder)"])
        try await Command.output("tee", ["\(path)/\(name)"], input: text)
    }

    func commit(_ message: String, date: String? = nil) async throws {
        try await git("add", "-A")
        try await git("commit", "-q", "--allow-empty", "-m", message, date: date)
    }

    func push() async throws { try await git("push", "-q", "origin", "HEAD:main") }
}

let ada = Signature(name: "Ada Lovelace", email: "ada@example.com", seconds: 1_700_000_000, offsetMinutes: 120)

func id(_ text: String) throws -> AppID {
    guard let id = AppID(text) else { throw TestFailure("no app id: \(text)") }
    return id
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A small graph whose content is told by a number.
func graphText(_ app: AppID, _ content: Int, deploys: Bool? = nil, comment: String = "") -> String {
    """
    \(comment.isEmpty ? "" : "# \(comment)\n")apiVersion: rampart.petuum.com/v1beta2
    kind: RampartGraph
    metadata:
      name: \(app.name)
      namespace: \(app.namespace)
    spec:
    \(deploys.map { "  deploy: \($0)\n" } ?? "")  graph:
        components:
          trainer:
            chart: {repo: charts, name: trainer, version: 1.0.0}
            config: {content: \(content)}
        flows: {}

    """
}

func manifest(_ app: AppID, _ content: Int) throws -> Manifest {
    try Manifest(reading: Array(graphText(app, content).utf8), format: .yaml)
}

/// What a graph's content is, see ``graphText(_:_:deploys:comment:)``.
func content(_ graph: GraphText?) -> Int? {
    graph?.value.at("spec", "graph", "components", "trainer", "config", "content")?.int.map { Int($0) }
}
