import JSONValues

extension FieldSet {
    /// The fields that an applied configuration speaks of (structured-merge-diff's `ToFieldSet`).
    ///
    /// Members of a map are fields themselves; declared fields of a struct are only where they are leaves or empty.
    static func applied(_ value: JSON, _ schema: Schema?) -> FieldSet {
        var set = FieldSet()
        switch value {
        case .object(let object):
            for (name, member) in object {
                let declared = schema?.properties[name] != nil
                var child = applied(member, schema?.member(name))
                if !declared || member.isNull || member.object?.isEmpty == true { child.isMember = true }
                set.children["f:\(name)"] = child
            }
        case .array(let values):
            guard let kind = schema?.listKind else { return FieldSet(isMember: true) }
            for value in values {
                var child = FieldSet(isMember: true)
                if case .map = kind { child = applied(value, schema?.items).union(child) }
                set.children[key(of: value, kind)] = child
            }
            if values.isEmpty { set.isMember = true }
        default:
            set.isMember = true
        }
        return set
    }

    /// How a list's element is called in FieldsV1.
    static func key(of value: JSON, _ kind: Schema.ListKind) -> String {
        switch kind {
        case .set: "v:\(value.text())"
        case .map(let key): "k:" + JSON.object([key: value[key] ?? .null]).text()
        }
    }

    /// What differs between two values.
    struct Comparison {
        var added = FieldSet()
        var modified = FieldSet()
        var removed = FieldSet()

        var changed: FieldSet { added.union(modified) }
    }

    static func compare(_ old: JSON?, _ new: JSON?, _ schema: Schema?) -> Comparison {
        var result = Comparison()
        switch (old, new) {
        case (nil, nil): break
        case (nil, let new?): result.added = all(new, schema)
        case (let old?, nil): result.removed = all(old, schema)
        case (.object(let left)?, .object(let right)?):
            for (name, value) in left { result.add(compare(value, right[name], schema?.member(name)), "f:\(name)") }
            for (name, value) in right where !left.contains(name) {
                result.add(compare(nil, value, schema?.member(name)), "f:\(name)")
            }
        case (.array(let left)?, .array(let right)?) where schema?.listKind != nil:
            guard let kind = schema?.listKind else { break }
            let before = keyed(left, kind)
            let after = keyed(right, kind)
            for (key, value) in before { result.add(compare(value, after[key], schema?.items), key) }
            for (key, value) in after where before[key] == nil { result.add(compare(nil, value, schema?.items), key) }
        case (let old?, let new?):
            if old != new { result.modified.isMember = true }
        }
        return result
    }

    private static func keyed(_ values: [JSON], _ kind: Schema.ListKind) -> [String: JSON] {
        Dictionary(values.map { (key(of: $0, kind), $0) }) { $1 }
    }

    /// A value with everything below it, each container a member too.
    static func all(_ value: JSON, _ schema: Schema?) -> FieldSet {
        var set = FieldSet(isMember: true)
        switch value {
        case .object(let object):
            for (name, member) in object { set.children["f:\(name)"] = all(member, schema?.member(name)) }
        case .array(let values):
            if let kind = schema?.listKind {
                for value in values { set.children[key(of: value, kind)] = all(value, schema?.items) }
            }
        default: break
        }
        return set
    }
}

extension FieldSet.Comparison {
    fileprivate mutating func add(_ other: FieldSet.Comparison, _ key: String) {
        if !other.added.isEmpty { added.children[key] = other.added }
        if !other.modified.isEmpty { modified.children[key] = other.modified }
        if !other.removed.isEmpty { removed.children[key] = other.removed }
    }
}
