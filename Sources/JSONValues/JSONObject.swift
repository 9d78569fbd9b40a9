internal import OrderedCollections

/// The members of a JSON object, in the order in which they were written.
///
/// Keys are compared by their code points: `"é"` and `"e\u{301}"` are two keys, as for every other JSON reader.
public struct JSONObject: Sendable {
    /// A key that is equal to another only if both have the same code points.
    struct Name: Hashable, Sendable {
        let string: String

        init(_ string: String) { self.string = string }

        static func == (left: Name, right: Name) -> Bool {
            var (left, right) = (left.string, right.string)
            guard left.utf8.count == right.utf8.count else { return false }
            return left.withUTF8 { left in right.withUTF8 { left.elementsEqual($0) } }
        }

        func hash(into hasher: inout Hasher) {
            var string = string
            string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    private var members: OrderedDictionary<Name, JSON>

    public init() { members = [:] }

    /// - Parameter pairs: members in order; of two with the same key the later one's value stays.
    public init(pairs: some Sequence<(String, JSON)>) {
        members = OrderedDictionary(pairs.lazy.map { (Name($0.0), $0.1) }) { $1 }
    }

    public init(minimumCapacity: Int) { members = OrderedDictionary(minimumCapacity: minimumCapacity) }

    /// The value of a member. Setting nil removes the member; setting a new one appends it.
    public subscript(key: String) -> JSON? {
        get { members[Name(key)] }
        set { members[Name(key)] = newValue }
    }

    public subscript(key: String, default value: @autoclosure () -> JSON) -> JSON {
        get { members[Name(key)] ?? value() }
        _modify { yield &members[Name(key), default: value()] }
    }

    public var keys: [String] { members.keys.map(\.string) }
    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }

    public func contains(_ key: String) -> Bool { members[Name(key)] != nil }

    /// Sets a member.
    /// - Returns: the value that it had, nil where it is new.
    @discardableResult
    public mutating func updateValue(_ value: JSON, forKey key: String) -> JSON? {
        members.updateValue(value, forKey: Name(key))
    }

    @discardableResult
    public mutating func removeValue(forKey key: String) -> JSON? { members.removeValue(forKey: Name(key)) }

    /// The members ordered by the code points of their keys, as Python's `sort_keys` and Go's encoder order them.
    public func sorted() -> [(key: String, value: JSON)] {
        let members = map { $0 }
        let isSorted = zip(members, members.dropFirst()).allSatisfy { Self.precedes($0.key, $1.key) }
        return isSorted ? members : members.sorted { Self.precedes($0.key, $1.key) }
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        var (left, right) = (left, right)
        return left.withUTF8 { left in right.withUTF8 { left.lexicographicallyPrecedes($0) } }
    }

    public func mapValues(_ transform: (JSON) throws -> JSON) rethrows -> JSONObject {
        var result = self
        result.members = try members.mapValues(transform)
        return result
    }
}

extension JSONObject: Sequence {
    public struct Iterator: IteratorProtocol {
        var base: OrderedDictionary<Name, JSON>.Iterator
        public mutating func next() -> (key: String, value: JSON)? {
            base.next().map { (key: $0.key.string, value: $0.value) }
        }
    }

    public func makeIterator() -> Iterator { Iterator(base: members.makeIterator()) }
    public var underestimatedCount: Int { members.count }
}

extension JSONObject: Hashable {
    /// Equal where both have the same keys with equal values, in whatever order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.count == right.members.count && left.members.allSatisfy { right.members[$0.key] == $0.value }
    }

    public func hash(into hasher: inout Hasher) {
        var total = 0
        for (key, value) in members {
            var member = Hasher()
            member.combine(key)
            member.combine(value)
            total ^= member.finalize()
        }
        hasher.combine(total)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(pairs: elements) }
}
