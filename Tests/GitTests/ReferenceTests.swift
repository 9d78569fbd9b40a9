import Foundation
import Git
import TestSupport
import Testing

/// References move only from where the caller saw them.
@Suite struct ReferenceTests {
    @Test func theLogSaysWhoMovedAReferenceAndHow() async throws {
        let fixture = try GitFixture()
        try await fixture.git("config", "core.logAllRefUpdates", "true")
        let first = try fixture.commit(["a": "1"])
        let second = try fixture.commit(["a": "2"])
        try await fixture.git("update-ref", "-m", "back\tto the first", "refs/heads/main", first.description)
        let movements = fixture.repository.movements(of: fixture.main, backTo: first)
        #expect(movements.map(\.old) == [second, first] && movements.map(\.new) == [first, second])
        let identity = Command.gitEnvironment["GIT_COMMITTER_NAME"].map { "\($0) <" } ?? "?"
        #expect(movements.first?.identity.hasPrefix(identity) == true)
        #expect(movements.map(\.message) == ["back to the first", "test"])
    }

    @Test func aReferenceThatHasMovedIsNotOverwritten() async throws {
        let fixture = try GitFixture()
        let first = try fixture.commit(["a": "1"])
        let second = try fixture.commit(["a": "2"])
        let error = #expect(throws: GitError.self) {
            try fixture.repository.update(fixture.main, from: first, to: first, reflog: "")
        }
        #expect(error?.code == .modified)
        let exists = #expect(throws: GitError.self) {
            try fixture.repository.update(fixture.main, from: nil, to: first, reflog: "")
        }
        #expect(exists?.code == .modified)
        let gone = try ReferenceName.branch("gone")
        let missing = #expect(throws: GitError.self) {
            try fixture.repository.update(gone, from: first, to: second, reflog: "")
        }
        #expect(missing?.code == .modified)
        #expect(try await fixture.git("rev-parse", "main") == second.description)
    }

    @Test func packedReferencesAndTagsAreRead() async throws {
        let fixture = try GitFixture()
        let commit = try fixture.commit(["a": "1"])
        try await fixture.git("tag", "--annotate", "--message", "one", "v1", "main")
        try await fixture.git("pack-refs", "--all")
        let tag = try #require(ReferenceName(rawValue: "refs/tags/v1"))
        #expect(try fixture.repository.reference(tag) == commit)
        #expect(
            try fixture.repository.references("refs/*").map(\.name.rawValue).sorted() == [
                "refs/heads/main", "refs/tags/v1",
            ])
        let next = try fixture.commit(["a": "2"])
        #expect(try await fixture.git("rev-parse", "main") == next.description)
    }

    @Test func headNamesTheBranchThatACloneChecksOut() async throws {
        let fixture = try GitFixture()
        #expect(try fixture.repository.symbolicTarget(.head) == fixture.main)
        #expect(try fixture.repository.reference(.head) == nil)
        let commit = try fixture.commit(["a": "1"])
        #expect(try fixture.repository.reference(.head) == commit)
        #expect(try fixture.repository.resolve("HEAD") == commit)
        #expect(throws: GitError.self) { try fixture.repository.resolve("no-such-branch") }
    }

    @Test(arguments: ["", "a b", "a..b", "-x", "a.lock", "x/", "a\0b", "@{"])
    func aNameThatGitDoesNotAllowIsRefused(_ name: String) {
        #expect(throws: GitError.self) { try ReferenceName.branch(name) }
    }

    @Test func twoWritersNeverLoseAnUpdate() async throws {
        let fixture = try GitFixture()
        try fixture.commit(["start": "0"])
        let (path, main) = (fixture.path, fixture.main)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<3 {
                group.addTask {
                    try await Writer(path: path).write(25, as: "writer-\(writer)", on: main)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await fixture.git("rev-list", "--count", "main") == "76")
        #expect(try await fixture.git("ls-tree", "-r", "--name-only", "main").split(separator: "\n").count == 76)
        try await fixture.git("fsck", "--strict")
    }

    /// An actor that owns a repository, as the service's own do.
    private actor Writer {
        private let executor = GitExecutor()
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        private let path: String

        init(path: String) { self.path = path }

        func write(_ count: Int, as name: String, on branch: ReferenceName) throws {
            let repository = try Repository(opening: path)
            for number in 0..<count {
                let blob = try repository.writeBlob(Array("\(name) \(number)".utf8))
                while true {
                    let head = try repository.reference(branch)
                    let base = try head.map { try repository.commit($0).tree }
                    let tree = try repository.edit(base, [.put(path: "\(name)/\(number)", blob: blob)])
                    let commit = try repository.writeCommit(
                        tree: tree, parents: head.map { [$0] } ?? [], author: GitFixture.ada,
                        committer: GitFixture.ada, message: "\(name) \(number)\n")
                    try repository.flush()
                    if try move(repository, branch, from: head, to: commit) { break }
                }
            }
        }

        /// - Returns: false where another writer was faster.
        private func move(
            _ repository: Repository, _ branch: ReferenceName, from old: ObjectID?, to new: ObjectID
        ) throws -> Bool {
            do {
                try repository.update(branch, from: old, to: new, reflog: "")
                return true
            } catch {
                if error.code == .modified || error.code == .locked { return false }
                throw error
            }
        }
    }

    @Test func locksOfTheDeadAreClearedAndThoseOfTheLivingAreNot() async throws {
        let fixture = try GitFixture()
        let commit = try fixture.commit(["a": "1"])
        let lock = try fixture.folder.write("", to: "graphs.git/refs/heads/main.lock")
        #expect(fixture.repository.removeStaleLocks(olderThan: .seconds(60)).isEmpty)
        let error = #expect(throws: GitError.self) {
            try fixture.repository.update(fixture.main, from: commit, to: commit, reflog: "")
        }
        #expect(error?.code == .locked)
        try await Command.output("touch", ["--date", "2 minutes ago", lock])
        #expect(fixture.repository.removeStaleLocks(olderThan: .seconds(60)) == ["refs/heads/main.lock"])
        try fixture.repository.update(fixture.main, from: commit, to: commit, reflog: "")
    }

    /// Without it, git would remove no reference any more.
    @Test func halfWrittenPackedReferencesAreCleared() async throws {
        let fixture = try GitFixture()
        let commit = try fixture.commit(["a": "1"])
        try await fixture.git("branch", "topic", "\(commit)")
        try await fixture.git("pack-refs", "--all")
        let file = try fixture.folder.write("", to: "graphs.git/packed-refs.new")
        await #expect(throws: CommandFailure.self) { try await fixture.git("branch", "-D", "topic") }
        try await Command.output("touch", ["--date", "2 minutes ago", file])
        #expect(fixture.repository.removeStaleLocks(olderThan: .seconds(60)) == ["packed-refs.new"])
        try await fixture.git("branch", "-D", "topic")
        #expect(try fixture.repository.reference(fixture.main) == commit)
    }

    /// The clock was put back since: by its time nobody has left it yet.
    @Test func aLockFromTheFutureIsLeftOnceItHasStoodStill() async throws {
        let fixture = try GitFixture()
        try fixture.commit(["a": "1"])
        let lock = fixture.path + "/refs/heads/main.lock"
        try await Command.output("touch", ["--date", "1 hour", lock])
        #expect(fixture.repository.removeStaleLocks(olderThan: .seconds(3_600)) == [])
        try await Command.output("touch", ["--date", "2 hours", lock])
        #expect(fixture.repository.removeStaleLocks(olderThan: .milliseconds(300)) == [], "somebody has touched it")
        try await eventually { fixture.repository.removeStaleLocks(olderThan: .milliseconds(300)) != [] }
        #expect(!FileManager.default.fileExists(atPath: lock))
        try fixture.commit(["a": "2"])
    }
}
