import Apps
import Git
import Graphs
import Testing

@Suite struct LayoutTests {
    @Test func knowsThePlacesOfAnApp() throws {
        let demo = try id("default_demo")
        #expect(Layout.place(of: "apps/default/demo/graph.yaml") == .live(demo, file: "graph.yaml"))
        #expect(Layout.place(of: "apps/default/demo/graph.yml") == .live(demo, file: "graph.yml"))
        #expect(Layout.place(of: "apps/default/demo/graph.json") == .live(demo, file: "graph.json"))
        #expect(Layout.place(of: "apps/default/demo/draft.yaml") == .draft(demo, file: "draft.yaml"))
        #expect(Layout.place(of: "apps/default/demo/dashboards/a.json") == .dashboard(demo, file: "a.json"))
        #expect(Layout.place(of: "apps/default/demo/README.md") == .inApp(demo))
        #expect(Layout.place(of: "apps/default/demo/x/graph.yaml") == .inApp(demo))
        #expect(Layout.place(of: "configs/a-b.c.yaml") == .config(id: "a-b.c"))
        #expect(Layout.place(of: "rampart.yaml") == .settings)
    }

    @Test(arguments: [
        "README.md", "CODEOWNERS", ".github/workflows/check.yaml", "appsx/a/b/graph.yaml", "apps.txt", "configs",
        "configs/.yaml", "configs/a/b.yaml", "docs/apps/a/b/graph.yaml", "apps/README.md", "apps/default/NOTES.txt",
        "apps/.gitkeep",
    ])
    func leavesOtherFilesAlone(_ path: String) { #expect(Layout.place(of: path) == .other) }

    @Test(arguments: [
        ("apps/Default/demo/graph.yaml", EntryKind.file, "apps/Default"),
        ("apps/default/de_mo/graph.yaml", .file, "apps/default/de_mo"),
        ("apps/default/demo.old/x", .file, "apps/default/demo.old"),
        ("apps/default/\u{FFFD}/x", .file, "apps/default/\u{FFFD}"),
        ("apps/.hidden/demo/graph.yaml", .file, "apps/.hidden"),
        ("apps", .link, "apps"), ("apps/default", .link, "apps/default"),
        ("apps/default/demo", .link, "apps/default/demo"), ("apps/default/demo", .submodule, "apps/default/demo"),
        ("apps/README.md", .link, "apps/README.md"),
        ("apps/default/demo/dashboards/a.json", .link, "apps/default/demo/dashboards/a.json"),
        ("apps/default/demo", .file, "apps/default/demo"), ("apps/default", .file, "apps/default"),
        ("apps/default/graph.yaml", .file, "apps/default/graph.yaml"),
        ("apps/default/demo/graph.yaml/x", .file, "apps/default/demo/graph.yaml"),
    ])
    func callsTheRestAnError(_ path: String, _ kind: EntryKind, _ file: String) {
        guard case .stray(let problem) = Layout.place(of: path, kind: kind) else {
            Issue.record("\(path) is \(Layout.place(of: path, kind: kind))")
            return
        }
        #expect(problem.file == file)
        #expect(!problem.message.isEmpty)
    }
}
