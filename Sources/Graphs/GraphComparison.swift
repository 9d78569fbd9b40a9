public import JSONValues

/// How two graphs differ.
public struct GraphComparison: Sendable, Hashable {
    /// The components, or the flows, that differ, by name and sorted.
    public struct Part: Sendable, Hashable {
        public var added: [String]
        public var removed: [String]
        public var changed: [String]

        public init(added: [String] = [], removed: [String] = [], changed: [String] = []) {
            self.added = added
            self.removed = removed
            self.changed = changed
        }

        public var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty }
    }

    /// One place at which something differs. What is new or gone as a whole is one place.
    public struct Change: Sendable, Hashable {
        /// The keys on the way from `spec.graph`; an element of a list has its index there.
        public let keys: [String]
        /// What stood there before; nil where nothing did.
        public let old: JSON?
        /// What stands there now; nil where nothing does.
        public let new: JSON?

        /// The way for people: `components.trainer.config.rate`.
        public var path: String { keys.joined(separator: ".") }

        public init(keys: [String], old: JSON?, new: JSON?) {
            self.keys = keys
            self.old = old
            self.new = new
        }
    }

    public private(set) var components = Part()
    public private(set) var flows = Part()
    /// Where something differs, sorted by path.
    public private(set) var changes: [Change] = []

    /// The paths of all ``changes``.
    public var paths: [String] { changes.map(\.path) }

    public var isEmpty: Bool { changes.isEmpty }

    /// - Parameters:
    ///   - old: `spec.graph` before; nil counts as an empty one.
    ///   - new: `spec.graph` after.
    ///   - mindsNumberForms: whether `1` and `1.0` differ, as they do in a version's hash; an API server turns one into
    ///     the other.
    public init(from old: JSON?, to new: JSON?, mindsNumberForms: Bool = true) {
        let old = mindsNumberForms ? old : old.map(Self.withPlainNumbers)
        let new = mindsNumberForms ? new : new.map(Self.withPlainNumbers)
        components = GraphComparison.part(old?["components"], new?["components"])
        flows = GraphComparison.part(old?["flows"], new?["flows"])
        GraphComparison.collect(old ?? Self.empty(like: new), new ?? Self.empty(like: old), [], &changes)
        changes.sort { $0.path < $1.path }
    }

    private static func part(_ old: JSON?, _ new: JSON?) -> Part {
        let (old, new) = (old?.object ?? [:], new?.object ?? [:])
        var part = Part()
        part.added = new.keys.filter { !old.contains($0) }.sorted()
        part.removed = old.keys.filter { !new.contains($0) }.sorted()
        part.changed = old.keys.filter { name in new[name].map { $0 != old[name] } ?? false }.sorted()
        return part
    }

    private static func collect(_ old: JSON, _ new: JSON, _ keys: [String], _ changes: inout [Change]) {
        if old == new { return }
        // Elements of lists of one length are compared each for itself: one setting among many is told as one.
        if let left = old.array, let right = new.array, left.count == right.count {
            for (index, pair) in zip(left, right).enumerated() {
                collect(pair.0, pair.1, keys + [String(index)], &changes)
            }
            return
        }
        guard let left = old.object, let right = new.object else {
            changes.append(Change(keys: keys, old: old, new: new))
            return
        }
        for (name, value) in left {
            if let other = right[name] {
                collect(value, other, keys + [name], &changes)
            } else {
                changes.append(Change(keys: keys + [name], old: value, new: nil))
            }
        }
        for (name, value) in right where !left.contains(name) {
            changes.append(Change(keys: keys + [name], old: nil, new: value))
        }
    }

    /// A graph with nothing in it: then each component and each flow of the other is one change.
    private static func empty(like other: JSON?) -> JSON {
        var graph: JSON = [:]
        for key in ["components", "flows"] where other?[key]?.object != nil { graph[key] = [:] }
        return graph
    }

    private static func withPlainNumbers(_ value: JSON) -> JSON {
        switch value {
        case .double(let number): Int64(exactly: number).map { .int($0) } ?? value
        case .array(let values): .array(values.map(withPlainNumbers))
        case .object(let object): .object(object.mapValues(withPlainNumbers))
        default: value
        }
    }
}
