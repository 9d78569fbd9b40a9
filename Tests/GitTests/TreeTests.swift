import Git
import TestSupport
import Testing

/// Trees, their edits and comparisons, against git and against a dictionary.
@Suite struct TreeTests {
    /// What `git ls-tree -r` says: path to content id.
    private func files(_ fixture: GitFixture, _ tree: ObjectID) async throws -> [String: String] {
        let lines = try await fixture.git(
            "-c", "core.quotePath=false", "ls-tree", "-r", "--format=%(path) %(objectname)", tree.description)
        return Dictionary(
            uniqueKeysWithValues: lines.split(separator: "\n").map { line in
                let parts = line.split(separator: " ")
                return (String(parts[0]), String(parts[1]))
            })
    }

    @Test(arguments: 0..<6)
    func randomEditsAreWhatADictionarySays(seed: UInt64) async throws {
        var random = Seeded(seed)
        let fixture = try GitFixture()
        let names = ["a", "a.b", "a-b", "ab", "b", "é"]
        var model: [String: String] = [:]
        var tree: ObjectID?
        for _ in 0..<60 {
            var edits: [TreeEdit] = []
            let before = model
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let path = (0..<Int.random(in: 1...3, using: &random))
                    .map { _ in names.randomElement(using: &random) ?? "a" }.joined(separator: "/")
                if Bool.random(using: &random) {
                    let text = String(UInt8.random(in: 0...9, using: &random))
                    let blob = try fixture.repository.writeBlob(Array(text.utf8))
                    edits.append(.put(path: path, blob: blob))
                    for other in model.keys where other.hasPrefix(path + "/") || path.hasPrefix(other + "/") {
                        model[other] = nil
                    }
                    model[path] = blob.description
                } else {
                    edits.append(.remove(path: path))
                    for other in model.keys where other == path || other.hasPrefix(path + "/") { model[other] = nil }
                }
            }
            let next = try fixture.repository.edit(tree, edits)
            #expect(try await files(fixture, next) == model, "seed \(seed): \(edits)")

            var changed: [String: (String?, String?)] = [:]
            try fixture.repository.compare(tree, next) { change in
                let (old, new) = changed[change.path] ?? (nil, nil)
                changed[change.path] = (change.old?.id.description ?? old, change.new?.id.description ?? new)
            }
            for path in Set(before.keys).union(model.keys) {
                let expected = before[path] == model[path] ? nil : (before[path], model[path])
                #expect(changed[path]?.0 == expected?.0 && changed[path]?.1 == expected?.1, "seed \(seed): \(path)")
            }
            #expect(changed.count == Set(before.keys).union(model.keys).count { before[$0] != model[$0] })
            tree = next
        }
        let commit = try fixture.repository.writeCommit(
            tree: try #require(tree), parents: [], author: GitFixture.ada, committer: GitFixture.ada, message: "x\n")
        try fixture.repository.flush()
        try fixture.repository.update(fixture.main, from: nil, to: commit, reflog: "")
        try await fixture.git("fsck", "--strict")
    }

    @Test(arguments: ["", "/a", "a/", "a//b", "../a", "a/..", "./a", ".git", "a/.GIT/config"])
    func aPathThatGitDoesNotAllowIsRefused(_ path: String) throws {
        let fixture = try GitFixture()
        let blob = try fixture.repository.writeBlob([])
        #expect(throws: GitError.self) { try fixture.repository.edit(nil, [.put(path: path, blob: blob)]) }
    }

    @Test func linksSubmodulesAndExecutablesAreTold() async throws {
        let fixture = try GitFixture()
        let blob = try fixture.repository.writeBlob(Array("x".utf8))
        let commit = try fixture.commit(["x": "x"])
        let listing = """
            100755 blob \(blob)\trun
            120000 blob \(blob)\tlink
            160000 commit \(commit)\tmodule
            100644 blob \(blob)\tfile
            """
        let id = try #require(ObjectID(try await fixture.git("mktree", input: listing + "\n")))
        let tree = try fixture.repository.tree(id)
        #expect(tree.entries.map(\.name) == ["file", "link", "module", "run"])
        #expect(tree.entries.map(\.kind) == [.file, .link, .submodule, .executable])
    }

    @Test func aFolderThatIsNotWantedIsNotOpened() throws {
        let fixture = try GitFixture()
        let first = try fixture.repository.commit(try fixture.commit(["apps/a/x": "1", "docs/b": "1"])).tree
        let second = try fixture.repository.commit(try fixture.commit(["apps/a/x": "2", "docs/b": "2"])).tree
        var paths: [String] = []
        try fixture.repository.compare(
            first, second, descends: { $0.hasPrefix("apps") }, visit: { paths.append($0.path) })
        #expect(paths == ["apps/a/x"])
    }
}

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = (seed &+ 1) &* 0xD1B5_4A32_D192_ED03 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
