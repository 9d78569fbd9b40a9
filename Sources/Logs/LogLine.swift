import JSONValues
public import Logging

/// One entry of a log as one line, whatever stands in it.
///
/// In JSON the members `time` (RFC 3339, UTC, milliseconds), `level`, `label` and `message` come first, then the metadata in
/// the order of their keys: what lies in a dictionary as `outer.inner`, a key that is one of those four as `metadata.key`.
public struct LogLine: Sendable {
    public var time: LogTime
    public var level: Logger.Level
    /// Who logs: `rampart`, `rampart.sandbox`.
    public var label: String
    public var message: String
    public var metadata: Logger.Metadata

    public init(
        time: LogTime, level: Logger.Level, label: String, message: String, metadata: Logger.Metadata = [:]
    ) {
        self.time = time
        self.level = level
        self.label = label
        self.message = message
        self.metadata = metadata
    }

    /// The line with its line feed, as UTF-8. Credentials that stand in a URL or behind `Bearer` are left out.
    public func bytes(_ format: LogFormat) -> [UInt8] {
        switch format {
        case .json: json.bytes() + [0x0A]
        case .text: Array(text.utf8) + [0x0A]
        }
    }

    private static let own: Set<String> = ["time", "level", "label", "message"]

    private var json: JSON {
        var object: JSONObject = [
            "time": .string(time.description), "level": .string(level.rawValue), "label": .string(label),
            "message": .string(Redaction.clean(message)),
        ]
        for (key, value) in fields {
            object[Self.own.contains(key) ? "metadata.\(key)" : key] = value
        }
        return .object(object)
    }

    private var text: String {
        let start = "\(time) \(level.rawValue) \(label): \(LogText.plain(Redaction.clean(message)))"
        return fields.reduce(into: start) { line, field in
            let value = field.value.string.map { LogText.quoted($0) } ?? field.value.text()
            line += " \(LogText.plain(field.key))=\(value)"
        }
    }

    /// The metadata without dictionaries in them, ordered by key.
    private var fields: [(key: String, value: JSON)] {
        Self.flat(metadata, below: "").sorted { $0.key < $1.key }
    }

    private static func flat(_ metadata: Logger.Metadata, below prefix: String) -> [(key: String, value: JSON)] {
        metadata.flatMap { key, value -> [(key: String, value: JSON)] in
            if case .dictionary(let inner) = value { return flat(inner, below: "\(prefix)\(key).") }
            return [("\(prefix)\(key)", json(value))]
        }
    }

    /// Numbers stay numbers; everything else is the text by which it describes itself, which for a secret is none.
    private static func json(_ value: Logger.MetadataValue) -> JSON {
        switch value {
        case .string(let text): return .string(Redaction.clean(text))
        case .array(let list): return .array(list.map(json))
        case .dictionary(let inner):
            return .object(
                JSONObject(pairs: flat(inner, below: "").sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
        case .stringConvertible(let value):
            switch value {
            case let number as Int: return .int(Int64(number))
            case let number as Int64: return .int(number)
            case let flag as Bool: return .bool(flag)
            case let number as Double where number.isFinite: return .double(number)
            default: return .string(Redaction.clean(value.description))
            }
        }
    }
}

/// Text of somebody else in a line for people.
enum LogText {
    /// Without characters that end a line or that a terminal would obey.
    static func plain(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isControl(scalar) {
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    /// In quotes where it is more than one word, so that each value ends where it seems to.
    static func quoted(_ text: String) -> String {
        let isWord = !text.isEmpty && text.unicodeScalars.allSatisfy { $0 != " " && $0 != "\"" && !isControl($0) }
        if isWord { return text }
        return "\"" + plain(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")) + "\""
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }
}
