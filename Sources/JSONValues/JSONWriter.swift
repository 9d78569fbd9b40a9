/// How a JSON text is laid out.
public struct JSONWritingOptions: Sendable {
    /// Keys in the order of their code points instead of in their own.
    public var sortsKeys = false
    /// Spaces of indentation a level; nil writes one line.
    public var indentation: Int?
    /// What stands between the members of a one-line text, and between a key and its value.
    public var itemSeparator: String = ","
    public var keySeparator: String = ":"
    /// Everything outside of ASCII as `\uXXXX`.
    public var escapesNonASCII = false
    /// A line feed at the end.
    public var endsWithNewline = false

    public init() {}

    /// One line without spaces.
    public static let compact = JSONWritingOptions()

    /// Indented by two spaces, for people.
    public static let pretty: JSONWritingOptions = {
        var options = JSONWritingOptions()
        options.indentation = 2
        options.endsWithNewline = true
        return options
    }()

    /// What Python's `json.dumps(value)` writes by default.
    public static let python: JSONWritingOptions = {
        var options = JSONWritingOptions()
        options.itemSeparator = ", "
        options.keySeparator = ": "
        options.escapesNonASCII = true
        return options
    }()
}

extension JSON {
    /// The JSON text as UTF-8 bytes.
    public func bytes(_ options: JSONWritingOptions = .compact) -> [UInt8] {
        var writer = JSONWriter(options: options)
        writer.write(self)
        if options.endsWithNewline { writer.output.append(0x0A) }
        return writer.output
    }

    /// The JSON text.
    public func text(_ options: JSONWritingOptions = .compact) -> String {
        String(decoding: bytes(options), as: UTF8.self)
    }
}

/// Appends JSON texts to a buffer of bytes.
public struct JSONWriter {
    public var output: [UInt8] = []
    private let options: JSONWritingOptions
    private var level = 0

    public init(options: JSONWritingOptions = .compact) { self.options = options }

    public mutating func write(_ value: JSON) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .int(let value): append(String(value))
        case .double(let value): append(PythonNumber.text(value))
        case .string(let value): write(string: value)
        case .array(let values):
            write(collection: values, open: "[", close: "]") { writer, value in writer.write(value) }
        case .object(let object):
            if options.sortsKeys {
                write(collection: object.sorted(), open: "{", close: "}") { $0.write(member: $1) }
            } else {
                write(collection: object, open: "{", close: "}") { $0.write(member: $1) }
            }
        }
    }

    private mutating func write(member: (key: String, value: JSON)) {
        write(string: member.key)
        append(options.indentation == nil ? options.keySeparator : ": ")
        write(member.value)
    }

    private mutating func write<Items: Sequence>(
        collection: Items, open: String, close: String, item: (inout JSONWriter, Items.Element) -> Void
    ) {
        append(open)
        level += 1
        var isFirst = true
        for element in collection {
            if !isFirst { append(options.indentation == nil ? options.itemSeparator : ",") }
            isFirst = false
            breakLine()
            item(&self, element)
        }
        level -= 1
        if !isFirst { breakLine() }
        append(close)
    }

    private mutating func breakLine() {
        guard let indentation = options.indentation else { return }
        output.append(0x0A)
        output.append(contentsOf: repeatElement(0x20, count: indentation * level))
    }

    private mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { output.append(contentsOf: $0) }
    }

    /// Appends text that is JSON already, or a part of it.
    public mutating func write(raw text: StaticString) {
        output.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends a string in double quotes.
    public mutating func write(string: String) {
        output.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { units in
            var start = 0
            for index in units.indices {
                let unit = units[index]
                if unit >= 0x20, unit != 0x22, unit != 0x5C, unit < 0x7F || !options.escapesNonASCII { continue }
                output.append(contentsOf: UnsafeBufferPointer(rebasing: units[start..<index]))
                start = index + 1
                if unit & 0xC0 == 0x80 { continue }
                escape(unit, rest: UnsafeBufferPointer(rebasing: units[index...]))
            }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: units[start...]))
        }
        output.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ unit: UInt8, rest: UnsafeBufferPointer<UInt8>) {
        switch unit {
        case 0x22: append("\\\"")
        case 0x5C: append("\\\\")
        case 0x08: append("\\b")
        case 0x0C: append("\\f")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        case ..<0x20, 0x7F: appendUnicodeEscape(UInt16(unit))
        default:
            let length = unit >= 0xF0 ? 4 : unit >= 0xE0 ? 3 : 2
            for unit in String(decoding: rest.prefix(length), as: UTF8.self).utf16 { appendUnicodeEscape(unit) }
        }
    }

    private mutating func appendUnicodeEscape(_ unit: UInt16) {
        let digits = String(unit, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
    }
}
