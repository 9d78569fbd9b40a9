import JSONValues

/// The managers of an object's fields: `metadata.managedFields`, read.
struct Managers: Sendable, Equatable {
    struct Key: Sendable, Hashable {
        let name: String
        /// `Apply` or `Update`; the same name with the other operation is another manager.
        let operation: String
        let apiVersion: String
        let subresource: String

        /// As conflicts name it.
        var inConflicts: String {
            "\"\(name)\"" + (subresource.isEmpty ? "" : " with subresource \"\(subresource)\"")
                + (operation == "Update" ? " using \(apiVersion)" : "")
        }
    }

    struct Entry: Sendable, Equatable {
        var fields: FieldSet
        var time: String
    }

    var entries: [Key: Entry] = [:]

    init(_ object: JSON?) {
        for entry in object?.at("metadata", "managedFields")?.array ?? [] {
            guard let fields = entry["fieldsV1"] else { continue }
            let key = Key(
                name: entry["manager"]?.string ?? "", operation: entry["operation"]?.string ?? "Update",
                apiVersion: entry["apiVersion"]?.string ?? "", subresource: entry["subresource"]?.string ?? "")
            entries[key] = Entry(fields: FieldSet(fields), time: entry["time"]?.string ?? "")
        }
    }

    /// Apply first, then by time, then by name.
    var json: JSON {
        let sorted = entries.sorted { left, right in
            let first = (left.key.operation, left.value.time, left.key.name, left.key.apiVersion, left.key.subresource)
            let second = (
                right.key.operation, right.value.time, right.key.name, right.key.apiVersion, right.key.subresource
            )
            return first < second
        }
        return .array(
            sorted.map { key, entry in
                var json: JSON = [
                    "manager": .string(key.name), "operation": .string(key.operation),
                    "apiVersion": .string(key.apiVersion), "fieldsType": "FieldsV1", "fieldsV1": entry.fields.json,
                ]
                if !entry.time.isEmpty { json["time"] = .string(entry.time) }
                if !key.subresource.isEmpty { json["subresource"] = .string(key.subresource) }
                return json
            })
    }

    /// Everything that managers other than one own.
    func others(than key: Key) -> FieldSet {
        entries.reduce(into: FieldSet()) { set, entry in
            if entry.key != key { set = set.union(entry.value.fields) }
        }
    }

    /// Writes the entries into an object.
    func stamped(_ object: JSON) -> JSON {
        var object = object
        var metadata = object["metadata"] ?? [:]
        metadata["managedFields"] = entries.isEmpty ? nil : json
        object["metadata"] = metadata
        return object
    }

    /// The object after a create, replace or patch: the writer owns what it added or changed, others lose it.
    static func updated(
        from live: JSON?, to new: JSON, manager: String, apiVersion: String, subresource: String, time: String,
        schema: Schema
    ) -> JSON {
        var managers = Managers(new)
        let stated = new.at("metadata", "managedFields")?.array ?? []
        // A list of one empty entry is how a client asks to forget all managers; an empty list says nothing.
        if stated == [[:]] {
            var object = new
            object["metadata"]?["managedFields"] = nil
            return object
        }
        if stated.isEmpty { managers = Managers(live) }
        let comparison = FieldSet.compare(live ?? ["metadata": [:]], new, schema)
        let changed = comparison.changed.stripped()
        let gone = changed.union(comparison.removed.stripped())
        let key = Key(name: manager, operation: "Update", apiVersion: apiVersion, subresource: subresource)
        for (other, entry) in managers.entries where other != key {
            managers.entries[other]?.fields = entry.fields.subtracting(gone)
        }
        let former = managers.entries[key]
        let own = (former?.fields ?? FieldSet()).subtracting(comparison.removed.stripped()).union(changed)
        managers.entries[key] = Entry(fields: own, time: own == former?.fields ? former?.time ?? time : time)
        managers.entries = managers.entries.filter { !$0.value.fields.isEmpty }
        return managers.stamped(new)
    }
}
