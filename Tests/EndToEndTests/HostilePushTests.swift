import Foundation
import JSONValues
import TestSupport
import Testing

/// Pushes of what no work tree holds, through real git and the real hook.
@Suite struct HostilePushTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A service, and a clone of its repository with one app in it.
    ///
    /// - Parameter memory: how many MiB of address space each git of the service has; nil for any.
    private func withService(
        gitHas memory: Int? = nil, _ body: @Sendable @escaping (RunningService, String) async throws -> Void
    ) async throws {
        let folder = folder
        var environment: [String: String] = [:]
        if let memory, !isSanitized {
            let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
            let git = try folder.write(
                "#!/bin/sh\nulimit -S -v \(memory << 10)\nPATH='\(path)' exec git \"$@\"\n", to: "bin/git")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: git)
            environment["PATH"] = "\(folder.appending("bin")):\(path)"
        }
        try await RunningService.with(data: folder.appending("data"), environment: environment) { service in
            let work = try await service.clone(into: folder)
            try folder.write(graphYAML("default", "demo", rate: "0.1"), to: "work/apps/default/demo/graph.yaml")
            try await Command.git("add", "--all", in: work)
            try await Command.git("commit", "-q", "-m", "First", in: work)
            try await Command.git("push", "-q", "origin", "HEAD:main", in: work)
            // A gigabyte of address space is plenty for a hook, whatever is pushed.
            let hook = service.repository + "/hooks/pre-receive"
            var lines = try String(contentsOfFile: hook, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false)
            if !isSanitized { lines.insert("ulimit -v \(1 << 20)", at: 1) }
            try lines.joined(separator: "\n").write(toFile: hook, atomically: false, encoding: .utf8)
            try await body(service, work)
        }
    }

    private static func git(_ work: String, _ arguments: String..., input: String = "") async throws -> String {
        try await Command.output("git", arguments, in: work, environment: Command.gitEnvironment, input: input)
    }

    /// A commit on the head whose tree has more entries, each `mode kind object` and a path; pushed to `main`.
    private static func push(_ work: String, _ service: RunningService, _ entries: [(String, String)]) async throws
        -> CommandResult
    {
        var tree = Node()
        for line in try await git(work, "ls-tree", "-r", "-z", "origin/main").split(separator: "\0") {
            let parts = line.split(separator: "\t", maxSplits: 1)
            tree.put(String(parts[0]), parts[1].split(separator: "/").map(String.init)[...])
        }
        for (path, entry) in entries { tree.put(entry, path.components(separatedBy: "/")[...]) }
        let id = try await tree.write {
            try await git(work, "hash-object", "-w", "-t", "tree", "--literally", "--stdin", bytes: $0)
        }
        let commit = try await git(work, "commit-tree", id, "-p", "origin/main", "-m", "Hostile")
        return try await Command.run(
            "git", ["push", "\(service.origin)/git/graphs.git", "\(commit):refs/heads/main"], in: work,
            environment: Command.gitEnvironment)
    }

    private static func git(_ work: String, _ arguments: String..., bytes: [UInt8]) async throws -> String {
        let file = work + "/../object-\(UUID().uuidString)"
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let line = (["git"] + arguments).joined(separator: " ") + " <'\(file)'"
        return try await Command.output("sh", ["-c", line], in: work, environment: Command.gitEnvironment)
    }

    /// A tree in the making; raw, as git's own commands write no names like these.
    private struct Node {
        var entries: [String: String] = [:]
        var folders: [String: Node] = [:]

        mutating func put(_ entry: String, _ path: ArraySlice<String>) {
            guard let name = path.first else { return }
            if path.count == 1 {
                entries[name] = entry
            } else {
                folders[name, default: Node()].put(entry, path.dropFirst())
            }
        }

        func write(_ save: ([UInt8]) async throws -> String) async throws -> String {
            var all: [(key: [UInt8], name: String, mode: String, id: String)] = []
            for (name, entry) in entries {
                let parts = entry.split(separator: " ").map(String.init)
                let mode = String(parts[0].drop { $0 == "0" })
                all.append((Array((name + (parts[1] == "tree" ? "/" : "")).utf8), name, mode, parts[2]))
            }
            for (name, node) in folders {
                all.append((Array((name + "/").utf8), name, "40000", try await node.write(save)))
            }
            all.sort { $0.key.lexicographicallyPrecedes($1.key) }
            var bytes: [UInt8] = []
            for entry in all {
                bytes += Array("\(entry.mode) \(entry.name)\0".utf8)
                var digits = entry.id[...]
                while let byte = UInt8(digits.prefix(2), radix: 16), !digits.isEmpty {
                    bytes.append(byte)
                    digits = digits.dropFirst(2)
                }
            }
            return try await save(bytes)
        }
    }

    private static let big = String(repeating: "x", count: (1 << 20) + 1)

    @Test func whatNoWorkTreeHoldsIsRefused() async throws {
        try await withService { service, work in
            let blob = "100644 blob \(try await Self.git(work, "hash-object", "-w", "--stdin", input: "x"))"
            let big = "100644 blob \(try await Self.git(work, "hash-object", "-w", "--stdin", input: Self.big))"
            let graph = graphYAML("default", "demo", rate: "0.2")
            let manifest = "100644 blob \(try await Self.git(work, "hash-object", "-w", "--stdin", input: graph))"
            let link = "120000 \(blob.dropFirst(7))"
            let submodule = "160000 commit \(String(repeating: "1", count: 40))"
            let app = "apps/default/demo"
            // Whatever git's own check finds is refused before the hook is asked.
            let rows: [(String, String, String)] = [
                ("\(app)/.git", blob, "hasDotgit"), ("\(app)/.GIT", blob, "hasDotgit"),
                ("\(app)/git~1", blob, "hasDotgit"), ("\(app)/GIT~1", blob, "hasDotgit"),
                ("\(app)/.git ", blob, "hasDotgit"), ("\(app)/.git.", blob, "hasDotgit"),
                ("\(app)/.git::$INDEX_ALLOCATION", blob, "hasDotgit"), ("\(app)/.g\u{200C}it", blob, "hasDotgit"),
                ("\(app)/.git/config", blob, "hasDotgit"), ("configs/.git", blob, "hasDotgit"),
                (".git", blob, "hasDotgit"), ("\(app)/..", blob, "hasDotdot"), ("\(app)/../x", blob, "hasDotdot"),
                ("\(app)/.", blob, "hasDot"),
                ("\(app)/\(String(repeating: "n", count: 300))", blob, "a name of 300 bytes"),
                ("\(app)/\(String(repeating: "n", count: 5_000))", blob, "5000 bytes"),
                ("apps/default/\(String(repeating: "n", count: 64))/graph.yaml", manifest, "is no name"),
                ("apps/DEFAULT/demo/graph.yaml", manifest, "is no namespace"),
                ("\(app)/line\nfeed", blob, "control characters"),
                ("\(app)/\u{1B}[2J", blob, "control characters"),
                ("\(app)/link", link, "symbolic link"), ("apps/default/link", link, "symbolic link"),
                ("configs/link.yaml", link, "symbolic link"), ("\(app)/graph.json", link, "symbolic link"),
                ("\(app)/sub", submodule, "submodule"), ("apps/sub", submodule, "submodule"),
                ("\(app)/big.bin", big, "1048577 bytes"), ("\(app)/dashboards/big.json", big, "1048577 bytes"),
                ("\(app)/graph.yml", manifest, "keep one of them"), ("\(app)/graph.yaml/x", blob, "duplicateEntries"),
            ]
            for (path, entry, message) in rows {
                let result = try await Self.push(work, service, [(path, entry)])
                #expect(!result.succeeded, "\(path.debugDescription)")
                #expect(result.errors.contains(message), "\(path.debugDescription): \(result.errors)")
                #expect(!result.errors.contains("\u{1B}[2J"))
            }
            // All else in the repository is the engineers' own.
            let free = try await Self.push(work, service, [("models/big.bin", big), ("\(app)/notes.md", blob)])
            #expect(free.succeeded, "\(free)")
            try await service.resource("default", "demo", "is applied") { _ in true }
        }
    }

    /// Ten folders of ten folders of ten … make 10^9 files of a few objects.
    @Test(.timeLimit(.minutes(2))) func aTreeThatUnfoldsWithoutEndIsRefusedAtOnce() async throws {
        try await withService { service, work in
            let blob = try await Self.git(work, "hash-object", "-w", "--stdin", input: "x")
            var entry = "100644 blob \(blob)"
            for _ in 0..<9 {
                let lines = (0..<10).map { "\(entry)\tf\($0)\n" }.joined()
                entry = "040000 tree \(try await Self.git(work, "mktree", input: lines))"
            }
            let start = ContinuousClock.now
            let bomb = try await Self.push(work, service, [("apps/default/demo/bomb", entry)])
            #expect(!bomb.succeeded && bomb.errors.contains("more than 200000 files change at once"), "\(bomb)")
            #expect(ContinuousClock.now - start < .seconds(60))
            // On a branch that nobody applies it is looked at no longer either, and elsewhere it is not opened at all.
            let elsewhere = try await Self.push(work, service, [("docs", entry)])
            #expect(elsewhere.succeeded, "\(elsewhere)")
            let head = try await Command.git("rev-parse", "main", in: service.repository)
            try await eventually("the service follows") {
                try await service.request("GET", "/api/v1/sync").body["head"]?.string == head
            }
        }
    }

    /// 300 MB of zeros are 300 kB of a pack, which git has taken in before the hook is asked.
    @Test(.timeLimit(.minutes(4))) func aFileThatInflatesIsTakenInBoundedMemory() async throws {
        try await withService(gitHas: 256) { service, work in
            let zeros = try await Command.output(
                "sh", ["-c", "head -c \(300 << 20) /dev/zero | git hash-object -w --stdin"], in: work,
                environment: Command.gitEnvironment
            ).trimmingCharacters(in: .whitespacesAndNewlines)
            let refused = try await Self.push(work, service, [("apps/default/demo/big.bin", "100644 blob \(zeros)")])
            #expect(refused.errors.contains("314572800 bytes"), "\(refused)")
            let taken = try await Self.push(work, service, [("models/big.bin", "100644 blob \(zeros)")])
            #expect(taken.succeeded, "\(taken)")
            let head = try await Command.git("rev-parse", "main", in: service.repository)
            try await eventually("the service follows") {
                try await service.request("GET", "/api/v1/sync").body["head"]?.string == head
            }
        }
    }

    /// Very many files in one folder, and the push is taken: they are small, and nobody's business.
    @Test(.timeLimit(.minutes(isSanitized ? 20 : 4))) func aHundredThousandFilesInOneFolderAreTaken() async throws {
        try await withService { service, work in
            var stream =
                "commit refs/heads/many\ncommitter Ada <ada@example.com> 1700000000 +0000\ndata 4\nMany\nfrom refs/remotes/origin/main^0\n"
            for number in 0..<100_000 {
                let text = String(number)
                stream += "M 100644 inline apps/default/demo/many/\(text)\ndata \(text.utf8.count)\n\(text)\n"
            }
            try await Command.git("fast-import", "--quiet", in: work, input: stream)
            let result = try await Command.run(
                "git", ["push", "\(service.origin)/git/graphs.git", "many:main"], in: work,
                environment: Command.gitEnvironment)
            #expect(result.succeeded, "\(result)")
            let head = try await Command.git("rev-parse", "many", in: work)
            try await eventually(within: .seconds(120), "the service follows") {
                try await service.request("GET", "/api/v1/sync").body["head"]?.string == head
            }
        }
    }

    /// A thousand graphs at once: each is looked at, and the bad one among them is found.
    @Test func aThousandGraphsAreChecked() async throws {
        try await withService { service, work in
            for number in 0..<1_000 {
                try folder.write(
                    graphYAML("many", "app-\(number)", rate: "0.1"), to: "work/apps/many/app-\(number)/graph.yaml")
            }
            try await Command.git("add", "--all", in: work)
            try await Command.git("commit", "-q", "-m", "Many", in: work)
            let wrong = graphYAML("many", "app-777", rate: "0.1").replacing("flow: data", with: "flow: nowhere")
            try folder.write(wrong, to: "work/apps/many/app-777/graph.yaml")
            try await Command.git("commit", "-q", "--all", "-m", "One is wrong", in: work)
            let url = "\(service.origin)/git/graphs.git"
            let bad = try await Command.run(
                "git", ["push", url, "HEAD:main"], in: work, environment: Command.gitEnvironment)
            #expect(
                bad.errors.contains("refused, 1 problem:") && bad.errors.contains("many/app-777/graph.yaml:18:"),
                "\(bad)")
            let good = try await Command.run(
                "git", ["push", url, "HEAD^:main"], in: work, environment: Command.gitEnvironment)
            #expect(good.succeeded && good.errors.contains("and 980 more"), "\(good)")
        }
    }
}
