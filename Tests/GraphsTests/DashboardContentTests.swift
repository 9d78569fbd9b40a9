import Graphs
import Testing

@Suite struct DashboardContentTests {
    @Test(
        arguments: [
            (#"{"title": "T"}"#, nil), (#"{"title": "T", "panels": [{"type": "logs"}], "tags": ["a"]}"#, nil),
            (#"{"panels": []}"#, "1:1: expected a title"), (#"{"title": ""}"#, "1:11: title: expected a title"),
            (#"[1]"#, "1:1: expected a dashboard, found a list"),
            (#"{"title": "T", "panels": {}}"#, "1:26: panels: expected a list, found an object"),
            ("{\n  \"title\": \"T\",\n  \"panels\": [{}]\n}", "3:14: panels.0: expected a panel with a type"),
            (#"{"title": "T", "tags": [1]}"#, "1:24: tags: expected a list of texts, found a list"),
            (
                #"{"dashboard": {"title": "T"}, "meta": {}}"#,
                "1:15: dashboard: what the API answers; expected only the dashboard in it"
            ),
        ] as [(String, String?)])
    func saysWhatIsWrongAndWhere(_ text: String, _ problem: String?) {
        do {
            let content = try DashboardContent(reading: Array(text.utf8))
            #expect(problem == nil)
            #expect(content.title == "T")
        } catch {
            #expect(error.list.first?.description == problem)
        }
    }
}
