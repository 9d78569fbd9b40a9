import Git
import TestSupport
import Testing

/// Walks, merge bases, merges and reverts, against git.
@Suite struct HistoryTests {
    @Test func theFirstParentLineIsGits() async throws {
        let fixture = try GitFixture()
        let first = try fixture.commit(["a": "1"])
        let second = try fixture.commit(["a": "2"])
        let side = try fixture.repository.writeCommit(
            tree: fixture.repository.commit(first).tree, parents: [first], author: GitFixture.ada,
            committer: GitFixture.ada, message: "side\n")
        let merge = try fixture.commit(["b": "3"], message: "merge\n", parents: [second, side])
        let line = try fixture.repository.firstParents(from: merge, until: nil)
        let expected = try await fixture.git("rev-list", "--first-parent", "main")
        #expect(line.commits.map(\.id.description).joined(separator: "\n") == expected)
        #expect(line.reachedEnd)
        let part = try fixture.repository.firstParents(from: merge, until: first)
        #expect(part.commits.map(\.id) == [merge, second] && part.reachedEnd)
        #expect(try fixture.repository.firstParents(from: merge, until: side).reachedEnd == false)
        #expect(try fixture.repository.mergeBase(second, side) == first)
        #expect(try fixture.repository.isAncestor(side, of: merge))
        #expect(try !fixture.repository.isAncestor(second, of: side))
        #expect(try fixture.repository.isAncestor(first, of: first))
    }

    @Test func aRevertIsGits() async throws {
        let fixture = try GitFixture()
        try fixture.commit(["a": "1\n2\n3\n", "b": "1"])
        let change = try fixture.commit(["a": "1\n2\nthree\n", "c": "new"])
        let head = try fixture.commit(["b": "2"])
        let outcome = try fixture.repository.revert(change, onto: head)
        let work = fixture.folder.appending("work")
        try await Command.git("clone", "--quiet", fixture.path, work, in: fixture.folder.path)
        try await Command.git("revert", "--no-edit", change.description, in: work)
        let expected = try #require(ObjectID(try await Command.git("rev-parse", "HEAD^{tree}", in: work)))
        #expect(outcome == .tree(expected))

        let clash = try fixture.commit(["a": "1\n2\n33\n"])
        guard case .conflicts(let conflicts) = try fixture.repository.revert(change, onto: clash) else {
            Issue.record("both sides changed the same line")
            return
        }
        #expect(conflicts.map(\.path) == ["a"])
    }

    @Test func aMergeIsGits() async throws {
        let fixture = try GitFixture()
        let base = try fixture.commit(["a": "1\n2\n3\n4\n5\n"])
        let theirTree = try fixture.repository.edit(
            fixture.repository.commit(base).tree,
            [.put(path: "deep/er/b", blob: try fixture.repository.writeBlob(Array("b".utf8)))])
        let theirs = try fixture.repository.writeCommit(
            tree: theirTree, parents: [base], author: GitFixture.ada, committer: GitFixture.ada, message: "t\n")
        let ours = try fixture.commit(["a": "one\n2\n3\n4\n5\n"])
        guard case .tree(let tree) = try fixture.repository.merge(ours: ours, theirs: theirs) else {
            Issue.record("a clean merge has no conflict")
            return
        }
        let names = try await fixture.git("ls-tree", "-r", "--name-only", tree.description)
        #expect(names == "a\ndeep/er/b")
    }

    /// Whoever walks a history holds all its commits.
    @Test func whatIsKeptOfACommitIsBounded() async throws {
        let fixture = try GitFixture()
        let long = String(repeating: "é", count: 100_000)
        let first = try fixture.commit(["a": "1"], message: "\(long)\n\nand more\n")
        #expect(try fixture.repository.commit(first).subject == String(long.prefix(500)) + "…")
        let exact = String(repeating: "x", count: Commit.mostSubject)
        #expect(try fixture.repository.commit(fixture.commit(["a": "2"], message: exact)).subject == exact)
        #expect(try fixture.repository.commit(fixture.commit(["a": "3"], message: "\(exact)\nb")).subject == exact)
        #expect(try fixture.repository.commit(fixture.commit(["a": "4"], message: "Short\r\nb")).subject == "Short")
        #expect(try fixture.repository.commit(fixture.commit(["a": "5"], message: "")).subject == "")
        let tree = try fixture.repository.commit(first).tree
        var author = GitFixture.ada
        author.name = long
        let many = try fixture.repository.writeCommit(
            tree: tree, parents: Array(repeating: first, count: 1_000), author: author, committer: GitFixture.ada,
            message: "merge")
        let read = try fixture.repository.commit(many)
        #expect(read.parents.count == Commit.mostParents && read.committer == GitFixture.ada)
        #expect(read.author.email == author.email && read.author.seconds == author.seconds)
        #expect(read.author.name.utf8.count < 1_000)
    }
}
