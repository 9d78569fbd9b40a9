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
}
