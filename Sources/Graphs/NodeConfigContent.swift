public import JSONValues

/// What a node config says: an entry of the component library that the UI shows.
public struct NodeConfigContent: Sendable, Hashable {
    public var title: String
    /// `component` or `flow`, to the UI.
    public var type: String
    /// The kind of component or flow, for example `generic-service` or `volume`.
    public var nodeType: String
    /// A note for people; nil where there is none.
    public var message: String?
    /// What a new node begins with.
    public var config: JSONObject

    public init(title: String, type: String, nodeType: String, message: String?, config: JSONObject) {
        self.title = title
        self.type = type
        self.nodeType = nodeType
        self.message = message
        self.config = config
    }

    /// Reads a file and checks it.
    ///
    /// - Parameters:
    ///   - bytes: the file's content in UTF-8.
    ///   - format: the language that the file's name tells.
    ///   - file: how problems are to name the file.
    /// - Throws: all ``Problems`` of the file, in the order of its text, each with line and column.
    public init(reading bytes: [UInt8], format: ManifestFormat, file: String? = nil) throws(Problems) {
        let document = try Document(reading: bytes, format: format, file: file)
        var findings = Findings()
        func refuse(_ path: @autoclosure () -> [String], _ message: @autoclosure () -> String) {
            findings.refuse(path(), message())
        }
        let object = document.json.object ?? [:]
        if document.json.object == nil { refuse([], "expected a node config, found \(document.json.kindName)") }
        for name in object.keys where !Self.members.contains(name) {
            refuse([name], "no member of a node config; expected \(Check.oneOf(Self.members))")
        }
        func text(_ name: String) -> String {
            if let text = object[name]?.string { return text }
            if document.json.object != nil {
                refuse([name], "expected a text\(object[name].map { ", found \($0.kindName)" } ?? "")")
            }
            return ""
        }
        title = text("title")
        type = text("type")
        nodeType = text("nodeType")
        let note = object["message"] ?? .null
        message = note.string
        if !note.isNull, note.string == nil { refuse(["message"], "expected a text, found \(note.kindName)") }
        config = object["config"]?.object ?? [:]
        if document.json.object != nil, object["config"]?.object == nil {
            refuse(["config"], "expected an object\(object["config"].map { ", found \($0.kindName)" } ?? "")")
        }
        guard findings.isEmpty else { throw document.problems(findings) }
    }

    private static let members = ["title", "type", "nodeType", "message", "config"]

    /// The file that says it.
    public func yaml() -> String {
        var object = JSONObject()
        object["title"] = .string(title)
        object["type"] = .string(type)
        object["nodeType"] = .string(nodeType)
        if let message { object["message"] = .string(message) }
        object["config"] = .object(config)
        return YAMLWriter.text(.object(object))
    }
}
