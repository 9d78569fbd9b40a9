import Apps
import Foundation
import Git
import Graphs
import TestSupport
import Testing

/// What a push is refused for, and what it is not.
@Suite struct PushVerdictTests {
    private let bare: BareRepository
    private var folder: TemporaryFolder { bare.folder }
    private var path: String { bare.path }

    init() async throws { bare = try await BareRepository() }

    private static let demo = "apps/default/demo/graph.yaml"

    private static func graph(_ app: String, _ content: Int = 1) throws -> String {
        graphText(try #require(AppID(app)), content)
    }

    private static let blob = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"

    static let bad: [(String, String, String)] = [
        (demo, "nonsense: [", "graph.yaml:2:1:"), ("apps/default/Demo/graph.yaml", "x", "'Demo' is no name"),
        ("apps/Default/demo/graph.yaml", "x", "'Default' is no namespace"),
        ("apps/default/demo/Graph.yaml", "x", "call it graph.yaml"),
        ("apps/default/demo/link", "120000 \(blob)", "symbolic link"), ("apps", "120000 \(blob)", "symbolic link"),
        ("apps/default/sub", "160000 \(String(repeating: "1", count: 40))", "submodule"),
        ("configs/link", "120000 \(blob)", "symbolic link"), ("configs/a b.yaml", "title: x", "is no id"),
        ("configs/a.yaml", "title: 1", "configs/a.yaml:1:1: title"),
        ("apps/default/demo/\(String(repeating: "n", count: 300))", "x", "300 bytes"),
        ("apps/default/demo/a\u{1B}[31m", "x", "control characters"),
        ("apps/default/demo/big.bin", String(repeating: "x", count: (1 << 20) + 1), "1048577 bytes"),
        ("rampart.yaml", "format: 99\n", "rampart.yaml:1:1: format: is 99"),
        ("rampart.yaml", "- x", "expected settings"),
        ("apps/default/graph.yaml", "x", "outside of an app's folder"),
    ]

    @Test(arguments: bad)
    func isRefused(_ file: String, _ text: String, _ message: String) async throws {
        _ = try await bare.git("hash-object", "-w", "--stdin")
        let head = try await bare.commit([Self.demo: try Self.graph("default_demo")])
        var entries = [Self.demo: try Self.graph("default_demo")]
        if file == "apps" { entries = [:] }
        entries[file] = text
        let next = try await bare.commit(entries, on: head.description)
        let problems = try bare.verdict(head, next).problems
        #expect(problems.contains { "\($0)".contains(message) }, "\(problems)")
        // What was wrong already and is left alone holds up nobody, and mending it passes.
        entries["README.md"] = "x"
        let untouched = try await bare.commit(entries, on: next.description)
        #expect(try bare.verdict(next, untouched).problems == [])
        #expect(try bare.verdict(next, try await bare.commit(["README.md": "x"], on: next.description)).problems == [])
        // Other branches are free.
        #expect(try bare.verdict(nil, next, "refs/heads/aside").problems == [])
        #expect(try bare.verdict(nil, next, "refs/tags/v1").problems == [])
    }

    @Test func filesThatMayNotStandSideBySideAreRefused() async throws {
        let one = [Self.demo: try Self.graph("default_demo")]
        let head = try await bare.commit(one)
        let two = one.merging(["apps/default/demo/graph.yml": try Self.graph("default_demo", 2)]) { $1 }
        let next = try await bare.commit(two, on: head.description)
        #expect(try bare.verdict(head, next).problems.map(\.message).contains { $0.contains("keep one of them") })
        #expect(try bare.verdict(next, try await bare.commit(one, on: next.description)).problems == [])
        let capitals = try await bare.commit(
            one.merging(["apps/default/demo/a": "1", "apps/default/demo/A": "2"]) { $1 }, on: head.description)
        #expect(try bare.verdict(head, capitals).problems.first?.message.contains("capitals") == true)
        let config = "title: a\ntype: component\nnodeType: b\nconfig: {}\n"
        let configs = try await bare.commit(["configs/a.yaml": config, "configs/a.json": config], on: head.description)
        let problems = try bare.verdict(head, configs).problems
        #expect(problems.contains { $0.message.contains("configs/a.json and configs/a.yaml") }, "\(problems)")
    }

    @Test func theBranchOnlyGoesForward() async throws {
        let first = try await bare.commit(["a": "1"])
        let second = try await bare.commit(["a": "2"], on: first.description)
        let other = try await bare.commit(["a": "3"], on: first.description)
        #expect(try bare.verdict(second, first).problems.first?.message.contains("may not be rewritten") == true)
        #expect(try bare.verdict(second, other).problems.first?.message.contains("git pull") == true)
        #expect(try bare.verdict(second, nil).problems.first?.message.contains("may not be deleted") == true)
        #expect(try bare.verdict(first, second).problems == [])
        // What 'git pull' and 'git push' make has the old head as its second parent.
        let tree = try await bare.git("rev-parse", "\(other)^{tree}")
        let merge = try await bare.git("commit-tree", tree, "-p", "\(other)", "-p", "\(second)", "-m", "Merge")
        #expect(try bare.verdict(second, ObjectID(merge)).problems == [])
        #expect(try bare.verdict(nil, second, "refs/rampart/former/main").problems.count == 1)
        _ = try await bare.git("symbolic-ref", "refs/heads/alias", "refs/heads/main")
        #expect(try bare.verdict(second, first, "refs/heads/alias").problems.count == 1)
    }

    @Test func whatChangesIsSaid() async throws {
        let head = try await bare.commit([Self.demo: try Self.graph("default_demo")])
        let next = try await bare.commit(
            [
                "apps/default/new/graph.yaml": try Self.graph("default_new"),
                "apps/default/saved/draft.yaml": try Self.graph("default_saved"),
            ], on: head.description)
        let changes = try bare.verdict(head, next).changes
        #expect(changes.live.map(\.description) == ["default_new"])
        #expect(changes.drafts.map(\.description) == ["default_saved"])
        #expect(changes.deleted.map(\.description) == ["default_demo"])
    }

    @Test(arguments: ["x", "0 0 refs/heads/main", "refs/heads/main"])
    func nonsenseIsNoPush(_ lines: String) { #expect(Push(lines: lines) == nil) }

    @Test func aHookOfSomebodysOwnRunsFirst() async throws {
        let hook = path + "/hooks/pre-receive"
        try folder.write("#!/bin/sh\nexit 1\n", to: "graphs.git/hooks/pre-receive")
        try await Command.output("chmod", ["+x", hook])
        #expect(try PreReceiveHook.install(in: path, program: "/bin/true", branch: "main") == .chained)
        #expect(try PreReceiveHook.install(in: path, program: "/bin/true", branch: "main") == .unchanged)
        #expect(try await !Command.run(hook, [], input: "x").succeeded)
        try folder.write("#!/bin/sh\ncat >$0.seen\n", to: "graphs.git/hooks/pre-receive.local")
        try await Command.output("chmod", ["+x", hook + ".local"])
        #expect(try await Command.run(hook, [], input: "a b c\n").succeeded)
        #expect(try folder.read("graphs.git/hooks/pre-receive.local.seen") == Data("a b c\n".utf8))
        #expect(try PreReceiveHook.install(in: path, program: "/it's/gone", branch: "main") == .written)
        let gone = try await Command.run(hook, [], input: "x")
        #expect(!gone.succeeded && gone.errors.contains("is gone: /it's/gone"), "\(gone)")
        try folder.write("#!/bin/sh\n# mine\n", to: "graphs.git/hooks/pre-receive")
        try await Command.output("chmod", ["+x", hook])
        #expect(throws: AppStoreError.self) { try PreReceiveHook.install(in: path, program: "/x", branch: "main") }
        _ = try await bare.git("config", "core.hooksPath", "/elsewhere")
        #expect(throws: AppStoreError.self) { try PreReceiveHook.install(in: path, program: "/x", branch: "main") }
    }
}
