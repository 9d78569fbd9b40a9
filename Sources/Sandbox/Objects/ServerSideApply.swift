import JSONValues

/// Server-side apply: merges a configuration into an object and settles who owns which field.
enum ServerSideApply {
    struct Request {
        let configuration: JSON
        let manager: String
        let force: Bool
        let apiVersion: String
        let subresource: String
        let time: String
    }

    /// - Parameter live: the object as it is; nil to create it.
    /// - Returns: the object after the apply, with its `managedFields`.
    /// - Throws: ``StatusError`` 409 where other managers own fields with other values and `force` is off.
    static func apply(_ request: Request, to live: JSON?, schema: Schema) throws(StatusError) -> JSON {
        var managers = Managers(live)
        let key = Managers.Key(
            name: request.manager, operation: "Apply", apiVersion: request.apiVersion, subresource: request.subresource)
        if let live, managers.entries.isEmpty {
            let fields = FieldSet.all(live, schema).stripped()
            let first = Managers.Key(
                name: "before-first-apply", operation: "Update", apiVersion: request.apiVersion, subresource: "")
            managers.entries[first] = Managers.Entry(fields: fields, time: request.time)
        }
        let applied = FieldSet.applied(request.configuration, schema).stripped()
        let former = managers.entries[key]
        var merged = live.map { merge($0, request.configuration, schema) } ?? request.configuration
        if let former {
            merged = prune(merged, last: former.fields, new: applied, others: managers.others(than: key), schema)
        }
        let comparison = FieldSet.compare(live ?? ["metadata": [:]], merged, schema)
        let changed = comparison.changed.stripped()
        var conflicts: [(key: Managers.Key, fields: FieldSet)] = []
        for (other, entry) in managers.entries where other != key {
            let conflict = entry.fields.intersection(changed)
            if !conflict.isEmpty { conflicts.append((other, conflict)) }
        }
        if !request.force, !conflicts.isEmpty { throw error(conflicts, request) }
        let removed = comparison.removed.stripped()
        for (other, entry) in managers.entries where other != key {
            managers.entries[other]?.fields = entry.fields.subtracting(removed)
                .subtracting(conflicts.first { $0.key == other }?.fields ?? FieldSet())
        }
        // The time of the last change of a value; owning what is there already is none.
        let isUnchanged = changed.isEmpty && removed.isEmpty
        managers.entries[key] = Managers.Entry(
            fields: applied, time: isUnchanged ? former?.time ?? "" : request.time)
        managers.entries = managers.entries.filter { !$0.value.fields.isEmpty }
        return managers.stamped(merged)
    }

    private static func merge(_ live: JSON, _ configuration: JSON, _ schema: Schema?) -> JSON {
        switch (live, configuration) {
        case (.object(var object), .object(let changes)):
            for (name, value) in changes {
                object[name] = object[name].map { merge($0, value, schema?.member(name)) } ?? value
            }
            return .object(object)
        case (.array(let values), .array(let changes)):
            guard let kind = schema?.listKind else { return configuration }
            var result = values
            for change in changes {
                let key = FieldSet.key(of: change, kind)
                if let index = result.firstIndex(where: { FieldSet.key(of: $0, kind) == key }) {
                    result[index] = merge(result[index], change, schema?.items)
                } else {
                    result.append(change)
                }
            }
            return .array(result)
        default:
            return configuration
        }
    }

    /// Removes what this manager applied last time, does not speak of any more, and nobody else owns.
    private static func prune(
        _ value: JSON, last: FieldSet, new: FieldSet, others: FieldSet, _ schema: Schema?
    ) -> JSON {
        switch value {
        case .object(var object):
            for (key, lastChild) in last.children where key.hasPrefix("f:") {
                let name = String(key.dropFirst(2))
                guard let member = object[name] else { continue }
                let newChild = new.children[key]
                let otherChild = others.children[key] ?? FieldSet()
                if lastChild.isMember, newChild == nil, otherChild.isEmpty {
                    object[name] = nil
                } else {
                    object[name] = prune(
                        member, last: lastChild, new: newChild ?? FieldSet(), others: otherChild, schema?.member(name))
                }
            }
            return .object(object)
        case .array(let values):
            guard let kind = schema?.listKind else { return value }
            let kept = values.filter { element in
                let key = FieldSet.key(of: element, kind)
                return last.children[key] == nil || new.children[key] != nil || others.children[key] != nil
            }
            return .array(kept)
        default:
            return value
        }
    }

    private static func error(
        _ conflicts: [(key: Managers.Key, fields: FieldSet)], _ request: Request
    ) -> StatusError {
        var causes: [JSON] = []
        var groups: [String] = []
        var count = 0
        let sorted = conflicts.sorted { ($0.key.name, $0.key.operation) < ($1.key.name, $1.key.operation) }
        for (key, fields) in sorted {
            let paths = fields.paths()
            let who = key.inConflicts
            for path in paths {
                causes.append([
                    "reason": "FieldManagerConflict", "message": .string("conflict with \(who)"),
                    "field": .string(path),
                ])
            }
            count += paths.count
            groups.append("conflicts with \(who):\n" + paths.map { "- \($0)" }.joined(separator: "\n"))
        }
        let message: String
        if count == 1, let key = sorted.first?.key, let path = sorted.first?.fields.paths().first {
            let who = key.inConflicts
            message = "Apply failed with 1 conflict: conflict with \(who): \(path)"
        } else {
            message = "Apply failed with \(count) conflicts: \(groups.joined(separator: "\n"))"
        }
        return StatusError(409, "Conflict", message, details: ["causes": .array(causes)])
    }
}
