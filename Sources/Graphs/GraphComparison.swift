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

    public private(set) var components = Part()
    public private(set) var flows = Part()
    /// The paths from `spec.graph` at which something differs, for example `components.trainer.config.rate`, sorted.
    /// What is new or gone as a whole stands there as one path.
    public private(set) var paths: [String] = []

    public var isEmpty: Bool { paths.isEmpty }

    /// - Parameters:
    ///   - old: `spec.graph` before; nil counts as an empty one.
    ///   - new: `spec.graph` after.
    public init(from old: JSON?, to new: JSON?) {
        components = GraphComparison.part(old?["components"], new?["components"])
        flows = GraphComparison.part(old?["flows"], new?["flows"])
        GraphComparison.collect(old ?? [:], new ?? [:], [], &paths)
        paths.sort()
    }

    private static func part(_ old: JSON?, _ new: JSON?) -> Part {
        let (old, new) = (old?.object ?? [:], new?.object ?? [:])
        var part = Part()
        part.added = new.keys.filter { !old.contains($0) }.sorted()
        part.removed = old.keys.filter { !new.contains($0) }.sorted()
        part.changed = old.keys.filter { name in new[name].map { $0 != old[name] } ?? false }.sorted()
        return part
    }

    private static func collect(_ old: JSON, _ new: JSON, _ path: [String], _ paths: inout [String]) {
        if old == new { return }
        guard let left = old.object, let right = new.object else {
            paths.append(path.joined(separator: "."))
            return
        }
        for (name, value) in left {
            if let other = right[name] {
                collect(value, other, path + [name], &paths)
            } else {
                paths.append((path + [name]).joined(separator: "."))
            }
        }
        for name in right.keys where !left.contains(name) { paths.append((path + [name]).joined(separator: ".")) }
    }
}
