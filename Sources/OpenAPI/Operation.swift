import JSONValues

/// An operation as it is written by hand, and what is added to it.
struct Operation {
    static let methods = ["get", "post", "put", "delete", "patch", "head", "options"]
    /// Why a remote may not take what is committed.
    private static let remoteFailures = [
        "unreachable", "timed_out", "unknown_outcome", "refused", "untrusted", "not_found", "branch_missing", "full",
        "read_only", "failed",
    ]

    private let method: String
    private let path: String
    private var object: JSONObject
    private let tag: String

    /// - Parameter path: with its parameters in braces.
    init(_ method: String, _ path: String, _ object: JSONObject, tag: String) {
        self.method = method
        self.path = path
        self.object = object
        self.tag = tag
    }

    /// The operation with its tag, and its errors as whole responses in the order of their codes.
    func json(_ catalogue: ErrorCatalogue) throws -> JSON {
        var result: JSONObject = ["tags": [.string(tag)]]
        for (key, value) in object where key != "errors" { result[key] = value }
        var responses: [(code: String, response: JSON)] = (object["responses"]?.object ?? [:]).map { ($0, $1) }
        for (code, states) in errors {
            guard !responses.contains(where: { $0.code == code }) else {
                throw DescriptionError("\(code) is among the responses and among the errors")
            }
            responses.append((code, try catalogue.response(states)))
        }
        result["responses"] = .object(JSONObject(pairs: responses.sorted { $0.code < $1.code }.map { ($0, $1) }))
        return .object(result)
    }

    /// The states by code: those that are written, and those that every operation of its kind has.
    private var errors: [String: [String]] {
        var errors = (object["errors"]?.object ?? [:]).reduce(into: [String: [String]]()) { errors, entry in
            errors[entry.key] = (entry.value.array ?? []).compactMap(\.string)
        }
        errors["500", default: []].append("unexpected")
        if path != "/healthz", path != "/readyz" {
            errors["414", default: []].append("url_too_long")
            errors["429", default: []].append("too_many_requests")
            // What speaks git's protocol says in plain text why it is busy.
            let ownsBusy = object["responses"]?["503"] != nil
            if !ownsBusy { errors["503", default: []].append("busy") }
            // What proves a secret of its own asks for no caller.
            if !path.contains("/webhooks/") {
                errors["401", default: []].append("unauthorized")
                errors["403", default: []].append("forbidden")
                errors["421", default: []].append("host_not_allowed")
                if !ownsBusy { errors["503", default: []].append("access_unknown") }
            }
        }
        if path.contains("{") { errors["404", default: []].append("no_such_path") }
        if method != "get" { errors["403", default: []].append("origin_not_allowed") }
        if errors["503"]?.contains("repository_busy") == true {
            // What is committed here may have to be on a remote first.
            errors["403", default: []].append("remote_follows_only")
            errors["422", default: []].append("remote_declined")
            errors["503", default: []].append("branch_not_verified")
            errors["503", default: []] += Self.remoteFailures.map { "remote_\($0)" }
        }
        if object["requestBody"]?.at("content", "application/json") != nil {
            errors["408", default: []].append("body_too_slow")
            errors["413", default: []].append("body_too_large")
        }
        return errors
    }
}

/// The errors that the subjects describe, by their state.
struct ErrorCatalogue {
    private var entries: [String: JSON] = [:]

    mutating func add(_ state: String, _ entry: JSON) throws {
        guard entries.updateValue(entry, forKey: state) == nil else {
            throw DescriptionError("the error \(state) is described twice")
        }
    }

    /// The response for a code that has one of some states.
    func response(_ states: [String]) throws -> JSON {
        var plain: [JSON] = []
        var facts = JSONObject()
        var schemas: [JSON] = []
        var lines: [String] = []
        var headers = JSONObject()
        var examples = JSONObject()
        for state in states {
            guard let entry = entries[state], let when = entry["when"]?.string else {
                throw DescriptionError("no subject describes the error \(state)")
            }
            lines.append(
                states.count == 1 ? when : "- `\(state)`: \(when.split(separator: "\n").joined(separator: " "))")
            for (name, header) in entry["headers"]?.object ?? [:] { headers[name] = header }
            let name = state.replacing(" ", with: "_")
            let word = entry["state"] ?? .string(state)
            for (fact, schema) in entry["facts"]?.object ?? [:] { facts[fact] = schema }
            if let schema = entry["schema"] {
                if !schemas.contains(schema) { schemas.append(schema) }
                examples[name] = ["value": entry["example"] ?? .null]
            } else {
                plain.append(word)
                examples[name] = ["value": ["state": word, "message": entry["message"] ?? .null]]
            }
        }
        if !plain.isEmpty { schemas.insert(Self.error(plain, facts), at: 0) }
        var response: JSONObject = ["description": .string(lines.joined(separator: "\n"))]
        if !headers.isEmpty { response["headers"] = .object(headers) }
        response["content"] = [
            "application/json": [
                "schema": schemas.count == 1 ? schemas[0] : ["anyOf": .array(schemas)], "examples": .object(examples),
            ]
        ]
        return .object(response)
    }

    /// The one shape, with a state that is one of some.
    private static func error(_ states: [JSON], _ facts: JSONObject) -> JSON {
        var properties: JSONObject = ["state": ["enum": .array(states)]]
        for (name, schema) in facts { properties[name] = schema }
        return [
            "allOf": [
                ["$ref": "#/components/schemas/Error"],
                ["type": "object", "required": ["state"], "properties": .object(properties)],
            ]
        ]
    }
}
