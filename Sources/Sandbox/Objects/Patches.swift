import JSONValues

/// JSON merge patch (RFC 7396) and JSON patch (RFC 6902), with the API server's refusals.
enum Patches {
    static func merge(_ target: JSON, _ patch: JSON) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        var object = target.object ?? [:]
        for (name, value) in changes {
            object[name] = value.isNull ? nil : merge(object[name] ?? .null, value)
        }
        return .object(object)
    }

    /// - Throws: ``StatusError`` 422 where an operation does not fit the object, 400 where the patch is no patch.
    static func apply(_ patch: JSON, to target: JSON) throws(StatusError) -> JSON {
        guard let operations = patch.array else {
            throw .badRequest(
                "error decoding patch: json: cannot unmarshal \(patch.object == nil ? "string" : "object") into Go "
                    + "value of type []handlers.jsonPatchOp")
        }
        guard operations.count <= 10_000 else {
            throw StatusError(
                413, "RequestEntityTooLarge",
                "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got "
                    + "\(operations.count)")
        }
        var value = target
        for operation in operations { value = try apply(operation: operation, to: value) }
        return value
    }

    private static func apply(operation: JSON, to target: JSON) throws(StatusError) -> JSON {
        let path = try pointer(operation["path"]?.string)
        switch operation["op"]?.string {
        case "add": return try set(target, path[...], operation["value"] ?? .null, inserting: true)
        case "replace":
            // As the library that the API server uses has it: a member may be missing, its object may not.
            let parent = get(target, Array(path.dropLast()))
            guard get(target, path) != nil || parent?.object != nil else { throw missing("replace", operation) }
            return try set(target, path[...], operation["value"] ?? .null, inserting: false)
        case "remove":
            guard get(target, path) != nil else { throw missing("remove", operation) }
            return try remove(target, path[...])
        case "test":
            guard get(target, path) ?? .null == operation["value"] ?? .null else {
                throw refused("testing value \(operation["path"]?.string ?? "") failed: test failed")
            }
            return target
        case "move", "copy":
            let from = try pointer(operation["from"]?.string)
            guard let value = get(target, from) else { throw missing("move", operation) }
            let base = operation["op"]?.string == "move" ? try remove(target, from[...]) : target
            return try set(base, path[...], value, inserting: true)
        default:
            throw refused("Unexpected kind: \(operation["op"]?.string ?? "")")
        }
    }

    private static func missing(_ verb: String, _ operation: JSON) -> StatusError {
        refused(
            "\(verb) operation does not apply: doc is missing path: \(operation["path"]?.string ?? ""): missing value")
    }

    private static func refused(_ detail: String) -> StatusError {
        StatusError(
            422, "Invalid", "the server rejected our request due to an error in our request", details: [:])
    }

    private static func pointer(_ text: String?) throws(StatusError) -> [String] {
        guard let text, text.isEmpty || text.hasPrefix("/") else { throw refused("no path") }
        return text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0.replacing("~1", with: "/").replacing("~0", with: "~"))
        }
    }

    private static func get(_ value: JSON, _ path: [String]) -> JSON? {
        var value = value
        for name in path {
            guard let next = value[name] ?? Int(name).flatMap({ value[$0] }) else { return nil }
            value = next
        }
        return value
    }

    private static func set(
        _ value: JSON, _ path: ArraySlice<String>, _ new: JSON, inserting: Bool
    ) throws(StatusError) -> JSON {
        guard let name = path.first else { return new }
        let isLast = path.count == 1
        switch value {
        case .object(var object):
            if isLast {
                object[name] = new
            } else {
                guard let member = object[name] else { throw refused("missing path") }
                object[name] = try set(member, path.dropFirst(), new, inserting: inserting)
            }
            return .object(object)
        case .array(var values):
            if isLast, inserting {
                let index = name == "-" ? values.count : Int(name) ?? -1
                guard (0...values.count).contains(index) else { throw refused("index out of bounds") }
                values.insert(new, at: index)
            } else {
                guard let index = Int(name), values.indices.contains(index) else { throw refused("index") }
                values[index] = try set(values[index], path.dropFirst(), new, inserting: inserting)
            }
            return .array(values)
        default:
            throw refused("not a container")
        }
    }

    private static func remove(_ value: JSON, _ path: ArraySlice<String>) throws(StatusError) -> JSON {
        guard let name = path.first else { return .null }
        switch value {
        case .object(var object):
            if path.count == 1 {
                object[name] = nil
            } else if let member = object[name] {
                object[name] = try remove(member, path.dropFirst())
            }
            return .object(object)
        case .array(var values):
            guard let index = Int(name), values.indices.contains(index) else { throw refused("index") }
            if path.count == 1 {
                values.remove(at: index)
            } else {
                values[index] = try remove(values[index], path.dropFirst())
            }
            return .array(values)
        default:
            throw refused("not a container")
        }
    }
}
