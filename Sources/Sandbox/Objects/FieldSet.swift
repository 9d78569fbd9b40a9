import JSONValues

/// A set of fields of an object, in the form of `metadata.managedFields[].fieldsV1`.
///
/// Children are keyed as in FieldsV1: `f:<name>`, `k:{"uid":"…"}`, `v:"…"`.
struct FieldSet: Sendable, Equatable {
    /// Whether the field itself is in the set, not only something below it (`.` in FieldsV1).
    var isMember = false
    var children: [String: FieldSet] = [:]

    var isEmpty: Bool { !isMember && children.isEmpty }

    init(isMember: Bool = false) { self.isMember = isMember }

    /// Reads FieldsV1.
    init(_ json: JSON) {
        guard let object = json.object else { return }
        for (key, value) in object where key != "." {
            var child = FieldSet(value)
            if value["."] != nil || value.object?.isEmpty ?? true { child.isMember = true }
            children[key] = child
        }
    }

    /// FieldsV1: a leaf is `{}`, a member with children has `.`.
    var json: JSON {
        var object = JSONObject()
        if isMember, !children.isEmpty { object["."] = [:] }
        for (key, child) in children.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            object[key] = child.json
        }
        return .object(object)
    }

    /// Everything of both.
    func union(_ other: FieldSet) -> FieldSet {
        var result = self
        result.isMember = isMember || other.isMember
        for (key, child) in other.children { result.children[key] = result.children[key]?.union(child) ?? child }
        return result
    }

    /// What is in this set and not in the other.
    func subtracting(_ other: FieldSet) -> FieldSet {
        var result = self
        if other.isMember { result.isMember = false }
        for (key, child) in other.children {
            guard let mine = result.children[key] else { continue }
            let rest = mine.subtracting(child)
            result.children[key] = rest.isEmpty ? nil : rest
        }
        return result
    }

    func intersection(_ other: FieldSet) -> FieldSet {
        var result = FieldSet(isMember: isMember && other.isMember)
        for (key, child) in children {
            guard let theirs = other.children[key] else { continue }
            let both = child.intersection(theirs)
            if !both.isEmpty { result.children[key] = both }
        }
        return result
    }

    /// The members as paths such as `.spec.deploy`, in order.
    func paths(_ prefix: String = "") -> [String] {
        var result = isMember && !prefix.isEmpty ? [prefix] : []
        for (key, child) in children.sorted(by: { $0.key < $1.key }) {
            let element = key.hasPrefix("f:") ? ".\(key.dropFirst(2))" : FieldSet.element(key)
            result += child.paths(prefix + element)
        }
        return result
    }

    private static func element(_ key: String) -> String {
        let text = key.dropFirst(2)
        guard key.hasPrefix("k:"), let object = (try? JSON(parsing: String(text)))?.object else { return "[=\(text)]" }
        return "[" + object.map { "\($0.key)=\($0.value)" }.joined(separator: ",") + "]"
    }

    mutating func insert(_ path: ArraySlice<String>) {
        guard let first = path.first else {
            isMember = true
            return
        }
        children[first, default: FieldSet()].insert(path.dropFirst())
    }

    mutating func remove(_ path: ArraySlice<String>) {
        guard let first = path.first else {
            isMember = false
            return
        }
        guard var child = children[first] else { return }
        child.remove(path.dropFirst())
        children[first] = child.isEmpty ? nil : child
    }

    /// Without the fields that no manager owns.
    func stripped() -> FieldSet {
        var result = self
        result.children["f:apiVersion"] = nil
        result.children["f:kind"] = nil
        for name in [
            "name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "managedFields",
            "resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds",
        ] {
            result.children["f:metadata"]?.children["f:\(name)"] = nil
        }
        result.children["f:metadata"]?.isMember = false
        if result.children["f:metadata"]?.isEmpty ?? false { result.children["f:metadata"] = nil }
        result.isMember = false
        return result
    }
}
