internal import CLibyaml

/// A place in a text: line and column from 1.
struct Mark: Hashable, Sendable {
    var line: Int
    var column: Int

    init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    init(_ mark: yaml_mark_t) { self.init(line: mark.line + 1, column: mark.column + 1) }
}

/// What libyaml says of a text, one thing after the other.
enum Event {
    case streamEnd
    case documentStart
    case documentEnd
    case alias(String)
    case scalar(Scalar)
    case sequenceStart(tag: String?, anchor: String?)
    case sequenceEnd
    case mappingStart(tag: String?, anchor: String?)
    case mappingEnd

    struct Scalar {
        var text: String
        var isPlain: Bool
        var tag: String?
        var anchor: String?
    }
}

/// libyaml's parser (`yaml_parser_t`) over a text that outlives it.
struct EventStream: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeBufferPointer<UInt8>
    /// Where the last event begins.
    private(set) var mark = Mark(line: 1, column: 1)

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        parser = .allocate(capacity: 1)
        // Fails only where there is no memory; every later call then reports an error.
        _ = yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event.
    /// - Throws: what is wrong with the text, and where.
    mutating func next() throws(YAMLProblem) -> Event {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) != 0 else { throw problem() }
            defer { yaml_event_delete(&event) }
            mark = Mark(event.start_mark)
            if let event = Self.event(event) { return event }
        }
    }

    /// Passes over the value that begins with an event that was just read.
    mutating func skip(_ event: Event) throws(YAMLProblem) {
        var event = event
        var depth = 0
        while true {
            switch event {
            case .sequenceStart, .mappingStart: depth += 1
            case .sequenceEnd, .mappingEnd: depth -= 1
            default: break
            }
            guard depth > 0 else { return }
            guard depth <= YAMLDocument.Limit.depth else {
                throw YAMLProblem(
                    line: mark.line, column: mark.column, message: "more than \(YAMLDocument.Limit.depth) levels deep")
            }
            event = try next()
        }
    }

    private static func event(_ event: yaml_event_t) -> Event? {
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            return .scalar(
                Event.Scalar(
                    text: String(
                        decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self),
                    isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, tag: string(scalar.tag),
                    anchor: string(scalar.anchor)))
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return .mappingStart(tag: string(start.tag), anchor: string(start.anchor))
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return .sequenceStart(tag: string(start.tag), anchor: string(start.anchor))
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_ALIAS_EVENT: return .alias(string(event.data.alias.anchor) ?? "")
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return .streamEnd
        default: return nil
        }
    }

    private static func string(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private func problem() -> YAMLProblem {
        let message = parser.pointee.problem.map { String(cString: $0) } ?? "no memory to read the text"
        guard parser.pointee.error != YAML_READER_ERROR else { return readerProblem(message) }
        let context = parser.pointee.context.map { String(cString: $0) + " " } ?? ""
        let hint =
            message.contains("\\t") || message.contains("cannot start any token")
            ? "; indent with spaces, not tabs" : ""
        let mark = Mark(parser.pointee.problem_mark)
        return YAMLProblem(line: mark.line, column: mark.column, message: context + message + hint)
    }

    /// libyaml's reader knows the byte, not the line.
    private func readerProblem(_ message: String) -> YAMLProblem {
        let before = text.prefix(Int(parser.pointee.problem_offset))
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? before.startIndex
        let column = before[start...].count { $0 & 0xC0 != 0x80 } + 1
        let what = message.contains("UTF-8") ? "the text is not UTF-8: \(message)" : message
        return YAMLProblem(line: line, column: column, message: what)
    }
}
