import JSONValues

/// A structural schema: what a field may hold, and how server-side apply sees it.
final class Schema: Sendable {
    let type: String?
    let properties: [String: Schema]
    /// The schema of members that no property names.
    let additional: Schema?
    /// Whether members that nothing declares are kept.
    let preserves: Bool
    let required: [String]
    let items: Schema?
    /// `set`, or `map` with its key; nil for a list that is one value.
    let listKind: ListKind?

    enum ListKind: Sendable {
        case set
        case map(key: String)
    }

    init(
        type: String?, properties: [String: Schema] = [:], additional: Schema? = nil, preserves: Bool = false,
        required: [String] = [], items: Schema? = nil, listKind: ListKind? = nil
    ) {
        self.type = type
        self.properties = properties
        self.additional = additional
        self.preserves = preserves
        self.required = required
        self.items = items
        self.listKind = listKind
    }

    /// The schema of a member; nil where nothing declares it.
    func member(_ name: String) -> Schema? { properties[name] ?? additional }

    static let string = Schema(type: "string")
    static let anything = Schema(type: nil, preserves: true)
    static let stringMap = Schema(type: "object", additional: .string)

    /// `ObjectMeta`.
    static let metadata = Schema(
        type: "object",
        properties: [
            "name": .string, "generateName": .string, "namespace": .string, "uid": .string, "selfLink": .string,
            "resourceVersion": .string, "creationTimestamp": .anything, "deletionTimestamp": .anything,
            "generation": .anything, "deletionGracePeriodSeconds": .anything, "managedFields": .anything,
            "labels": .stringMap, "annotations": .stringMap,
            "finalizers": Schema(type: "array", items: .string, listKind: .set),
            "ownerReferences": Schema(type: "array", items: .anything, listKind: .map(key: "uid")),
        ])

    /// An object whose spec is checked by nothing here: the built-in types.
    static let open = Schema(
        type: "object", properties: ["apiVersion": .string, "kind": .string, "metadata": .metadata], preserves: true)

    /// RampartGraph, as its CustomResourceDefinition says (`hack/rampartgraph-crd.yaml`).
    static let rampartGraph: Schema = {
        let member = Schema(type: "object", preserves: true)
        let map = Schema(type: "object", additional: member)
        let graph = Schema(
            type: "object", properties: ["components": map, "flows": map], required: ["components", "flows"])
        let spec = Schema(
            type: "object", properties: ["deploy": Schema(type: "boolean"), "graph": graph], required: ["graph"])
        let status = Schema(
            type: "object",
            properties: [
                "phase": .string, "reason": .string, "messages": .string, "lastModified": .string,
                "observedGeneration": Schema(type: "integer"), "endpointPaths": .string,
                "componentNamespaces": Schema(type: "array", items: .string),
            ], preserves: true)
        return Schema(
            type: "object",
            properties: [
                "apiVersion": .string, "kind": .string, "metadata": .metadata, "spec": spec, "status": status,
            ],
            required: ["spec"])
    }()

    static func of(_ kind: ResourceKind) -> Schema { kind.isCustom ? rampartGraph : open }
}

extension Schema {
    /// Drops members that nothing declares.
    /// - Returns: what is left, and the paths dropped, sorted.
    func pruned(_ value: JSON) -> (value: JSON, dropped: [String]) {
        var dropped: [String] = []
        let value = prune(value, at: "", &dropped)
        return (value, dropped.sorted())
    }

    private func prune(_ value: JSON, at path: String, _ dropped: inout [String]) -> JSON {
        switch value {
        case .object(let object):
            var kept = JSONObject(minimumCapacity: object.count)
            for (name, member) in object {
                let below = path.isEmpty ? name : "\(path).\(name)"
                if let schema = self.member(name) {
                    kept[name] = schema.prune(member, at: below, &dropped)
                } else if preserves || type != "object" {
                    kept[name] = member
                } else {
                    dropped.append(below)
                }
            }
            return .object(kept)
        case .array(let values):
            guard let items else { return value }
            return .array(values.enumerated().map { items.prune($1, at: "\(path)[\($0)]", &dropped) })
        default:
            return value
        }
    }

    /// What a value violates, in the API server's words and order.
    func violations(_ value: JSON, at path: String = "") -> [StatusError.Cause] {
        if let type, type != Schema.typeName(value), !(type == "number" && value.double != nil) {
            return [.type(path, expected: type, found: Schema.typeName(value))]
        }
        switch value {
        case .object(let object):
            var causes: [StatusError.Cause] = []
            for name in required where object[name] == nil || object[name]?.isNull == true {
                causes.append(.required(path.isEmpty ? name : "\(path).\(name)"))
            }
            for (name, member) in object.sorted() where !(required.contains(name) && member.isNull) {
                guard path.isEmpty ? name != "metadata" : true, let schema = self.member(name) else { continue }
                causes += schema.violations(member, at: path.isEmpty ? name : "\(path).\(name)")
            }
            return causes
        case .array(let values):
            guard let items else { return [] }
            return values.enumerated().flatMap { items.violations($1, at: "\(path)[\($0)]") }
        default:
            return []
        }
    }

    private static func typeName(_ value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .int: "integer"
        case .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
