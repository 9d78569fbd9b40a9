public import JSONValues

/// A Grafana dashboard that lies in a repository as a file.
public struct DashboardContent: Sendable, Hashable {
    /// The JSON model, as it was written.
    public let model: JSON
    public let title: String

    /// Reads a file and checks that it is the JSON model of a dashboard, as Grafana shows and exports it.
    ///
    /// - Parameters:
    ///   - bytes: the file's content in UTF-8.
    ///   - file: how problems are to name the file.
    /// - Throws: all ``Problems`` of the file, in the order of its text, each with line and column.
    public init(reading bytes: [UInt8], file: String? = nil) throws(Problems) {
        let document = try Document(reading: bytes, format: .json, file: file)
        let json = document.json
        var findings = Findings()
        func refuse(_ path: @autoclosure () -> [String], _ message: @autoclosure () -> String) {
            findings.refuse(path(), message())
        }
        func expect(_ name: String, _ kind: String, _ isRight: (JSON) -> Bool) {
            guard let value = json[name], !value.isNull, !isRight(value) else { return }
            refuse([name], "expected \(kind), found \(value.kindName)")
        }
        model = json
        title = json["title"]?.string ?? ""
        if json.object == nil {
            refuse([], "expected a dashboard, found \(json.kindName)")
        } else if json["title"] == nil, json.at("dashboard", "title") != nil {
            refuse(["dashboard"], "what the API answers; expected only the dashboard in it")
        } else if json["title"] == nil, json["apiVersion"] != nil {
            refuse(["apiVersion"], "a resource; expected Grafana's JSON model, as its settings show it")
        } else if title.isEmpty {
            refuse(json["title"] == nil ? [] : ["title"], "expected a title")
        }
        expect("uid", "a text") { $0.string != nil }
        expect("schemaVersion", "a number") { $0.int != nil }
        expect("templating", "an object") { $0.object != nil }
        expect("time", "an object") { $0.object != nil }
        expect("tags", "a list of texts") { $0.array?.allSatisfy { $0.string != nil } == true }
        expect("panels", "a list") { $0.array != nil }
        for (index, panel) in (json["panels"]?.array ?? []).enumerated() {
            if panel.object == nil {
                refuse(["panels", String(index)], "expected a panel, found \(panel.kindName)")
            } else if panel["type"]?.string == nil {
                refuse(["panels", String(index)], "expected a panel with a type")
            }
        }
        guard findings.isEmpty else { throw document.problems(findings) }
    }
}
