/// A JSON value that keeps what the wire said: the order of keys, and whether a number was an integer.
///
/// Foundation's readers lose both, and a version's hash depends on them: Python writes `1` and `1.0` differently.
public enum JSON: Sendable {
    case null
    case bool(Bool)
    /// A number written without fraction and exponent. Kubernetes keeps integers as `int64`; so does this type.
    case int(Int64)
    /// A number written with a fraction or an exponent; never NaN nor infinite when it was read from text.
    case double(Double)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

extension JSON: Hashable {
    /// Equal as JSON: the order of an object's keys does not matter, `1` and `1.0` differ, strings are compared by
    /// their code points (not by canonical equivalence, as `String` compares).
    public static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.double(let left), .double(let right)): left == right
        case (.string(let left), .string(let right)): JSONObject.Name(left) == JSONObject.Name(right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .double(let value): hasher.combine(value)
        case .string(let value): JSONObject.Name(value).hash(into: &hasher)
        case .array(let values): hasher.combine(values)
        case .object(let object): hasher.combine(object)
        }
    }
}

// MARK: - Reading a value

extension JSON {
    public var isNull: Bool { if case .null = self { true } else { false } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The integer, also of a double without a fraction that an `Int64` can hold exactly.
    public var int: Int64? {
        switch self {
        case .int(let value): value
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }
    public var double: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// What people call this kind of value in an error: `an object`, `a string`, …
    public var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .int: "an integer"
        case .double: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }

    /// The member of an object; nil where this is no object or has no such member. Setting nil removes the member;
    /// setting a member of something that is no object makes it one.
    public subscript(key: String) -> JSON? {
        get { if case .object(let object) = self { object[key] } else { nil } }
        set {
            var object = self.object ?? [:]
            self = .null  // the object is then referenced once, so the change below copies nothing
            object[key] = newValue
            self = .object(object)
        }
    }

    /// The element of an array; nil where this is no array or is shorter.
    public subscript(index: Int) -> JSON? {
        if case .array(let values) = self, values.indices.contains(index) { values[index] } else { nil }
    }

    /// The value at the end of a chain of keys, for example `json.at("metadata", "name")`.
    public func at(_ keys: String...) -> JSON? {
        var value = self
        for key in keys {
            guard let next = value[key] else { return nil }
            value = next
        }
        return value
    }
}

// MARK: - Literals

extension JSON: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(pairs: elements)) }
}

extension JSON: CustomStringConvertible {
    /// The compact text, as ``JSONWriter`` writes it.
    public var description: String { text() }
}
