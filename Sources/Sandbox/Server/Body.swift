import Graphs
import JSONValues

/// Reads the bodies of writes.
enum Body {
    static let limit = 3 << 20

    /// - Throws: 415 for a form that nobody reads, 400 for what does not read.
    static func object(_ bytes: [UInt8], contentType: String?, kind: ResourceKind) throws(StatusError) -> JSON {
        switch mediaType(contentType) {
        case "", "application/json": break
        case "application/yaml": return try yaml(bytes)
        case "application/vnd.kubernetes.protobuf": return try Protobuf.object(bytes)
        default:
            throw .unsupportedMediaType(["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"])
        }
        let json = try json(bytes, kind)
        guard json["kind"]?.string ?? "" != "" else {
            if json.object != nil, kind == .namespaces { return json }
            if json.object != nil, kind.kind == "Event" {
                var event = json
                (event["kind"], event["apiVersion"]) = (.string(kind.kind), .string(kind.apiVersion))
                return event
            }
            throw .badRequest(
                "the object provided is unrecognized (must be of type \(kind.kind)): Object 'Kind' is missing in "
                    + "'\(String(decoding: bytes.prefix(200), as: UTF8.self))'")
        }
        let apiVersion = json["apiVersion"]?.string ?? ""
        guard apiVersion == kind.apiVersion else {
            throw .badRequest(
                "the API version in the data (\(apiVersion)) does not match the expected API version "
                    + "(\(kind.apiVersion))")
        }
        guard json["kind"]?.string == kind.kind else {
            let found = json["kind"]?.string ?? ""
            throw .invalid(
                kind: found, group: kind.group, name: json.at("metadata", "name")?.string ?? "",
                [.invalid("kind", "\"\(found)\"", "must be \(kind.kind)")])
        }
        try MetadataRules.requireTypes(json, kind: kind)
        return json
    }

    /// A patch and its kind.
    static func patch(_ bytes: [UInt8], contentType: String?, kind: ResourceKind) throws(StatusError) -> (
        PatchType, JSON
    ) {
        switch mediaType(contentType) {
        case "application/merge-patch+json": return (.merge, try mergePatch(bytes))
        case "application/strategic-merge-patch+json" where !kind.isCustom: return (.merge, try mergePatch(bytes))
        case "application/json-patch+json": return (.json, try json(bytes, kind))
        case "application/apply-patch+yaml": return (.apply, try yaml(bytes))
        default:
            throw .unsupportedMediaType(
                ["application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"])
        }
    }

    private static func mergePatch(_ bytes: [UInt8]) throws(StatusError) -> JSON {
        guard let json = try? JSON(parsing: bytes) else {
            throw .badRequest("error decoding patch: unexpected end of JSON input")
        }
        if json.isNull { throw .badRequest("Invalid JSON Patch") }
        guard json.object != nil else {
            let found = json.array == nil ? json.string == nil ? "number" : "string" : "array"
            throw .badRequest(
                "error decoding patch: json: cannot unmarshal \(found) into Go value of type map[string]interface {}")
        }
        return json
    }

    private static func json(_ bytes: [UInt8], _ kind: ResourceKind) throws(StatusError) -> JSON {
        do { return try JSON(parsing: bytes) } catch {
            throw .badRequest(
                "the object provided is unrecognized (must be of type \(kind.kind)): couldn't get version/kind; json "
                    + "parse error: \(error.message)")
        }
    }

    /// YAML, most often JSON in it.
    private static func yaml(_ bytes: [UInt8]) throws(StatusError) -> JSON {
        if let json = try? JSON(parsing: bytes) { return json }
        do { return try YAMLText.value(bytes) } catch {
            throw .badRequest("error decoding YAML: error converting YAML to JSON: yaml: \(error)")
        }
    }

    static func mediaType(_ header: String?) -> String {
        String((header ?? "").split(separator: ";").first ?? "").lowercased().filter { !$0.isWhitespace }
    }
}
