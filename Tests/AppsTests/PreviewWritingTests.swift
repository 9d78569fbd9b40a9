import Git
import Graphs
import HashTreeCollections
import JSONValues
import Testing

@testable import Apps

/// The three forms of a preview, letter by letter, and that nothing in them can be forged.
@Suite struct PreviewWritingTests {
    private func commit(_ digit: String) throws -> ObjectID {
        try #require(ObjectID(String(repeating: digit, count: 40)))
    }

    private func state(_ texts: [(path: String, text: String)], over before: History = History()) throws -> History {
        var history = before
        var blobs: [ObjectID: [UInt8]] = [:]
        var changes: [FileChange] = []
        for (index, entry) in texts.enumerated() {
            let bytes = withUnsafeBytes(of: entry.text.hashValue) { Array($0) } + [UInt8](repeating: 0, count: 9)
            let id = try #require(
                ObjectID(rawBytes: bytes + [UInt8(index >> 8), UInt8(index & 255), UInt8(entry.text.utf8.count & 255)]))
            blobs[id] = Array(entry.text.utf8)
            changes.append(FileChange(path: entry.path, new: entry.text.isEmpty ? nil : (.file, id)))
        }
        let step = Step(
            commit: try commit("c"), time: Timestamp(seconds: 0), author: ada, message: "", changes: changes)
        try history.take(step) { blob, path throws(GitError) in
            do throws(Problems) {
                return .good(GoodManifest(try Manifest(reading: blobs[blob] ?? [], format: .yaml)))
            } catch {
                return Reading.bad(error.list).naming(path)
            }
        }
        return history
    }

    private func change(_ path: String, _ kind: Character) throws -> TreeChange {
        let entry = TreeEntry(name: path, kind: .file, id: try commit("b"))
        return TreeChange(path: path, old: kind == "+" ? nil : entry, new: kind == "-" ? nil : entry)
    }

    private func preview(hostile: String? = nil) throws -> MergePreview {
        let (demo, other) = (try id("default_demo"), try id("default_other"))
        let before = try state([
            ("apps/default/demo/graph.yaml", graphText(demo, 1)),
            ("apps/default/other/graph.yaml", graphText(other, 1)),
        ])
        var text = graphText(demo, 2)
        if let hostile {
            let quoted = JSON.string(hostile).text()
            text = text.replacing("{content: 2}", with: "{\(quoted): \(quoted)}")
        }
        let after = try state(
            [("apps/default/demo/graph.yaml", text), ("apps/default/other/graph.yaml", "")], over: before)
        var preview = MergePreview(
            base: .init(name: hostile ?? "main", commit: try commit("1")),
            head: .init(name: "HEAD", commit: try commit("2")),
            mergeBase: try commit("1"), before: before.snapshot, after: after.snapshot,
            changes: [
                try change("apps/default/demo/graph.yaml", "~"), try change("apps/default/other/graph.yaml", "-"),
                try change("apps/default/demo/dashboards/\(hostile.map { $0.filter { $0 != "/" } } ?? "a").json", "+"),
                try change("configs/tool.yaml", "~"), try change("README.md", "~"),
            ],
            problems: hostile.map { [Problem(file: $0, line: 1, column: 2, path: $0, message: $0)] } ?? [],
            conflicts: hostile.map { [$0] } ?? [], liveApps: 2)
        if let hostile {
            var findings = ClusterFindings()
            findings.refusals[demo] = hostile
            findings.unanswered = hostile
            findings.drift[demo] = .fields([.init(keys: [hostile], old: .string(hostile), new: nil)])
            preview.cluster = findings
        }
        return preview
    }

    @Test func text() throws {
        #expect(
            try preview().text() == """
                main..HEAD (1111111..2222222): 2 apps: 1 updated, 1 pruned, 1 node config
                default_demo: version 1 → 2, will be updated
                  ~ component trainer
                    - components.trainer.config.content: 1
                    + components.trainer.config.content: 2
                  + dashboard a.json
                default_other: version 1 → none, its resource will be deleted
                  - component trainer
                    - components.trainer: {"chart":{"repo":"charts","name":"trainer","version":"1.0.0"},"config":{"content":1}}
                ~ node config tool
                1 other file, not read by the service
                """)
    }

    @Test func markdown() throws {
        #expect(
            try preview().markdown() == """
                <!-- rampart diff -->
                ### ✅ Rampart: 2 apps: 1 updated, 1 pruned, 1 node config

                Merging `2222222` into `main` (`1111111`):

                | app | version | cluster |
                |---|---|---|
                | `default_demo` | version 1 → 2 | will be updated |
                | `default_other` | version 1 → none | its resource will be deleted |

                Node configs: ~ `tool`

                1 other file, not read by the service.

                <details><summary><code>default_demo</code>: will be updated</summary>

                ```diff
                ~ component trainer
                - components.trainer.config.content: 1
                + components.trainer.config.content: 2
                + dashboard a.json
                ```

                </details>
                <details><summary><code>default_other</code>: its resource will be deleted</summary>

                ```diff
                - component trainer
                - components.trainer: {"chart":{"repo":"charts","name":"trainer","version":"1.0.0"},"config":{"content":1}}
                ```

                </details>

                """)
    }

    @Test func json() throws {
        let json = try preview().json
        #expect(json["good"] == true && json.at("base", "name") == "main" && json["otherFiles"] == 1)
        let apps = try #require(json["apps"]?.array)
        #expect(apps.compactMap { $0["effect"]?.string } == ["updated", "pruned"])
        #expect(apps[0]["live"] == ["from": 1, "to": 2] && apps[1]["live"] == ["from": 1, "to": .null])
        #expect(
            apps[0]["fields"] == [
                [
                    "path": "components.trainer.config.content", "loc": ["components", "trainer", "config", "content"],
                    "old": 1, "new": 2,
                ]
            ])
        #expect(json.at("configs", "changed") == ["tool"] && apps[0].at("dashboards", "added") == ["a.json"])
    }

    /// Whatever a graph, a file name or a message says, it ends up within code.
    @Test(arguments: [
        "</details><script>alert(1)</script>", "```\n# Approved\n```", "`@everyone`", "![x](http://evil/x.png)",
        "a`b``c```d````e", "\u{202E}txt.exe", "\u{1B}[31mred", "| a | b |\n|---|---|", "<!-- rampart diff -->", "~~~",
    ])
    func nothingGetsOutOfItsQuotes(_ hostile: String) throws {
        let preview = try preview(hostile: hostile)
        let outside = Self.outsideOfCode(preview.markdown())
        for sign in ["<script", "@everyone", "](", "# Approved", "\u{202E}", "\u{1B}", "~~~", "| a |"] {
            #expect(!outside.contains(sign), "\(sign) in \(outside)")
        }
        #expect(outside.components(of: "<!-- rampart diff -->") == 1)
        #expect(outside.components(of: "</details>") == outside.components(of: "<details>"))
        #expect(!preview.text().contains("\u{1B}") && !preview.text().contains("\u{202E}"))
        #expect(!preview.isGood)
    }

    /// A comment of what is left of a Markdown text without code blocks and spans, read as CommonMark reads it.
    private static func outsideOfCode(_ markdown: String) -> String {
        var kept: [String] = []
        var fence: String?
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            let run = String(line.prefix { $0 == "`" })
            if let open = fence {
                if run.count >= open.count, line.allSatisfy({ $0 == "`" }) { fence = nil }
                continue
            }
            if run.count >= 3, !line.dropFirst(run.count).contains("`") {
                fence = run
                continue
            }
            kept.append(withoutSpans(String(line)))
        }
        #expect(fence == nil, "a code block that never ends")
        return kept.joined(separator: "\n")
    }

    private static func withoutSpans(_ line: String) -> String {
        var result = ""
        var rest = line[...]
        while let start = rest.firstIndex(of: "`") {
            result += rest[..<start]
            let run = rest[start...].prefix { $0 == "`" }
            var search = rest[run.endIndex...]
            var end: Substring.Index?
            while let next = search.firstIndex(of: "`") {
                let other = search[next...].prefix { $0 == "`" }
                if other.count == run.count {
                    end = other.endIndex
                    break
                }
                search = search[other.endIndex...]
            }
            guard let end else { return result + rest[start...] }
            rest = rest[end...]
        }
        return result + rest
    }

    @Test func aLargeChangeFitsIntoAComment() throws {
        var texts: [(path: String, text: String)] = []
        var changes: [TreeChange] = []
        for number in 0..<300 {
            let app = try id("default_app-\(number)")
            texts.append(("\(app.folder)/graph.yaml", graphText(app, number)))
            changes.append(try change("\(app.folder)/graph.yaml", "+"))
        }
        let after = try state(texts)
        let preview = MergePreview(
            base: .init(name: "main", commit: try commit("1")), head: .init(name: "HEAD", commit: try commit("2")),
            mergeBase: try commit("1"), before: Snapshot(), after: after.snapshot, changes: changes)
        let markdown = preview.markdown()
        #expect(markdown.utf8.count < 65_536 && markdown.contains("… and 100 more apps"))
        #expect(markdown.contains("the details of") && preview.json["apps"]?.array?.count == 300)
    }
}

extension String {
    fileprivate func components(of text: String) -> Int {
        var (count, rest) = (0, self[...])
        while let range = rest.firstRange(of: text) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
