import Graphs
public import JSONValues

/// The description of REST as an OpenAPI 3.1 document.
///
/// It is written by hand, in the files of `Subjects`; here it is only put together. What any operation can answer is
/// added to each, so that nobody forgets it.
public struct Document: Sendable {
    public let json: JSON

    /// - Parameter basePath: empty, or `/` and the parts of the base path, without a slash at the end.
    /// - Throws: where a subject is no YAML, two say the same name, or an error is none of those described.
    public init(basePath: String) throws { try self.init(basePath: basePath, subjects: Subject.all) }

    init(basePath: String, subjects: [Subject]) throws {
        var parts = DocumentParts()
        for subject in subjects { try parts.take(subject) }
        let graph = GraphComponents(RampartGraphSchema.json)
        for (name, schema) in graph.schemas { try parts.component("schemas", name, schema) }
        parts.components["securitySchemes"] = [
            "bearer": [
                "type": "http", "scheme": "bearer",
                "description": "A token of the service's tokens file, of its OpenID Connect issuer or of the cluster.",
            ]
        ]
        json = [
            "openapi": "3.1.0", "info": Self.info, "servers": [["url": .string(basePath.isEmpty ? "/" : basePath)]],
            // None is needed where the service runs without authentication, nor for probes and webhooks.
            "security": [["bearer": []], [:]], "tags": .array(parts.tags), "paths": .object(try parts.paths()),
            "components": .object(parts.components),
        ]
    }
}

/// What the subjects say, until it is put together.
private struct DocumentParts {
    var tags: [JSON] = []
    var components = JSONObject()
    private var items: [(path: String, tag: String, item: JSONObject)] = []
    private var errors = ErrorCatalogue()

    private static let kinds = ["schemas", "parameters", "headers", "responses", "examples"]

    mutating func take(_ subject: Subject) throws {
        let json = try subject.json()
        for (key, value) in json.object ?? [:] {
            switch key {
            case "description": tags.append(["name": .string(subject.name), "description": value])
            case "paths":
                for (path, item) in value.object ?? [:] {
                    guard !items.contains(where: { $0.path == path }), let item = item.object else {
                        throw DescriptionError("\(subject.name): \(path) is described twice, or is no object")
                    }
                    items.append((path, subject.name, item))
                }
            case "errors":
                for (state, entry) in value.object ?? [:] { try errors.add(state, entry) }
            case _ where Self.kinds.contains(key):
                for (name, component) in value.object ?? [:] { try self.component(key, name, component) }
            default: throw DescriptionError("\(subject.name): there is nothing called \(key) in a subject")
            }
        }
    }

    mutating func component(_ kind: String, _ name: String, _ component: JSON) throws {
        var all = components[kind]?.object ?? [:]
        guard all.updateValue(component, forKey: name) == nil else {
            throw DescriptionError("\(kind): \(name) is there twice")
        }
        components[kind] = .object(all)
    }

    func paths() throws -> JSONObject {
        var paths = JSONObject()
        for (path, tag, item) in items {
            var whole = item
            for (method, operation) in item where Operation.methods.contains(method) {
                do {
                    whole[method] = try Operation(method, path, operation.object ?? [:], tag: tag).json(errors)
                } catch {
                    throw DescriptionError("\(method) \(path): \(error)")
                }
            }
            paths[path] = .object(whole)
        }
        return paths
    }
}

/// The schema of graphs as components, so that references from outside can name its parts: `RampartGraph` and
/// `RampartGraph.component` for `#/$defs/component`.
struct GraphComponents {
    private(set) var schemas: [(name: String, schema: JSON)] = []

    init(_ schema: JSON) {
        var whole = schema
        whole["$schema"] = nil
        whole["$defs"] = nil
        schemas.append(("RampartGraph", Self.renamed(whole)))
        for (name, part) in schema["$defs"]?.object ?? [:] {
            schemas.append(("RampartGraph.\(name)", Self.renamed(part)))
        }
    }

    private static func renamed(_ json: JSON) -> JSON {
        switch json {
        case .array(let values): return .array(values.map(renamed))
        case .object(let object):
            var result = object.mapValues(renamed)
            if let target = object["$ref"]?.string, target.hasPrefix("#/$defs/") {
                result["$ref"] = .string("#/components/schemas/RampartGraph." + target.dropFirst("#/$defs/".count))
            }
            return .object(result)
        default: return json
        }
    }
}
