import JSONValues

/// What the API server demands of an object's name, labels and annotations.
enum MetadataRules {
    static let subdomain =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    static let label =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        + "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

    /// What is wrong with the metadata of an object that is written.
    static func violations(_ object: JSON, kind: ResourceKind) -> [StatusError.Cause] {
        var causes: [StatusError.Cause] = []
        let name = object.at("metadata", "name")?.string ?? ""
        if name.isEmpty {
            causes.append(.required("metadata.name", "name or generateName is required"))
        } else if kind == .namespaces {
            if !isLabel(name) { causes.append(.invalid("metadata.name", "\"\(name)\"", label)) }
        } else {
            if name.utf8.count > 253 {
                causes.append(.invalid("metadata.name", "\"\(name)\"", "must be no more than 253 bytes"))
            }
            if !isSubdomain(name) { causes.append(.invalid("metadata.name", "\"\(name)\"", subdomain)) }
        }
        for (key, value) in object.at("metadata", "labels")?.object?.sorted() ?? [] {
            if !isQualifiedName(key) { causes.append(.invalid("metadata.labels", "\"\(key)\"", qualifiedName)) }
            if let value = value.string, !isLabelValue(value) {
                causes.append(.invalid("metadata.labels", "\"\(value)\"", labelValue))
            }
        }
        let annotations = object.at("metadata", "annotations")?.object ?? [:]
        let size = annotations.reduce(0) { $0 + $1.key.utf8.count + ($1.value.string?.utf8.count ?? 0) }
        if size > 262_144 {
            causes.append(
                StatusError.Cause(
                    reason: "FieldValueTooLong", message: "Too long: may not be more than 262144 bytes",
                    field: "metadata.annotations"))
        }
        return causes
    }

    /// - Throws: ``StatusError`` 400 where a text field holds something else, as Go's decoder words it.
    static func requireTypes(_ object: JSON, kind: ResourceKind) throws(StatusError) {
        let metadata = object["metadata"] ?? [:]
        for field in ["name", "namespace", "generateName", "resourceVersion", "uid"] {
            if let value = metadata[field], value.string == nil, !value.isNull {
                throw mismatch(value, field, kind)
            }
        }
        for field in ["labels", "annotations"] {
            for (_, value) in metadata[field]?.object ?? [:] where value.string == nil {
                throw mismatch(value, field, kind)
            }
        }
    }

    private static func mismatch(_ value: JSON, _ field: String, _ kind: ResourceKind) -> StatusError {
        let found =
            switch value {
            case .int, .double: "number"
            case .bool: "bool"
            case .array: "array"
            default: "object"
            }
        return .badRequest(
            "\(kind.kind) in version \"\(kind.version)\" cannot be handled as a \(kind.kind): json: cannot unmarshal "
                + "\(found) into Go struct field ObjectMeta.\(field) of type string")
    }

    private static let qualifiedName =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    private static let labelValue =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
        + "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

    static func isLabel(_ name: String) -> Bool {
        let units = Array(name.utf8)
        guard (1...63).contains(units.count), units.first != 0x2D, units.last != 0x2D else { return false }
        return units.allSatisfy { isLowercase($0) || $0 == 0x2D }
    }

    static func isSubdomain(_ name: String) -> Bool {
        name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            let units = Array(part.utf8)
            return !units.isEmpty && units.first != 0x2D && units.last != 0x2D
                && units.allSatisfy { isLowercase($0) || $0 == 0x2D }
        }
    }

    private static func isLowercase(_ unit: UInt8) -> Bool {
        (0x61...0x7A).contains(unit) || (0x30...0x39).contains(unit)
    }

    private static func isAlphanumeric(_ unit: UInt8) -> Bool { isLowercase(unit) || (0x41...0x5A).contains(unit) }

    static func isQualifiedName(_ key: String) -> Bool {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last, parts.count <= 2, parts.count == 1 || isSubdomain(String(parts[0])) else {
            return false
        }
        return !name.isEmpty && isLabelValue(String(name))
    }

    static func isLabelValue(_ value: String) -> Bool {
        let units = Array(value.utf8)
        guard units.count <= 63 else { return false }
        guard let first = units.first, let last = units.last else { return true }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && units.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }
    }
}
