import JSONValues
import YAMLValues

/// One thing that is wrong with a settings file.
public struct SettingsProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public var file: String
    /// Line and column from 1; nil where the whole file is meant.
    public var line: Int?
    public var column: Int?
    /// The way from the file's root: `rules.0.role`.
    public var path: String
    public var message: String

    /// `file:line:column: path: message`.
    public var description: String {
        let place = [file, line.map(String.init), column.map(String.init)].compactMap { $0 }.joined(separator: ":")
        return "\(place): " + (path.isEmpty ? "" : "\(path): ") + message
    }
}

/// Everything that is wrong with a settings file, in the order of its text; at least one.
public struct SettingsProblems: Error, Sendable, Hashable, CustomStringConvertible {
    public let list: [SettingsProblem]

    /// One problem a line.
    public var description: String { list.map(\.description).joined(separator: "\n") }
}

/// A YAML file of settings that is being read: collects what is wrong with it. Values of the file never show in messages,
/// as somebody may have put a secret where none belongs.
struct SettingsFile {
    let json: JSON
    private let file: String
    private let document: YAMLDocument
    private var findings: [(path: [String], message: String)] = []

    /// - Throws: ``SettingsProblems`` where the text does not read as YAML.
    init(_ bytes: [UInt8], file: String) throws(SettingsProblems) {
        self.file = file
        do throws(YAMLProblems) { document = try YAMLDocument(bytes) } catch {
            throw SettingsProblems(
                list: error.list.map { problem in
                    SettingsProblem(
                        file: file, line: problem.line, column: problem.column,
                        path: problem.path.joined(separator: "."), message: problem.message)
                })
        }
        json = document.json
    }

    mutating func refuse(_ path: [String], _ message: String) { findings.append((path, message)) }

    /// - Throws: what was refused.
    func check() throws(SettingsProblems) {
        guard !findings.isEmpty else { return }
        let places = document.places()
        let list = findings.map { finding in
            let place = places.place(finding.path)
            return SettingsProblem(
                file: file, line: place?.line, column: place?.column, path: finding.path.joined(separator: "."),
                message: finding.message)
        }
        throw SettingsProblems(
            list: list.enumerated().sorted { left, right in
                (left.element.line ?? 0, left.element.column ?? 0, left.offset)
                    < (right.element.line ?? 0, right.element.column ?? 0, right.offset)
            }.map(\.element))
    }

    /// The one list of the file, which has no other member, with the members of each of its objects.
    mutating func objects(_ name: String) -> [(path: [String], object: JSONObject)] {
        guard let root = json.object else {
            refuse([], "expected a mapping with the list `\(name)`")
            return []
        }
        for key in root.keys where key != name { refuse([key], "no setting of this file; expected only `\(name)`") }
        guard let list = root[name]?.array else {
            refuse(root.contains(name) ? [name] : [], "expected the list `\(name)`")
            return []
        }
        var objects: [(path: [String], object: JSONObject)] = []
        for (index, value) in list.enumerated() {
            let path = [name, String(index)]
            if let object = value.object {
                objects.append((path, object))
            } else {
                refuse(path, "expected a mapping, found \(value.kindName)")
            }
        }
        return objects
    }

    mutating func onlyMembers(_ object: JSONObject, _ path: [String], _ members: [String]) {
        for key in object.keys where !members.contains(key) {
            refuse(path + [key], "no member of this; expected \(members.joined(separator: ", "))")
        }
    }

    /// A text that must be there unless it is optional; what is missing, empty or no text is refused.
    mutating func text(_ object: JSONObject, _ name: String, _ path: [String], isOptional: Bool = false) -> String? {
        guard let value = object[name], !value.isNull else {
            if !isOptional { refuse(path, "lacks `\(name)`") }
            return nil
        }
        guard let text = value.string, !text.isEmpty else {
            refuse(path + [name], "expected a text, found \(value.string == nil ? value.kindName : "an empty one")")
            return nil
        }
        return text
    }

    /// A list of texts; empty where it is missing.
    mutating func texts(_ object: JSONObject, _ name: String, _ path: [String]) -> [String] {
        guard let value = object[name], !value.isNull else { return [] }
        guard let list = value.array else {
            refuse(path + [name], "expected a list of texts, found \(value.kindName)")
            return []
        }
        var texts: [String] = []
        for (index, element) in list.enumerated() {
            if let text = element.string, !text.isEmpty {
                texts.append(text)
            } else {
                refuse(path + [name, String(index)], "expected a text")
            }
        }
        return texts
    }
}
