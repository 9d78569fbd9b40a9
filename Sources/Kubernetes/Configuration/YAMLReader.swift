import JSONValues
import Yams

/// Reads YAML, or JSON, as JSON values.
enum YAMLReader {
    /// How many values one file may have, aliases counted as often as they are used.
    private static let limit = 200_000

    static func read(_ text: String, file: String) throws(ConfigurationError) -> JSON {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw ConfigurationError(file: file, message: "does not read as YAML: \(problem(error))")
        } catch {
            throw ConfigurationError(file: file, message: "does not read as YAML: \(error)")
        }
        guard let node else { return .null }
        var left = limit
        return try convert(node, file: file, left: &left)
    }

    /// What is wrong and where, but never the text there, which may be a secret.
    private static func problem(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line), column \(mark.column): \(problem)"
        case .duplicatedKeysInMapping: "a mapping has a key twice"
        default: "it is no valid text"
        }
    }

    private static func convert(_ node: Node, file: String, left: inout Int) throws(ConfigurationError) -> JSON {
        left -= 1
        guard left > 0 else { throw ConfigurationError(file: file, message: "holds too many values") }
        switch node {
        case .scalar(let scalar): return convert(scalar, node)
        case .sequence(let sequence):
            var values: [JSON] = []
            for element in sequence { values.append(try convert(element, file: file, left: &left)) }
            return .array(values)
        case .mapping(let mapping):
            var object = JSONObject(minimumCapacity: mapping.count)
            for (key, value) in mapping {
                guard let name = key.scalar?.string else {
                    throw ConfigurationError(file: file, message: "a mapping has a key that is no string")
                }
                object[name] = try convert(value, file: file, left: &left)
            }
            return .object(object)
        case .alias: throw ConfigurationError(file: file, message: "holds an alias without its anchor")
        }
    }

    private static func convert(_ scalar: Node.Scalar, _ node: Node) -> JSON {
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        switch Tag.Name(rawValue: node.tag.description) {
        case .null: return .null
        case .bool: return node.bool.map { .bool($0) } ?? .string(scalar.string)
        case .int: return node.int.map { .int(Int64($0)) } ?? .string(scalar.string)
        case .float: return node.float.map { .double($0) } ?? .string(scalar.string)
        default: return .string(scalar.string)
        }
    }
}
