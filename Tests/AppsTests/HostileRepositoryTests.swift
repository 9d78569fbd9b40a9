import Apps
import Foundation
import Git
import Graphs
import HashTreeCollections
import TestSupport
import Testing

/// Repositories that somebody made to do harm, or that a disk has harmed, written past git's own checks.
///
/// The service goes on: the app beside keeps its state, what is wrong is named, nothing outside of the repository is read,
/// and the commit that mends it is folded.
@Suite struct HostileRepositoryTests {
    private let fixture: Fixture
    private let store: AppStore
    private let good: AppID
    private let bad: AppID

    init() async throws {
        fixture = try Fixture()
        store = try await fixture.open()
        good = try id("default_good")
        bad = try id("default_bad")
        _ = try await store.perform(.create(good, manifest(good, 1)), by: ada)
        _ = try await store.perform(.deploy(good, version: 1), by: ada)
    }

    // MARK: - Writing what git would not

    /// Writes a blob as it is.
    private func blob(_ text: String) async throws -> String {
        try await Command.git("hash-object", "-w", "--stdin", in: fixture.repository, input: text)
    }

    /// Writes a tree of `mode name object`, unchecked.
    private func tree(_ entries: [(mode: String, name: [UInt8], object: String)]) async throws -> String {
        var bytes: [UInt8] = []
        for entry in entries {
            bytes += Array("\(entry.mode) ".utf8) + entry.name + [0]
            var digits = Substring(entry.object)
            while !digits.isEmpty {
                bytes.append(UInt8(digits.prefix(2), radix: 16) ?? 0)
                digits = digits.dropFirst(2)
            }
        }
        let file = fixture.folder.appending("tree-\(UUID().uuidString)")
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return try await Command.git(
            "hash-object", "-w", "-t", "tree", "--literally", file, in: fixture.repository)
    }

    private func tree(_ entries: (mode: String, name: String, object: String)...) async throws -> String {
        try await tree(entries.map { ($0.mode, Array($0.name.utf8), $0.object) })
    }

    /// Puts an object into `apps/default`, beside the good app, and moves the branch there.
    private func push(_ entries: [(mode: String, name: [UInt8], object: String)]) async throws {
        let own = try await fixture.git("rev-parse", "main:apps/default/good")
        var all = entries + [("40000", Array("good".utf8), own)]
        all.sort { $0.name.lexicographicallyPrecedes($1.name) }
        try await move(to: tree(("40000", "apps", tree(("40000", "default", tree(all))))))
    }

    private func push(_ mode: String, _ name: String, _ object: String) async throws {
        try await push([(mode, Array(name.utf8), object)])
    }

    /// Commits a tree on top of the branch.
    private func move(to tree: String) async throws {
        let commit = try await fixture.git("commit-tree", tree, "-p", "main", "-m", "hostile")
        _ = try await fixture.git("update-ref", "refs/heads/main", commit)
    }

    /// Folds what was pushed, and again from nothing; the app beside is as it was.
    private func survives(_ comment: Comment? = nil) async throws -> Snapshot {
        try await store.look()
        let head = try await fixture.git("rev-parse", "main")
        #expect(store.snapshot.head?.description == head, comment)
        #expect(store.snapshot.apps[good]?.activeVersion == 1, comment)
        let anew = try await fixture.open {
            $0.usesCache = false
            $0.indexFolder = fixture.folder.appending("anew-\(UUID().uuidString)")
        }
        #expect(describe(anew.snapshot) == describe(store.snapshot), comment)
        return store.snapshot
    }

    /// A commit of the service puts the harmed app right.
    private func isMended() async throws {
        if store.snapshot.apps[bad] != nil {
            _ = try await store.perform(.delete(bad), by: ada)
        }
        _ = try await store.perform(.create(bad, manifest(bad, 3)), by: ada)
        let snapshot = try await store.perform(.deploy(bad, version: 1), by: ada).snapshot
        #expect(snapshot.apps[bad]?.activeVersion == 1 && snapshot.apps[bad]?.problems == [])
    }

    // MARK: - Names and kinds

    @Test(arguments: [
        "/etc/passwd", "../../../../../../etc/passwd", "../good/graph.yaml", "../../default/good/graph.yaml",
        "graph.yaml", ".", "",
    ])
    func linksAreNotFollowed(_ target: String) async throws {
        let link = try await blob(target)
        try await push("40000", "bad", tree(("120000", "graph.yaml", link)))
        var snapshot = try await survives()
        #expect(snapshot.apps[bad]?.live == nil)
        #expect(snapshot.apps[bad]?.problems.first?.message.contains("symbolic link") == true)
        try await push("120000", "bad", link)
        snapshot = try await survives("a link in the place of the folder")
        #expect(snapshot.problems.contains { $0.file == "apps/default/bad" })
    }

    static let names = [
        "..", ".", ".git", ".GIT", "git~1", "a\nb", "Bad", "bad ", "-bad", "bad_one", String(repeating: "a", count: 64),
        String(repeating: "a", count: 5_000), "\u{202E}dab", "a\\b", "a:b",
    ]

    @Test(arguments: names) func namesThatAreNoLabelsAreNoApps(_ name: String) async throws {
        let graph = try await blob(graphText(bad, 1))
        try await push("40000", name, tree(("100644", "graph.yaml", graph)))
        let snapshot = try await survives()
        #expect(snapshot.apps.count == 1)
        #expect(!snapshot.problems.isEmpty)
    }

    @Test func namesThatAreNoTextAreNoApps() async throws {
        let graph = try await blob(graphText(bad, 1))
        let folder = try await tree(("100644", "graph.yaml", graph))
        try await push([("40000", [0xFF, 0xFE], folder)])
        #expect(try await survives().apps.count == 1)
    }

    /// Two names that a file system without case would take for one.
    @Test func namesOfOtherCaseAreOtherNames() async throws {
        let (upper, lower) = (try await blob(graphText(bad, 1)), try await blob(graphText(bad, 2)))
        try await push("40000", "bad", tree(("100644", "GRAPH.yaml", upper), ("100644", "graph.yaml", lower)))
        #expect(content(try await survives().apps[bad]?.live?.graph) == 2)
    }

    @Test func aSubmoduleIsNoApp() async throws {
        try await push("160000", "bad", fixture.git("rev-parse", "main"))
        #expect(try await survives().problems.contains { $0.file == "apps/default/bad" })
        try await push("40000", "bad", tree(("160000", "graph.yaml", fixture.git("rev-parse", "main"))))
        #expect(try await survives().apps[bad]?.live == nil)
    }

    // MARK: - Sizes

    @Test func aTreeOfAHundredThousandEntriesIsRead() async throws {
        let readme = try await blob("x")
        let entries = (0..<100_000).map { ("100644", Array("n\($0).md".utf8), readme) }
            .sorted { $0.1.lexicographicallyPrecedes($1.1) }
        try await push("40000", "bad", tree(entries))
        #expect(try await survives().apps[bad] == nil)
        try await isMended()
    }

    /// A gibibyte is never unpacked here; HugeFileTests measure the memory of a service that meets it.
    @Test func aHugeFileIsNotReadIn() async throws {
        try await HugeBlob.write(into: fixture.repository)
        #expect(try await fixture.git("cat-file", "-s", HugeBlob.id) == "1073741824")
        try await push("40000", "bad", tree(("100644", "graph.yaml", HugeBlob.id)))
        let snapshot = try await survives()
        #expect(snapshot.apps[bad]?.problems.first?.message.contains("larger than") == true)
        try await isMended()
    }

    @Test(arguments: [
        "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + (1..<12).map { "k\($0): &a\($0) [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n" }.joined(),
        String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
        "{\"a\": " + String(repeating: "[", count: 200_000), "&a [*a]", "? " + String(repeating: "? ", count: 50_000),
    ])
    func bombsAreRefused(_ text: String) async throws {
        try await push("40000", "bad", tree(("100644", "graph.yaml", blob(text))))
        let snapshot = try await survives()
        #expect(snapshot.apps[bad]?.problems.isEmpty == false && snapshot.apps[bad]?.live == nil)
        try await isMended()
    }

    // MARK: - Objects that are not there

    private func path(of object: String) -> String {
        "\(fixture.repository)/objects/\(object.prefix(2))/\(object.dropFirst(2))"
    }

    static let harms: [(name: String, act: @Sendable (String) throws -> Void)] = [
        ("missing", { try FileManager.default.removeItem(atPath: $0) }),
        ("empty", { try overwrite($0, []) }), ("garbage", { try overwrite($0, Array("garbage".utf8)) }),
        (
            "truncated",
            { path in
                let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                try overwrite(path, Array(bytes.prefix(bytes.count / 2)))
            }
        ),
    ]

    private static func overwrite(_ path: String, _ bytes: [UInt8]) throws {
        try FileManager.default.removeItem(atPath: path)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    @Test(arguments: harms.indices) func aManifestThatIsNotThereHarmsItsAppAlone(_ index: Int) async throws {
        let graph = try await blob(graphText(bad, 1))
        try await push("40000", "bad", tree(("100644", "graph.yaml", graph)))
        try Self.harms[index].act(path(of: graph))
        let snapshot = try await survives("\(Self.harms[index].name)")
        let problem = try #require(snapshot.apps[bad]?.problems.first)
        #expect(problem.file == "apps/default/bad/graph.yaml" && problem.message.contains("git fsck"))
        try await isMended()
        #expect(try await survives().apps[bad]?.activeVersion == 1)
    }

    /// The head itself cannot be read: the last good state stays, the error says what is missing, and the branch going back
    /// is enough.
    @Test(arguments: harms.indices) func aHeadThatIsNotThereLeavesTheLastState(_ index: Int) async throws {
        let before = try #require(store.snapshot.head)
        let root = try await tree(("40000", "apps", tree(("100644", "README", blob("x")))))
        try await move(to: root)
        let commit = try await fixture.git("rev-parse", "main")
        try Self.harms[index].act(path(of: root))
        await #expect { try await store.look() } throws: { "\($0)".contains(root.prefix(7)) }
        #expect(store.snapshot.head == before && store.snapshot.apps[good]?.activeVersion == 1)
        _ = try await fixture.git("update-ref", "refs/heads/main", before.description, commit)
        #expect(try await survives().head == before)
    }

    /// What is in no other pack cannot be read, its head among it: the last good state stays as it is, the error says what is
    /// missing, and the pack of a backup is enough.
    @Test func aTruncatedPackHarmsOnlyWhatIsInIt() async throws {
        _ = try await fixture.git("repack", "-adq")
        let before = describe(store.snapshot)
        let work = try await fixture.clone()
        try await work.write(graphText(bad, 1), to: "\(bad.folder)/graph.yaml")
        try await work.commit("packed")
        try await work.push()
        let packs = "\(fixture.repository)/objects/pack"
        let old = Set(try FileManager.default.contentsOfDirectory(atPath: packs))
        _ = try await fixture.git("repack", "-dq")
        let added = try FileManager.default.contentsOfDirectory(atPath: packs)
            .filter { !old.contains($0) && $0.hasSuffix(".pack") }
        let pack = "\(packs)/\(try #require(added.first))"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: pack))
        try Self.overwrite(pack, Array(bytes.prefix(bytes.count / 2)))
        await #expect { try await store.look() } throws: { "\($0)".contains("refs/heads/main") }
        #expect(describe(store.snapshot) == before)
        try Self.overwrite(pack, Array(bytes))
        // As housekeeping does; libgit2 goes by the size that a pack had when it first saw it.
        await store.letGoOfPacks()
        #expect(try await survives().apps[bad]?.activeVersion == 1)
    }

    // MARK: - References

    // MARK: - References

    @Test func otherReferencesDoNotMatter() async throws {
        let heads = "\(fixture.repository)/refs/heads"
        try Data("not an object\n".utf8).write(to: URL(fileURLWithPath: heads + "/malformed"))
        try Data("ref: refs/heads/cycle-b\n".utf8).write(to: URL(fileURLWithPath: heads + "/cycle-a"))
        try Data("ref: refs/heads/cycle-a\n".utf8).write(to: URL(fileURLWithPath: heads + "/cycle-b"))
        try Data((String(repeating: "1", count: 40) + "\n").utf8).write(to: URL(fileURLWithPath: heads + "/dangling"))
        try Data().write(to: URL(fileURLWithPath: heads + "/empty"))
        _ = try await survives()
        #expect(try await store.perform(.save(good, manifest(good, 2)), by: ada).version == 2)
    }

    @Test(arguments: ["not an object\n", "ref: refs/heads/main\n", "ref: refs/heads/nowhere\n", ""])
    func aBranchThatIsNoBranchLeavesTheLastState(_ text: String) async throws {
        let head = try #require(store.snapshot.head)
        let file = URL(fileURLWithPath: "\(fixture.repository)/refs/heads/main")
        let before = try Data(contentsOf: file)
        try Data(text.utf8).write(to: file)
        do { try await store.look() } catch { #expect("\(error)".contains("main")) }
        #expect(store.snapshot.apps[good]?.activeVersion == 1)
        try before.write(to: file)
        try await store.look()
        #expect(store.snapshot.head == head)
        #expect(try await store.perform(.save(good, manifest(good, 2)), by: ada).version == 2)
    }

    /// Somebody deletes everything: it is what HEAD says then, and comes back with the revert.
    @Test func anEmptiedBranchHasNoApps() async throws {
        try await move(to: tree([]))
        try await store.look()
        #expect(store.snapshot.apps.isEmpty)
        let work = try await fixture.clone()
        try await work.git("revert", "--no-edit", "HEAD")
        try await work.push()
        try await store.look()
        #expect(store.snapshot.apps[good]?.activeVersion == 1)
    }
}
