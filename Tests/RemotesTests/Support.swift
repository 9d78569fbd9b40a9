import Git
import Remotes
import TestSupport
import Testing

/// A bare repository to be a remote, a bare one here, and a commit for each.
struct Pair: Sendable {
    let folder: TemporaryFolder
    let main: ReferenceName
    let fetched: ReferenceName

    var remote: String { folder.appending("repositories/remote.git") }
    var here: String { folder.appending("here.git") }

    init() async throws {
        folder = try TemporaryFolder()
        main = try ReferenceName.branch("main")
        fetched = try #require(ReferenceName(rawValue: "refs/rampart/fetched"))
        try await Command.output("mkdir", ["-p", folder.appending("repositories")])
        try await Command.git("init", "-q", "--bare", "--initial-branch=main", remote, in: folder.path)
        try await Command.git("init", "-q", "--bare", "--initial-branch=main", here, in: folder.path)
    }

    /// Makes a commit in one of them, on top of another one; no reference moves.
    func commit(
        _ message: String, on parent: ObjectID? = nil, content: String? = nil, in repository: String
    ) async throws -> ObjectID {
        let blob = try await Command.git("hash-object", "-w", "--stdin", in: repository, input: content ?? message)
        let tree = try await Command.git("mktree", in: repository, input: "100644 blob \(blob)\tfile\n")
        let text =
            if let parent {
                try await Command.git("commit-tree", "-p", parent.description, "-m", message, tree, in: repository)
            } else {
                try await Command.git("commit-tree", "-m", message, tree, in: repository)
            }
        return try #require(ObjectID(text))
    }

    /// Where a reference is; nil where it is not there.
    func reference(_ name: String, in repository: String) async throws -> ObjectID? {
        let result = try await Command.run("git", ["rev-parse", "--verify", "-q", name], in: repository)
        return ObjectID(result.output.filter { !$0.isWhitespace })
    }

    /// Fetches, pushes, is refused and fetches again: all that a remote has to do, over any transport.
    func converse(_ remote: GitRemote) async throws {
        let first = try await commit("first", in: self.remote)
        try await Command.git("update-ref", "refs/heads/main", first.description, in: self.remote)
        try await remote.fetch(main, into: fetched, of: here, patience: .test)
        #expect(try await reference(fetched.rawValue, in: here) == first)
        #expect(try await remote.branches(patience: .test) == [main: first])

        let second = try await commit("second", on: first, in: here)
        try await remote.push(second, of: here, to: main, expecting: first, patience: .test)
        #expect(try await reference("refs/heads/main", in: self.remote) == second)
        // Again: it has arrived already.
        try await remote.push(second, of: here, to: main, expecting: first, patience: .test)

        let late = try await commit("late", on: first, in: here)
        await expect(.moved) { try await remote.push(late, of: here, to: main, expecting: first, patience: .test) }
        #expect(try await reference("refs/heads/main", in: self.remote) == second)

        // Of a size that is sent in chunks over HTTP.
        let large = try await Command.output("openssl", ["rand", "-base64", "1500000"])
        let head = try await commit("large", on: second, content: large, in: here)
        try await remote.push(head, of: here, to: main, expecting: second, patience: .test)
        #expect(try await reference("refs/heads/main", in: self.remote) == head)

        let branch = try ReferenceName.branch("rampart/default_demo/1234")
        try await remote.push(head, of: here, to: branch, expecting: nil, patience: .test)
        await expect(.moved) { try await remote.push(late, of: here, to: branch, expecting: nil, patience: .test) }
        let missing = try ReferenceName.branch("missing")
        await expect(.branchMissing) {
            try await remote.fetch(missing, into: fetched, of: here, patience: .test)
        }
    }
}

extension Patience {
    static let test = Patience(silence: .seconds(120), total: .seconds(240))
    static let short = Patience(silence: .seconds(1), total: .seconds(10))
}

/// Expects a failure of one kind.
/// - Returns: what was said.
@discardableResult
func expect(
    _ kind: RemoteError.Kind, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> String {
    do {
        try await body()
        Issue.record("nothing was thrown, expected \(kind)", sourceLocation: sourceLocation)
    } catch let error as RemoteError {
        #expect(error.kind == kind, "\(error)", sourceLocation: sourceLocation)
        return error.message
    } catch {
        Issue.record("\(error)", sourceLocation: sourceLocation)
    }
    return ""
}
