/// Where the values of a YAML text stand.
public struct YAMLPlaces: Sendable {
    private indirect enum Node {
        case scalar(Mark)
        case sequence(Mark, [Node])
        case mapping(Mark, [(key: String, mark: Mark, value: Node)])

        var mark: Mark {
            switch self {
            case .scalar(let mark), .sequence(let mark, _), .mapping(let mark, _): mark
            }
        }
    }

    private var root: Node?

    /// - Parameter events: of a text that reads.
    init(_ events: consuming EventStream) {
        var reader = Reader(events)
        root = try? reader.root()
    }

    /// Line and column of the value at a path, or of the nearest one above it that is there.
    public func place(_ path: [String]) -> (line: Int, column: Int)? {
        guard var node = root else { return nil }
        var mark = node.mark
        for name in path {
            switch node {
            case .mapping(_, let members):
                guard let member = members.first(where: { $0.key == name }) else { return (mark.line, mark.column) }
                node = member.value
                // The key's own place: a value may begin on the next line, or be an alias from elsewhere.
                mark = member.mark
            case .sequence(_, let elements):
                guard let index = Int(name), elements.indices.contains(index) else { return (mark.line, mark.column) }
                node = elements[index]
                mark = node.mark
            case .scalar: return (mark.line, mark.column)
            }
        }
        return (mark.line, mark.column)
    }

    private struct Reader: ~Copyable {
        private var events: EventStream
        private var anchors: [String: Node] = [:]

        init(_ events: consuming EventStream) { self.events = events }

        mutating func root() throws(YAMLProblem) -> Node? {
            guard case .documentStart = try events.next() else { return nil }
            return try node(try events.next())
        }

        private mutating func node(_ event: Event) throws(YAMLProblem) -> Node {
            let mark = events.mark
            var anchor: String?
            var node = Node.scalar(mark)
            switch event {
            case .scalar(let scalar): anchor = scalar.anchor
            case .alias(let name): return anchors[name] ?? node
            case .sequenceStart(_, let name):
                anchor = name
                node = .sequence(mark, try elements())
            case .mappingStart(_, let name):
                anchor = name
                node = .mapping(mark, try members())
            default: break
            }
            if let anchor { anchors[anchor] = node }
            return node
        }

        private mutating func elements() throws(YAMLProblem) -> [Node] {
            var elements: [Node] = []
            while true {
                let event = try events.next()
                if case .sequenceEnd = event { return elements }
                elements.append(try node(event))
            }
        }

        private mutating func members() throws(YAMLProblem) -> [(key: String, mark: Mark, value: Node)] {
            var members: [(key: String, mark: Mark, value: Node)] = []
            while true {
                let event = try events.next()
                if case .mappingEnd = event { return members }
                let mark = events.mark
                var key = ""
                if case .scalar(let scalar) = event { key = scalar.text }
                _ = try node(event)
                members.append((key, mark, try node(try events.next())))
            }
        }
    }
}
