import Git
import TestSupport

/// A bare repository on disk that a test owns.
struct GitFixture {
    let folder: TemporaryFolder
    let path: String
    let repository: Repository
    let main: ReferenceName

    init() throws {
        folder = try TemporaryFolder()
        path = folder.appending("graphs.git")
        repository = try Repository.create(at: path, branch: "main")
        main = try ReferenceName.branch("main")
    }

    @discardableResult
    func git(_ arguments: String..., input: String = "") async throws -> String {
        try await Command.output(
            "git", arguments, in: path, environment: Command.gitEnvironment, input: input)
    }

    static let ada = Signature(
        name: "Ada Lovelace", email: "ada@example.com", seconds: 1_700_000_000, offsetMinutes: 90)

    /// Commits files on top of `main`.
    @discardableResult
    func commit(_ files: [String: String?], message: String = "Change\n", parents: [ObjectID]? = nil) throws -> ObjectID
    {
        let head = try repository.reference(main)
        let base = try (parents?.first ?? head).map { try repository.commit($0).tree }
        let edits = try files.sorted { $0.key < $1.key }.map { path, text in
            if let text {
                TreeEdit.put(path: path, blob: try repository.writeBlob(Array(text.utf8)))
            } else {
                TreeEdit.remove(path: path)
            }
        }
        let tree = try repository.edit(base, edits)
        let commit = try repository.writeCommit(
            tree: tree, parents: parents ?? head.map { [$0] } ?? [], author: Self.ada, committer: Self.ada,
            message: message)
        try repository.flush()
        try repository.update(main, from: head, to: commit, reflog: "test")
        return commit
    }
}
