import Foundation
public import JSONValues
import Yams

/// Reads YAML as kubectl reads it: one document, into JSON values.
public enum YAMLText {
    /// How much one text may come to.
    enum Limit {
        static let bytes = 4 << 20
        static let depth = 100
        /// Values after aliases are expanded: what a "billion laughs" text would blow up.
        static let values = 200_000
    }

    /// The value of a text.
    /// - Throws: ``Problems`` with line and column.
    public static func value(_ bytes: [UInt8]) throws(Problems) -> JSON { try YAMLDocument(bytes, file: nil).json }
}

/// A YAML text that was read, with the places of its values.
struct YAMLDocument {
    let json: JSON
    private let root: Node?

    init(_ bytes: [UInt8], file: String?) throws(Problems) {
        guard bytes.count <= YAMLText.Limit.bytes else {
            throw Problems([Problem(file: file, path: "", message: "more than \(YAMLText.Limit.bytes >> 20) MiB")])
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problems([Problem(file: file, path: "", message: "the text is not UTF-8")])
        }
        let root: Node?
        do {
            // Without rules nothing is resolved by regular expressions: what a scalar means is decided below.
            root = try Yams.Parser(yaml: text, resolver: .basic, constructor: .default).singleRoot()
        } catch {
            throw Problems(YAMLDocument.problems(error, file: file))
        }
        var converter = Converter()
        json = root.map { converter.value($0, []) } ?? .null
        self.root = root
        guard converter.findings.isEmpty else {
            throw Problems(
                converter.findings.map { finding in
                    Problem(
                        file: file, line: finding.mark?.line, column: finding.mark?.column,
                        path: finding.path.joined(separator: "."), message: finding.message)
                })
        }
    }

    /// Line and column of the value at a path, or of the nearest one above it that is there.
    func place(_ path: [String]) -> (line: Int, column: Int)? {
        guard var node = root else { return nil }
        var mark = node.mark
        for name in path {
            if let mapping = node.mapping, let pair = mapping.first(where: { $0.key.scalar?.string == name }) {
                node = pair.value
                // The key's own place: a value may begin on the next line, or be an alias from elsewhere.
                mark = pair.key.mark ?? mark
            } else if let sequence = node.sequence, let index = Int(name), index < sequence.count {
                node = sequence[index]
                mark = node.mark ?? mark
            } else {
                break
            }
        }
        return mark.map { ($0.line, $0.column) }
    }

    private static func problems(_ error: any Error, file: String?) -> [Problem] {
        func problem(_ mark: Mark?, _ message: String) -> Problem {
            Problem(file: file, line: mark?.line, column: mark?.column, path: "", message: message)
        }
        switch error as? YamlError {
        case .scanner(let context, let text, let mark, _), .parser(let context, let text, let mark, _),
            .composer(let context, let text, let mark, _):
            if "\(context?.text ?? "") \(text)".contains("a single document") {
                return [problem(mark, "a second document begins here; write one document a file")]
            }
            let hint =
                text.contains("\\t") || text.contains("cannot start any token") ? "; indent with spaces, not tabs" : ""
            return [problem(mark, [context?.text, text].compactMap { $0 }.joined(separator: " ") + hint)]
        case .duplicatedKeysInMapping(let keys, let context):
            return keys.map { problem(context.mark, "the key \"\($0)\" stands here a second time") }
        case .reader(let text, _, _, _): return [problem(nil, text)]
        default: return [problem(nil, "\(error)")]
        }
    }
}

/// Makes JSON values of nodes, and collects what has no JSON form.
private struct Converter {
    var findings: [(path: [String], mark: Mark?, message: String)] = []
    private var values = 0

    mutating func value(_ node: Node, _ path: [String]) -> JSON {
        values += 1
        guard values <= YAMLText.Limit.values else {
            if values == YAMLText.Limit.values + 1 {
                refuse(node, path, "more than \(YAMLText.Limit.values) values, aliases expanded")
            }
            return .null
        }
        guard path.count <= YAMLText.Limit.depth else {
            refuse(node, path, "more than \(YAMLText.Limit.depth) levels deep")
            return .null
        }
        switch node {
        case .scalar(let scalar): return self.scalar(scalar, node, path)
        case .sequence(let sequence):
            return .array(sequence.enumerated().map { value($1, path + [String($0)]) })
        case .mapping(let mapping): return self.mapping(mapping, path)
        case .alias:
            refuse(node, path, "an alias to nothing")
            return .null
        }
    }

    private mutating func mapping(_ mapping: Node.Mapping, _ path: [String]) -> JSON {
        var object = JSONObject(minimumCapacity: mapping.count)
        var merged: [JSONObject] = []
        for (key, node) in mapping {
            guard let scalar = key.scalar else {
                refuse(key, path, "a key must be a text")
                continue
            }
            let name = scalar.string
            if scalar.style == .plain {
                if name == "<<" {
                    merged += merge(node, path)
                    continue
                }
                guard case .value(.string) = PlainScalar.meaning(name) else {
                    refuse(key, path + [name], "the key \(name) is no text to YAML; write \"\(name)\" in quotes")
                    continue
                }
            }
            object[name] = value(node, path + [name])
        }
        // A merge key fills in what the mapping itself does not say.
        for other in merged {
            for (name, value) in other where !object.contains(name) { object[name] = value }
        }
        return .object(object)
    }

    private mutating func merge(_ node: Node, _ path: [String]) -> [JSONObject] {
        switch value(node, path + ["<<"]) {
        case .object(let object): return [object]
        case .array(let values) where values.allSatisfy({ $0.object != nil }): return values.compactMap(\.object)
        default:
            refuse(node, path + ["<<"], "expected a mapping, or a list of mappings, to merge")
            return []
        }
    }

    private mutating func scalar(_ scalar: Node.Scalar, _ node: Node, _ path: [String]) -> JSON {
        let tag = scalar.tag.rawValue
        switch tag {
        case "": break
        case "!", "tag:yaml.org,2002:str": return .string(scalar.string)
        default:
            let name = tag.replacing("tag:yaml.org,2002:", with: "!!")
            switch (name, PlainScalar.meaning(scalar.string)) {
            case ("!!int", .value(let value)) where value.kindName == "an integer": return value
            case ("!!float", .value(let value)) where value.double != nil: return .double(value.double ?? 0)
            case ("!!bool", .value(.bool(let value))): return .bool(value)
            case ("!!null", .value(.null)): return .null
            default:
                refuse(node, path, "the tag \(name) has no place in a manifest")
                return .null
            }
        }
        guard scalar.style == .plain else { return .string(scalar.string) }
        switch PlainScalar.meaning(scalar.string) {
        case .value(let value): return value
        case .refused(let why):
            refuse(node, path, why)
            return .null
        }
    }

    private mutating func refuse(_ node: Node, _ path: [String], _ message: String) {
        findings.append((path, node.mark, message))
    }
}
