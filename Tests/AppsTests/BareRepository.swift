import Apps
import Git
import TestSupport
import Testing

/// A bare repository whose commits are made entry by entry, so that they may hold what no work tree can.
struct BareRepository {
    let folder: TemporaryFolder
    let path: String

    init() async throws {
        folder = try TemporaryFolder()
        path = folder.appending("graphs.git")
        try await Command.git("init", "-q", "--bare", "-b", "main", path, in: folder.path)
    }

    func git(_ arguments: String..., input: String = "") async throws -> String {
        try await Command.output("git", arguments, in: path, environment: Command.gitEnvironment, input: input)
    }

    /// - Parameter entries: by path, either a file's text or `mode object` of a link or submodule.
    func commit(_ entries: [String: String], on parents: String...) async throws -> ObjectID {
        let arguments = ["commit-tree", try await tree(entries), "-m", "x"] + parents.flatMap { ["-p", $0] }
        let id = try await Command.output("git", arguments, in: path, environment: Command.gitEnvironment)
        return try #require(ObjectID(id))
    }

    func tree(_ entries: [String: String]) async throws -> String {
        var lines = ""
        var folders: [String: [String: String]] = [:]
        for (name, text) in entries.sorted(by: { $0.key < $1.key }) {
            if let slash = name.firstIndex(of: "/") {
                folders[String(name[..<slash]), default: [:]][String(name[name.index(after: slash)...])] = text
            } else if text.hasPrefix("120000 ") || text.hasPrefix("160000 ") {
                let parts = text.split(separator: " ")
                lines += "\(parts[0]) \(parts[0] == "160000" ? "commit" : "blob") \(parts[1])\t\(name)\0"
            } else {
                lines += "100644 blob \(try await git("hash-object", "-w", "--stdin", input: text))\t\(name)\0"
            }
        }
        for (name, below) in folders.sorted(by: { $0.key < $1.key }) {
            lines += "040000 tree \(try await tree(below))\t\(name)\0"
        }
        return try await git("mktree", "-z", "--missing", input: lines)
    }

    /// What is said to a push of one reference.
    func verdict(
        _ old: ObjectID?, _ new: ObjectID?, _ reference: String = "refs/heads/main"
    ) throws -> PushVerdict {
        let push = try #require(Push(lines: "\(old ?? .zero) \(new ?? .zero) \(reference)\n"))
        return try PushVerdict(on: push, branch: "main", in: Repository(opening: path))
    }
}
