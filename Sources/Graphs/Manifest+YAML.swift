public import JSONValues

extension Manifest {
    /// The manifest as YAML that this reader, PyYAML and kubectl read back equal, in the order apiVersion, kind,
    /// metadata, spec.
    public func yaml() -> String {
        let order = ["apiVersion", "kind", "metadata", "spec"]
        let members = json.object ?? [:]
        var sorted = JSONObject()
        for key in order { sorted[key] = members[key] }
        for (key, value) in members where !order.contains(key) { sorted[key] = value }
        return YAMLWriter.text(.object(sorted))
    }
}

/// Writes JSON values as YAML in block style.
public enum YAMLWriter {
    /// The text, with a line feed at the end.
    public static func text(_ value: JSON) -> String {
        var output = ""
        switch value {
        case .object(let object) where !object.isEmpty: write(object, indent: 0, &output)
        case .array(let values) where !values.isEmpty: write(values, indent: 0, &output)
        default: output += inline(value) + "\n"
        }
        return output
    }

    private static func write(_ object: JSONObject, indent: Int, _ output: inout String) {
        for (index, member) in object.enumerated() {
            // In a list, the first member stands behind the dash.
            if index > 0 || !output.hasSuffix("- ") { output += String(repeating: " ", count: indent) }
            output += scalar(member.key) + ":"
            write(member.value, after: indent, &output)
        }
    }

    private static func write(_ values: [JSON], indent: Int, _ output: inout String) {
        for (index, value) in values.enumerated() {
            if index > 0 || !output.hasSuffix("- ") { output += String(repeating: " ", count: indent) }
            output += "- "
            switch value {
            case .object(let object) where !object.isEmpty: write(object, indent: indent + 2, &output)
            case .array(let values) where !values.isEmpty: write(values, indent: indent + 2, &output)
            default: output += inline(value) + "\n"
            }
        }
    }

    private static func write(_ value: JSON, after indent: Int, _ output: inout String) {
        switch value {
        case .object(let object) where !object.isEmpty:
            output += "\n"
            write(object, indent: indent + 2, &output)
        case .array(let values) where !values.isEmpty:
            output += "\n"
            write(values, indent: indent, &output)
        case .string(let text) where isBlock(text):
            output += " |" + (text.hasSuffix("\n") ? "" : "-") + "\n"
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(
                text.hasSuffix("\n") ? 1 : 0)
            {
                output += (line.isEmpty ? "" : String(repeating: " ", count: indent + 2)) + line + "\n"
            }
        default:
            output += " " + inline(value) + "\n"
        }
    }

    private static func inline(_ value: JSON) -> String {
        switch value {
        case .object: "{}"
        case .array: "[]"
        case .string(let text): scalar(text)
        case .double(let number): double(number)
        default: value.text()
        }
    }

    /// PyYAML reads `1e+16` as a text; with a decimal point every reader sees a number.
    private static func double(_ number: Double) -> String {
        let text = JSON.double(number).text()
        guard let mark = text.firstIndex(of: "e"), !text[..<mark].contains(".") else { return text }
        return text[..<mark] + ".0" + text[mark...]
    }

    /// Whether a text is written as a literal block: several lines of plain characters, the first of them not indented.
    private static func isBlock(_ text: String) -> Bool {
        guard text.contains("\n"), !text.hasSuffix("\n\n"), let first = text.unicodeScalars.first else { return false }
        if first == " " || first == "\n" || first == "\t" { return false }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.allSatisfy { line in !line.hasSuffix(" ") && !line.hasSuffix("\t") && !(line.first == "\t") }
            && text.unicodeScalars.allSatisfy { $0 == "\n" || isPlain($0) }
    }

    /// A character that every YAML reader takes as it stands.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA1...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD:
            scalar.value != 0x2028 && scalar.value != 0x2029
        default: false
        }
    }

    /// A text as a plain scalar where all readers agree that it is one, else in double quotes.
    static func scalar(_ text: String) -> String {
        isSafe(text) ? text : quoted(text)
    }

    private static func isSafe(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
        // What begins with a letter, a slash or an underscore and is no word of YAML is a text to everybody; numbers,
        // dates and times begin otherwise.
        let begins =
            ("a"..."z").contains(first) || ("A"..."Z").contains(first) || first == "/" || first == "_" || first == "$"
        guard begins, last != " ", last != ":", !words.contains(text.lowercased()) else { return false }
        var previous: Unicode.Scalar = "a"
        for scalar in text.unicodeScalars {
            let isAllowed =
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                || " /_-.:=+@$%^*()~;#&!?|<>".unicodeScalars.contains(scalar)
            guard isAllowed else { return false }
            if scalar == "#", previous == " " { return false }
            if scalar == " ", previous == ":" { return false }
            previous = scalar
        }
        return true
    }

    private static let words: Set<String> = [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity",
    ]

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            default:
                if isPlain(scalar) {
                    result.unicodeScalars.append(scalar)
                } else if scalar.value > 0xFFFF {
                    result += "\\U" + hexadecimal(scalar.value, 8)
                } else {
                    result += "\\u" + hexadecimal(scalar.value, 4)
                }
            }
        }
        return result + "\""
    }

    private static func hexadecimal(_ value: UInt32, _ count: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: count - digits.count) + digits
    }
}
