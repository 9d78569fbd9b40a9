import Apps
import Git
import TestSupport
import Testing

/// What a push takes to be allowed to.
@Suite struct PushNeedsTests {
    private static func graph(_ app: String, _ content: Int = 1, readOnly: Bool = false) -> String {
        guard let id = AppID(app) else { return "" }
        let text = graphText(id, content)
        return readOnly
            ? text.replacing("metadata:\n", with: "metadata:\n  labels: {rampart-graph-readonly: \"true\"}\n") : text
    }

    private static let config = "title: a\ntype: component\nnodeType: b\nconfig: {}\n"

    /// What is there before each push.
    private static let before = [
        "apps/team-a/live/graph.yaml": graph("team-a_live"), "apps/team-a/live/notes.md": "x",
        "apps/team-a/live/dashboards/one.json": "{}", "apps/team-a/both/graph.yaml": graph("team-a_both"),
        "apps/team-a/both/draft.yaml": graph("team-a_both", 2), "apps/team-b/saved/draft.yaml": graph("team-b_saved"),
        "apps/team-b/locked/graph.yaml": graph("team-b_locked", readOnly: true),
        "apps/team-b/kept/draft.yaml": graph("team-b_kept", readOnly: true), "configs/a.yaml": config,
        "rampart.yaml": "format: 1\n", "README.md": "x", ".ci/check.yaml": "x", "apps/team-a/README.md": "x",
    ]

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Files that are written; nil for those that go.
        var files: [String: String?]
        /// `right namespace: subjects`.
        var needs: [String]
        var readOnly: [String] = []

        init(_ what: String, _ files: [String: String?], _ needs: [String], readOnly: [String] = []) {
            testDescription = what
            (self.files, self.needs, self.readOnly) = (files, needs, readOnly)
        }
    }

    static let rows = [
        Row("nothing", [:], []),
        Row("a live graph", ["apps/team-a/live/graph.yaml": graph("team-a_live", 2)], ["deploy team-a: team-a_live"]),
        Row("a new draft", ["apps/team-c/new/draft.yaml": graph("team-c_new")], ["create team-c: team-c_new"]),
        Row(
            "a new live app", ["apps/team-c/new/graph.yaml": graph("team-c_new")],
            ["create team-c: team-c_new", "deploy team-c: team-c_new"]),
        Row("a draft", ["apps/team-b/saved/draft.yaml": graph("team-b_saved", 2)], ["save team-b: team-b_saved"]),
        Row("a draft beside", ["apps/team-a/live/draft.yaml": graph("team-a_live", 3)], ["save team-a: team-a_live"]),
        Row(
            "a promoted draft",
            ["apps/team-a/both/draft.yaml": nil, "apps/team-a/both/graph.yaml": graph("team-a_both", 2)],
            ["deploy team-a: team-a_both"]),
        Row("a live graph that goes", ["apps/team-a/both/graph.yaml": nil], ["delete team-a: team-a_both"]),
        Row(
            "an app that was live",
            [
                "apps/team-a/live/graph.yaml": nil, "apps/team-a/live/notes.md": nil,
                "apps/team-a/live/dashboards/one.json": nil,
            ], ["delete team-a: team-a_live"]),
        Row("an app that was saved", ["apps/team-b/saved/draft.yaml": nil], ["save team-b: team-b_saved"]),
        Row("notes", ["apps/team-a/live/notes.md": "y"], ["save team-a: team-a_live"]),
        Row("a dashboard", ["apps/team-a/live/dashboards/one.json": nil], ["deploy team-a: team-a_live"]),
        Row("a config", ["configs/a.yaml": config + "message: x\n"], ["save *: configs/a"]),
        Row("settings", ["rampart.yaml": "format: 1\nprotected: true\n"], ["administer *: rampart.yaml"]),
        Row("files of others", ["README.md": nil, ".ci/check.yaml": "y"], ["deploy *: .ci, README.md"]),
        Row("notes of a namespace", ["apps/team-a/README.md": "y"], ["deploy team-a: apps/team-a/README.md"]),
        Row("notes of all", ["apps/README.md": "y"], ["deploy *: apps/README.md"]),
        Row("a name that can be no app's", ["apps/Team/x/graph.yaml": "y"], ["deploy *: apps/Team/x/graph.yaml"]),
        Row(
            "two namespaces",
            [
                "apps/team-a/live/graph.yaml": graph("team-a_live", 2),
                "apps/team-b/saved/graph.yaml": graph("team-b_saved"),
            ], ["deploy team-a: team-a_live", "deploy team-b: team-b_saved"]),
        Row(
            "a read-only app", ["apps/team-b/locked/graph.yaml": graph("team-b_locked", 2, readOnly: true)],
            ["deploy team-b: team-b_locked"], readOnly: ["team-b_locked"]),
        Row(
            "the label taken off", ["apps/team-b/locked/graph.yaml": graph("team-b_locked")],
            ["deploy team-b: team-b_locked"], readOnly: ["team-b_locked"]),
        Row(
            "the label put on", ["apps/team-a/live/graph.yaml": graph("team-a_live", readOnly: true)],
            ["deploy team-a: team-a_live"]),
        Row(
            "a draft of a read-only app", ["apps/team-b/locked/draft.yaml": graph("team-b_locked", 2)],
            ["save team-b: team-b_locked"], readOnly: ["team-b_locked"]),
        Row(
            "a note beside a read-only app", ["apps/team-b/locked/notes.md": "x"], ["save team-b: team-b_locked"],
            readOnly: ["team-b_locked"]),
        Row(
            "a read-only app that goes", ["apps/team-b/locked/graph.yaml": nil], ["delete team-b: team-b_locked"],
            readOnly: ["team-b_locked"]),
        Row(
            "a read-only app that moves",
            [
                "apps/team-b/locked/graph.yaml": nil,
                "apps/team-b/free/graph.yaml": graph("team-b_free"),
            ],
            ["create team-b: team-b_free", "delete team-b: team-b_locked", "deploy team-b: team-b_free"],
            readOnly: ["team-b_locked"]),
        Row(
            "a read-only draft that goes live", ["apps/team-b/kept/graph.yaml": graph("team-b_kept")],
            ["deploy team-b: team-b_kept"], readOnly: ["team-b_kept"]),
        Row(
            "another file in its place",
            ["apps/team-b/locked/graph.yaml": nil, "apps/team-b/locked/graph.json": "{}"],
            ["deploy team-b: team-b_locked"], readOnly: ["team-b_locked"]),
    ]

    private static func text(_ needs: PushNeeds) -> [String] {
        needs.subjects.map { need, names in
            "\(need.right.rawValue) \(need.namespace ?? "*"): \(names.sorted().joined(separator: ", "))"
        }.sorted()
    }

    @Test(arguments: rows) func aChangeNeedsWhatRESTWould(_ row: Row) async throws {
        let bare = try await BareRepository()
        let head = try await bare.commit(Self.before)
        var files = Self.before
        for (path, text) in row.files { files[path] = text }
        let needs = try bare.verdict(head, try await bare.commit(files, on: head.description)).needs
        #expect(Self.text(needs) == row.needs)
        #expect(needs.readOnly.map(\.description).sorted() == row.readOnly)
        #expect(PushNeeds(needs.json) == needs)
        let question = PushQuestion(needs: needs, commit: head, problems: 2)
        #expect(PushQuestion(line: question.line) == question)
    }

    /// What a commit does and a later one of the same push takes back is a version all the same, or the end of a history.
    @Test func eachCommitOfAPushCounts() async throws {
        let bare = try await BareRepository()
        let head = try await bare.commit(Self.before)
        let emptied = try await bare.commit(["README.md": "x"], on: head.description)
        let back = try await bare.commit(Self.before, on: emptied.description)
        let all = try bare.verdict(head, back).needs
        #expect(
            Set(all.apps.map(\.description)) == [
                "team-a_live", "team-a_both", "team-b_saved", "team-b_locked", "team-b_kept",
            ])
        #expect(all.readOnly.map(\.description).sorted() == ["team-b_kept", "team-b_locked"])
        let rights = Self.text(all)
        for need in ["administer *: rampart.yaml", "delete team-a: team-a_both, team-a_live", "save *: configs/a"] {
            #expect(rights.contains(need), "\(rights)")
        }
        #expect(rights.contains { $0.hasPrefix("create team-b: ") })
        #expect(all.references == ["refs/heads/main"])

        // A graph that is forged and taken back stays as a version, ready to be deployed.
        var files = Self.before
        files["apps/team-b/saved/draft.yaml"] = Self.graph("team-b_saved", 666)
        let forged = try await bare.commit(files, on: head.description)
        let again = try await bare.commit(Self.before, on: forged.description)
        #expect(Self.text(try bare.verdict(head, again).needs) == ["save team-b: team-b_saved"])

        // An app that is read-only from the first of two commits on.
        files = Self.before
        files["apps/team-c/new/graph.yaml"] = Self.graph("team-c_new", readOnly: true)
        let made = try await bare.commit(files, on: head.description)
        files["apps/team-c/new/graph.yaml"] = Self.graph("team-c_new", 2)
        let changed = try await bare.commit(files, on: made.description)
        #expect(try bare.verdict(head, changed).needs.readOnly.map(\.description) == ["team-c_new"])

        // A head that buries the branch under a history of its own is righted, which makes one step of it.
        let root = try await bare.commit([:])
        let foxtrot = try await bare.commit(Self.before, on: root.description, head.description)
        #expect(Self.text(try bare.verdict(head, foxtrot).needs) == [])
        // The first push of all has every step, too.
        #expect(try bare.verdict(nil, back).needs.readOnly.count == 2)
    }

    /// The label in every form in which YAML and JSON can write it, also where the manifest does not check.
    @Test(arguments: [
        ("graph.yaml", "metadata: {labels: {rampart-graph-readonly: 'true'}}", true),
        ("graph.yaml", "metadata: {labels: {rampart-graph-readonly: true}}", false),
        ("graph.yaml", "metadata: {labels: {\"rampart\\x2dgraph\\u002dreadonly\": \"tru\\x65\"}}", true),
        ("graph.json", "{\"metadata\": {\"labels\": {\"rampart\\u002dgraph-readonly\": \"true\"}}}", true),
        ("graph.yaml", "rampart-graph-readonly: [", true), ("graph.yaml", "nonsense: [", false),
        ("graph.yaml", "metadata: {annotations: {rampart-graph-readonly: 'true'}}", false),
        ("graph.yml", "x: &m {labels: {rampart-graph-readonly: 'true'}}\nmetadata: *m\n", true),
    ])
    func theLabelIsFound(_ name: String, _ text: String, _ isReadOnly: Bool) async throws {
        let bare = try await BareRepository()
        let head = try await bare.commit(["apps/team-a/x/\(name)": text])
        let next = try await bare.commit(
            ["apps/team-a/x/graph.yaml": Self.graph("team-a_x")], on: head.description)
        #expect(try bare.verdict(head, next).needs.readOnly.isEmpty != isReadOnly)
    }

    /// Whoever may save all that a branch brings may do with it as they like; tags and notes are for those who deploy.
    @Test func branchesThatAreNotAppliedNeedWhatTheyBring() async throws {
        let bare = try await BareRepository()
        let head = try await bare.commit(Self.before)
        _ = try await bare.git("update-ref", "refs/heads/main", head.description)
        var files = Self.before
        files["apps/team-a/live/graph.yaml"] = Self.graph("team-a_live", 2)
        let one = try await bare.commit(files, on: head.description)
        files["apps/team-b/locked/graph.yaml"] = nil
        files["README.md"] = "y"
        let two = try await bare.commit(files, on: one.description)
        func needs(_ old: ObjectID?, _ new: ObjectID?, _ reference: String = "refs/heads/x") throws -> [String] {
            let verdict = try bare.verdict(old, new, reference)
            #expect(verdict.needs.readOnly == [] && verdict.needs.apps == [] && verdict.commit == nil)
            return Self.text(verdict.needs)
        }
        #expect(try needs(nil, head) == [])
        #expect(try needs(nil, one) == ["save team-a: team-a_live"])
        let both = ["save *: README.md", "save team-a: team-a_live", "save team-b: team-b_locked"]
        #expect(try needs(one, two) == both)
        #expect(try needs(two, one) == both, "what is thrown away counts too")
        #expect(try needs(two, nil) == both)
        #expect(try needs(nil, one, "refs/tags/v1") == ["deploy *: refs/tags/v1"])
        #expect(try needs(nil, one, "refs/notes/x") == ["deploy *: refs/notes/x"])
        let other = try await bare.commit(["apps/team-c/x/draft.yaml": Self.graph("team-c_x")])
        #expect(try needs(nil, other) == ["save team-c: team-c_x"], "a history of its own")
        // The first push of all.
        _ = try await bare.git("update-ref", "-d", "refs/heads/main")
        let first = try bare.verdict(nil, other)
        #expect(Self.text(first.needs) == ["create team-c: team-c_x"] && first.commit == other)
    }

    @Test func answersAreRead() {
        for answer in [PushAnswer.refused([]), .refused(["a", "b\n"]), .failed("x")] {
            #expect(PushAnswer(line: answer.line) == answer)
            #expect(!answer.line.contains("\n"))
        }
        #expect(PushAnswer(line: "{}") == nil && PushAnswer(line: "") == nil && PushQuestion(line: "{}") == nil)
    }
}
