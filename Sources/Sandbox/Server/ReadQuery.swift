import JSONValues

/// The rules for the query of a get, a list and a watch (`ValidateListOptions` of apimachinery).
struct ReadQuery: Sendable {
    let query: Query
    /// The newest resource version of the cluster.
    let revision: Int

    private var resourceVersion: String { query["resourceVersion"] ?? "" }
    private var match: String { query["resourceVersionMatch"] ?? "" }
    private var continuation: String { query["continue"] ?? "" }

    /// - Throws: 500 where the resource version is none, as a real server does, 504 where it is yet to come.
    func checkGet() throws(StatusError) {
        if let problem = numberProblem { throw StatusError(500, "", problem) }
        try checkFuture()
    }

    func checkList() throws(StatusError) {
        if let limit = query["limit"], !limit.isEmpty, Int(limit) == nil {
            throw .badRequest("strconv.ParseInt: parsing \"\(limit)\": invalid syntax")
        }
        var causes: [StatusError.Cause] = []
        if !match.isEmpty {
            if resourceVersion.isEmpty {
                causes.append(forbidden("resourceVersionMatch is forbidden unless resourceVersion is provided"))
            }
            if !["Exact", "NotOlderThan"].contains(match) {
                causes.append(unsupported(["\"Exact\"", "\"NotOlderThan\"", "\"\""]))
            } else if match == "Exact", resourceVersion == "0" {
                causes.append(forbidden("resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""))
            }
        }
        if query["sendInitialEvents"] != nil {
            causes.append(forbidden("sendInitialEvents is forbidden for list", field: "sendInitialEvents"))
        }
        try refuse(causes)
        if !continuation.isEmpty, !resourceVersion.isEmpty, resourceVersion != "0" {
            throw .badRequest("specifying resource version is not allowed when using continue")
        }
        if let problem = numberProblem { throw .badRequest("invalid resource version: \(problem)") }
        try checkFuture()
    }

    func checkWatch() throws(StatusError) {
        var causes: [StatusError.Cause] = []
        if !continuation.isEmpty {
            causes.append(forbidden("resourceVersionMatch is forbidden when continue is provided"))
        } else if query["sendInitialEvents"] != nil {
            if match != "NotOlderThan" {
                causes.append(forbidden("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"))
                if !match.isEmpty { causes.append(unsupported(["\"NotOlderThan\""])) }
            }
        } else if !match.isEmpty {
            causes.append(forbidden("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"))
        }
        try refuse(causes)
        if let problem = numberProblem { throw StatusError(500, "", problem) }
    }

    private var numberProblem: String? {
        guard !resourceVersion.isEmpty, UInt64(resourceVersion) == nil else { return nil }
        return "resourceVersion: Invalid value: \"\(resourceVersion)\": strconv.ParseUint: parsing "
            + "\"\(resourceVersion)\": invalid syntax"
    }

    private func checkFuture() throws(StatusError) {
        guard let wanted = Int(resourceVersion), wanted > revision else { return }
        throw StatusError(
            504, "Timeout", "Timeout: Too large resource version: \(wanted), current: \(revision)",
            details: [
                "causes": [["reason": "ResourceVersionTooLarge", "message": "Too large resource version"]],
                "retryAfterSeconds": 1,
            ], retryAfter: 1)
    }

    private func forbidden(_ why: String, field: String = "resourceVersionMatch") -> StatusError.Cause {
        StatusError.Cause(reason: "FieldValueForbidden", message: "Forbidden: \(why)", field: field)
    }

    private func unsupported(_ supported: [String]) -> StatusError.Cause {
        StatusError.Cause(
            reason: "FieldValueNotSupported",
            message: "Unsupported value: \"\(match)\": supported values: \(supported.joined(separator: ", "))",
            field: "resourceVersionMatch")
    }

    private func refuse(_ causes: [StatusError.Cause]) throws(StatusError) {
        if !causes.isEmpty { throw .invalid(kind: "ListOptions", group: "meta.k8s.io", name: "", causes) }
    }
}
