import JSONValues

/// The rules for the query of a write (`ValidateCreateOptions` and its like of apimachinery).
struct WriteQuery: Sendable {
    enum Verb: String, Sendable {
        case create = "CreateOptions"
        case update = "UpdateOptions"
        case patch = "PatchOptions"
        case apply

        var kind: String { self == .apply ? Verb.patch.rawValue : rawValue }
    }

    let query: Query
    let verb: Verb

    /// - Parameter agent: the client's name for itself, the manager where the query names none.
    /// - Throws: 422 where an option is not allowed.
    func options(agent: String, isStatus: Bool) throws(StatusError) -> WriteOptions {
        if let dryRun = query["dryRun"], dryRun != "All" {
            throw invalid("FieldValueNotSupported", "dryRun", unsupported("[\"\(dryRun)\"]", ["All"]))
        }
        let validation = query["fieldValidation"] ?? "Warn"
        guard ["", "Ignore", "Strict", "Warn"].contains(validation) else {
            throw invalid(
                "FieldValueNotSupported", "fieldValidation",
                unsupported("\"\(validation)\"", ["", "Ignore", "Strict", "Warn"]))
        }
        if verb == .patch, query.isTrue("force") {
            throw invalid("FieldValueForbidden", "force", "Forbidden: may not be specified for non-apply patch")
        }
        let manager = try manager()
        return WriteOptions(
            manager: manager.isEmpty ? String(agent.prefix { $0 != "/" }) : manager,
            isDryRun: query["dryRun"] == "All", force: query.isTrue("force"),
            validation: validation.isEmpty ? "Warn" : validation, isStatus: isStatus)
    }

    private func manager() throws(StatusError) -> String {
        let manager = query["fieldManager"] ?? ""
        if manager.utf8.count > 128 {
            throw invalid("FieldValueTooLong", "fieldManager", "Too long: may not be more than 128 bytes")
        }
        if let (position, scalar) = manager.unicodeScalars.enumerated().first(where: { $0.element.value < 0x20 }) {
            let digits = String(scalar.value, radix: 16, uppercase: true)
            let code = String(repeating: "0", count: 4 - digits.count) + digits
            throw invalid(
                "FieldValueInvalid", "fieldManager",
                "Invalid value: \(JSON.string(manager).text()): invalid character U+\(code) (at position \(position))")
        }
        if verb == .apply, manager.isEmpty {
            throw .invalid(
                kind: verb.kind, group: "meta.k8s.io", name: "",
                [.required("fieldManager", "is required for apply patch")])
        }
        return manager
    }

    private func unsupported(_ value: String, _ supported: [String]) -> String {
        "Unsupported value: \(value): supported values: "
            + supported.map { "\"\($0)\"" }.joined(separator: ", ")
    }

    private func invalid(_ reason: String, _ field: String, _ message: String) -> StatusError {
        .invalid(
            kind: verb.kind, group: "meta.k8s.io", name: "",
            [StatusError.Cause(reason: reason, message: message, field: field)])
    }
}
