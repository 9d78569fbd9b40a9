import JSONValues

/// A refusal as the API server words it: a `Status` object with its HTTP code.
///
/// The texts are those of kube-apiserver 1.36; clients match some of them.
struct StatusError: Error, Sendable {
    let code: Int
    let reason: String
    let message: String
    var details: JSON?
    /// Seconds for the `Retry-After` header.
    var retryAfter: Int?

    init(_ code: Int, _ reason: String, _ message: String, details: JSON? = nil, retryAfter: Int? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.retryAfter = retryAfter
    }

    /// The `Status` body.
    var json: JSON {
        var object: JSON = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
            "message": .string(message),
        ]
        if !reason.isEmpty { object["reason"] = .string(reason) }
        if let details { object["details"] = details }
        object["code"] = .int(Int64(code))
        return object
    }

    /// One thing wrong in a field.
    struct Cause: Sendable {
        let reason: String
        let message: String
        let field: String

        static func required(_ field: String, _ detail: String = "") -> Cause {
            Cause(
                reason: "FieldValueRequired", message: "Required value" + (detail.isEmpty ? "" : ": \(detail)"),
                field: field)
        }

        static func invalid(_ field: String, _ value: String, _ detail: String) -> Cause {
            Cause(reason: "FieldValueInvalid", message: "Invalid value: \(value): \(detail)", field: field)
        }

        static func type(_ field: String, expected: String, found: String) -> Cause {
            Cause(
                reason: "FieldValueTypeInvalid",
                message: "Invalid value: \"\(found)\": \(field) in body must be of type \(expected): \"\(found)\"",
                field: field)
        }

        var json: JSON { ["reason": .string(reason), "message": .string(message), "field": .string(field)] }
    }
}

extension StatusError {
    static func notFound(_ type: ResourceKind, _ name: String) -> StatusError {
        StatusError(404, "NotFound", "\(type.qualified) \"\(name)\" not found", details: type.details(name))
    }

    static func alreadyExists(_ type: ResourceKind, _ name: String, terminating: Bool) -> StatusError {
        let prefix = terminating ? "object is being deleted: " : ""
        return StatusError(
            409, "AlreadyExists", "\(prefix)\(type.qualified) \"\(name)\" already exists", details: type.details(name))
    }

    static func badRequest(_ message: String) -> StatusError { StatusError(400, "BadRequest", message) }

    static func conflict(_ type: ResourceKind, _ name: String, _ why: String) -> StatusError {
        StatusError(
            409, "Conflict", "Operation cannot be fulfilled on \(type.qualified) \"\(name)\": \(why)",
            details: type.details(name))
    }

    static func modified(_ type: ResourceKind, _ name: String) -> StatusError {
        conflict(
            type, name, "the object has been modified; please apply your changes to the latest version and try again")
    }

    /// 422 for an object: one cause in the message's own line, several in brackets.
    static func invalid(kind: String, group: String, name: String, _ causes: [Cause]) -> StatusError {
        // A cause that comes twice is listed twice but said once.
        var texts: [String] = []
        for cause in causes {
            let text = "\(cause.field): \(cause.message)"
            if !texts.contains(text) { texts.append(text) }
        }
        let list = texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
        let qualified = group.isEmpty ? kind : "\(kind).\(group)"
        var details: JSON = [:]
        if !name.isEmpty { details["name"] = .string(name) }
        if !group.isEmpty { details["group"] = .string(group) }
        details["kind"] = .string(kind)
        details["causes"] = .array(causes.map(\.json))
        return StatusError(422, "Invalid", "\(qualified) \"\(name)\" is invalid: \(list)", details: details)
    }

    static func unsupportedMediaType(_ accepted: [String]) -> StatusError {
        StatusError(
            415, "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: "
                + accepted.joined(separator: ", "))
    }

    static let methodNotAllowed = StatusError(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource", details: [:])
}
