import JSONValues

/// Makes JSON values of events, and collects what has no JSON form.
struct Composer: ~Copyable {
    private var events: EventStream
    private var problems: [YAMLProblem] = []
    /// How many there are beyond those that are kept.
    private var untold = 0
    private var path: [String] = []
    private var anchors: [String: Anchored] = [:]
    /// Values so far, aliases expanded.
    private var size = Size(values: 0, bytes: 0)
    private let mostBytes: Int
    /// The deepest level since the innermost anchor began.
    private var deepest = 0

    /// A value that aliases may stand for.
    private struct Anchored {
        var json: JSON
        var size: Size
        var height: Int
    }

    /// What a value comes to where it is written out.
    private struct Size {
        var values: Int
        /// Of texts and keys, and four for each value: no JSON of one is much shorter.
        var bytes: Int

        /// One value alone.
        static func value(_ text: String = "") -> Size { Size(values: 1, bytes: 4 + text.utf8.count) }
    }

    /// - Parameter mostBytes: that all values and keys may come to, aliases expanded.
    init(_ events: consuming EventStream, expanding mostBytes: Int) {
        self.events = events
        self.mostBytes = mostBytes
    }

    /// The one document of the text; null where there is none.
    mutating func document() throws(YAMLProblems) -> JSON {
        var json = JSON.null
        do throws(YAMLProblem) {
            if case .documentStart = try events.next() {
                json = try value(try events.next())
                _ = try events.next()  // the document's end
                if case .documentStart = try events.next() {
                    refuse("a second document begins here; write one document a file")
                }
            }
        } catch {
            // Always told: it ends the reading.
            problems.append(error)
        }
        if untold > 0 { problems.append(YAMLProblem(message: "and \(untold) more of this kind")) }
        guard problems.isEmpty else { throw YAMLProblems(list: problems) }
        return json
    }

    /// The value that begins with an event.
    private mutating func value(_ event: Event) throws(YAMLProblem) -> JSON {
        if case .scalar(let scalar) = event { try count(.value(scalar.text)) } else { try count(.value()) }
        guard path.count <= YAMLDocument.Limit.depth else {
            // The end of reading: libyaml's time grows with the square of the depth.
            throw problem("more than \(YAMLDocument.Limit.depth) levels deep")
        }
        deepest = max(deepest, path.count)
        switch event {
        case .scalar(let scalar):
            let json = self.scalar(scalar)
            if let anchor = scalar.anchor {
                anchors[anchor] = Anchored(json: json, size: .value(scalar.text), height: 0)
            }
            return json
        case .sequenceStart(let tag, let anchor):
            check(tag, is: "seq")
            return try anchored(anchor) { composer throws(YAMLProblem) in try composer.sequence() }
        case .mappingStart(let tag, let anchor):
            check(tag, is: "map")
            return try anchored(anchor) { composer throws(YAMLProblem) in try composer.mapping() }
        case .alias(let name): return try alias(name)
        default: return .null
        }
    }

    private mutating func alias(_ name: String) throws(YAMLProblem) -> JSON {
        guard let anchored = anchors[name] else {
            refuse("an alias to nothing: there is no &\(name.excerpt()) above")
            return .null
        }
        try count(Size(values: anchored.size.values - 1, bytes: anchored.size.bytes - 4))
        deepest = max(deepest, path.count + anchored.height)
        guard path.count + anchored.height <= YAMLDocument.Limit.depth else {
            refuse("more than \(YAMLDocument.Limit.depth) levels deep, aliases expanded")
            return .null
        }
        return anchored.json
    }

    private mutating func anchored(
        _ anchor: String?, _ compose: (inout Composer) throws(YAMLProblem) -> JSON
    ) throws(YAMLProblem) -> JSON {
        guard let anchor else { return try compose(&self) }
        let (outer, before) = (deepest, size)
        deepest = path.count
        let json = try compose(&self)
        let own = Size(values: size.values - before.values + 1, bytes: size.bytes - before.bytes + 4)
        anchors[anchor] = Anchored(json: json, size: own, height: deepest - path.count)
        deepest = max(outer, deepest)
        return json
    }

    private mutating func count(_ more: Size) throws(YAMLProblem) {
        size.values += more.values
        size.bytes += more.bytes
        if size.values > YAMLDocument.Limit.values {
            throw problem("more than \(YAMLDocument.Limit.values) values, aliases expanded")
        }
        if size.bytes > mostBytes {
            throw problem("more than \(mostBytes) bytes, aliases expanded; write out what is repeated less often")
        }
    }

    private mutating func sequence() throws(YAMLProblem) -> JSON {
        var elements: [JSON] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event { return .array(elements) }
            path.append(String(elements.count))
            elements.append(try value(event))
            path.removeLast()
        }
    }

    private mutating func mapping() throws(YAMLProblem) -> JSON {
        var object = JSONObject()
        var merged: [JSONObject] = []
        while true {
            let event = try events.next()
            if case .mappingEnd = event { break }
            guard let key = try key(event) else {
                try events.skip(try events.next())
                continue
            }
            let mark = events.mark
            try count(Size(values: 0, bytes: key.text.utf8.count))
            path.append(key.text)
            if key.merges {
                merged += merge(try value(try events.next()))
            } else if object.updateValue(try value(try events.next()), forKey: key.text) != nil {
                note(
                    YAMLProblem(
                        line: mark.line, column: mark.column, path: path,
                        message: "the key \"\(key.text.excerpt())\" stands here a second time"))
            }
            path.removeLast()
        }
        // A merge key fills in what the mapping itself does not say.
        for other in merged {
            for (name, value) in other where !object.contains(name) { object[name] = value }
        }
        return .object(object)
    }

    /// The key that an event says; nil where it is none, which is noted, and its own events are passed over.
    private mutating func key(_ event: Event) throws(YAMLProblem) -> (text: String, merges: Bool)? {
        switch event {
        case .scalar(let scalar):
            if let anchor = scalar.anchor {
                anchors[anchor] = Anchored(json: .string(scalar.text), size: .value(scalar.text), height: 0)
            }
            guard scalar.isPlain else { return (scalar.text, false) }
            if scalar.text == "<<" { return (scalar.text, true) }
            guard PlainScalar.isText(scalar.text) else {
                path.append(scalar.text)
                let key = scalar.text.excerpt()
                refuse("the key \(key) is no text to YAML; write \"\(key)\" in quotes")
                path.removeLast()
                return nil
            }
            return (scalar.text, false)
        case .alias(let name):
            if case .string(let text)? = anchors[name]?.json { return (text, false) }
            refuse("a key must be a text")
            return nil
        default:
            refuse("a key must be a text")
            try events.skip(event)
            return nil
        }
    }

    private mutating func merge(_ value: JSON) -> [JSONObject] {
        switch value {
        case .object(let object): return [object]
        case .array(let values) where values.allSatisfy({ $0.object != nil }): return values.compactMap(\.object)
        default:
            refuse("expected a mapping, or a list of mappings, to merge")
            return []
        }
    }

    private mutating func scalar(_ scalar: Event.Scalar) -> JSON {
        if let tag = scalar.tag { return tagged(scalar.text, tag) }
        guard scalar.isPlain else { return .string(scalar.text) }
        switch PlainScalar.meaning(scalar.text) {
        case .value(let value): return value
        case .refused(let why):
            refuse(why)
            return .null
        }
    }

    private mutating func tagged(_ text: String, _ tag: String) -> JSON {
        if tag == "!" || tag == Self.tags + "str" { return .string(text) }
        let name = Self.short(tag)
        switch (name, PlainScalar.meaning(text)) {
        case ("!!int", .value(.int(let value))): return .int(value)
        case ("!!float", .value(let value)) where value.double != nil: return .double(value.double ?? 0)
        case ("!!bool", .value(.bool(let value))): return .bool(value)
        case ("!!null", .value(.null)): return .null
        default:
            refuse("the tag \(name.excerpt()) has no place here")
            return .null
        }
    }

    private mutating func check(_ tag: String?, is expected: String) {
        guard let tag, tag != "!", tag != Self.tags + expected else { return }
        refuse("the tag \(Self.short(tag)) has no place here")
    }

    private static let tags = "tag:yaml.org,2002:"

    private static func short(_ tag: String) -> String {
        tag.hasPrefix(tags) ? "!!" + tag.dropFirst(tags.count) : tag
    }

    private mutating func refuse(_ message: String) { note(problem(message)) }

    private mutating func note(_ problem: YAMLProblem) {
        if problems.count < YAMLDocument.Limit.problems { problems.append(problem) } else { untold += 1 }
    }

    private func problem(_ message: String) -> YAMLProblem {
        YAMLProblem(line: events.mark.line, column: events.mark.column, path: path, message: message)
    }
}
