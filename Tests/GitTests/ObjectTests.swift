import Git
import TestSupport
import Testing

/// Objects written here are what git says they are, and the other way round.
@Suite struct ObjectTests {
    @Test func idsReadAndWriteAndSortAsTheirDigits() throws {
        let digits = [
            "00000000000000000000000000000000000000ff", "0123456789abcdef0123456789abcdef01234567",
            "8000000000000000000000000000000000000000", "ffffffffffffffffffffffffffffffffffffffff",
        ]
        let ids = try digits.map { try #require(ObjectID($0)) }
        #expect(ids.map(\.description) == digits)
        #expect(ids.shuffled().sorted() == ids)
        #expect(ids.map { ObjectID(rawBytes: $0.rawBytes) } == ids)
        #expect(ObjectID("0123") == nil && ObjectID(String(repeating: "g", count: 40)) == nil)
    }

    @Test(arguments: ["", "hello\n", "NUL \0 and ü\r\n", String(repeating: "long ", count: 100_000)])
    func aBlobIsTheOneThatGitWrites(_ text: String) async throws {
        let fixture = try GitFixture()
        let id = try fixture.repository.writeBlob(Array(text.utf8))
        #expect(try await fixture.git("hash-object", "-w", "--stdin", input: text) == id.description)
        #expect(try fixture.repository.blob(id) == Array(text.utf8))
        #expect(try fixture.repository.blobSize(id) == text.utf8.count)
    }

    @Test func aCommitSaysWhoAndWhen() async throws {
        let fixture = try GitFixture()
        let id = try fixture.commit(["a": "1"], message: "Save default_demo\n\nRampart-App: default_demo\n")
        let commit = try fixture.repository.commit(id)
        #expect(commit.author == GitFixture.ada && commit.parents.isEmpty)
        #expect(commit.subject == "Save default_demo")
        #expect(
            try await fixture.git("log", "-1", "--format=%an|%ae|%ad|%(trailers:only)", "--date=iso", "main")
                == "Ada Lovelace|ada@example.com|2023-11-14 23:43:20 +0130|Rampart-App: default_demo")
        #expect(try await fixture.git("log", "-1", "--format=%T", "main") == commit.tree.description)
    }

    @Test func aNameFromARequestCannotForgeAHeader() async throws {
        let fixture = try GitFixture()
        let tree = try fixture.repository.edit(nil, [])
        let forger = Signature(name: "Eve\nparent 0000 <x>", email: "<\0>", seconds: 5, offsetMinutes: -330)
        let id = try fixture.repository.writeCommit(
            tree: tree, parents: [], author: forger, committer: forger, message: "m\n")
        let commit = try fixture.repository.commit(id)
        #expect(commit.author == Signature(name: "Eveparent 0000 x", email: "unknown", seconds: 5, offsetMinutes: -330))
        #expect(commit.parents.isEmpty)
    }

    @Test func whatIsNotThereOrSomethingElseIsAClearError() throws {
        let fixture = try GitFixture()
        let missing = try #require(ObjectID(String(repeating: "ab", count: 20)))
        let error = #expect(throws: GitError.self) { try fixture.repository.blob(missing) }
        #expect(error?.code == .notFound)
        #expect(error?.description.contains("abababab") == true)
        let blob = try fixture.repository.writeBlob([1])
        #expect(throws: GitError.self) { try fixture.repository.commit(blob) }
        #expect(throws: GitError.self) { try fixture.repository.tree(blob) }
        #expect(try fixture.repository.kind(of: blob) == "blob")
        #expect(try fixture.repository.kind(of: missing) == nil)
    }

    @Test func aFolderThatIsNoRepositoryIsRefused() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: GitError.self) { try Repository(opening: folder.path) }
        #expect(error?.code == .notFound)
        _ = try Repository.create(at: folder.appending("a.git"), branch: "main")
        #expect(throws: GitError.self) { try Repository.create(at: folder.appending("a.git"), branch: "main") }
    }

    @Test func whatAnotherProcessWritesIsSeen() async throws {
        let fixture = try GitFixture()
        try fixture.commit(["a": "1"])
        let work = fixture.folder.appending("work")
        try await Command.git("clone", "--quiet", fixture.path, work, in: fixture.folder.path)
        try fixture.folder.write("2", to: "work/a")
        try await Command.git("commit", "--quiet", "--all", "--message", "Two", in: work)
        try await Command.git("push", "--quiet", "origin", "HEAD:main", in: work)
        let head = try #require(try fixture.repository.reference(fixture.main))
        let file = try #require(
            try fixture.repository.entry(at: "a", in: fixture.repository.commit(head).tree))
        #expect(try fixture.repository.blob(file.id) == Array("2".utf8))
        try await fixture.git("gc", "--quiet", "--prune=now")
        #expect(try fixture.repository.blob(file.id) == Array("2".utf8))
        #expect(try fixture.repository.reference(fixture.main) == head)
    }

    @Test func aFileThatIsLongerThanItMayBeIsNotRead() throws {
        let fixture = try GitFixture()
        let blob = try fixture.repository.writeBlob(Array("four".utf8))
        #expect(try fixture.repository.blob(blob, atMost: 4) == Array("four".utf8))
        let error = #expect(throws: GitError.self) { _ = try fixture.repository.blob(blob, atMost: 3) }
        #expect(error?.code == .tooMuch && error?.message == "it has 4 bytes, expected at most 3")
    }
}
