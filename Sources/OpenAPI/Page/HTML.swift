/// Text that is HTML already; made of text that is not only through what escapes it.
struct HTML: ExpressibleByStringInterpolation, Sendable {
    let text: String

    init(raw text: String) { self.text = text }

    init(stringLiteral value: String) { text = value }

    init(stringInterpolation interpolation: Interpolation) { text = interpolation.text }

    /// Literal parts stay as they are; what is filled in is escaped, unless it is HTML.
    struct Interpolation: StringInterpolationProtocol {
        var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ html: HTML) { text += html.text }
        mutating func appendInterpolation(_ parts: [HTML]) { for part in parts { text += part.text } }
        mutating func appendInterpolation(_ plain: String) { text += HTML.escaped(plain) }
    }

    static func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    /// The little Markdown of descriptions: paragraphs, lists of `-` lines, `code`.
    init(markdown text: String) {
        var result = ""
        for block in Self.blocks(text) {
            if block.allSatisfy({ $0.hasPrefix("- ") }) {
                result += "<ul>" + block.map { "<li>" + Self.inline($0.dropFirst(2)) + "</li>" }.joined() + "</ul>"
            } else {
                result += "<p>" + Self.inline(block.joined(separator: " ")[...]) + "</p>"
            }
        }
        self.init(raw: result)
    }

    /// One line of the same, without a paragraph around it.
    init(inline text: String) { self.init(raw: Self.inline(text.replacing("\n", with: " ")[...])) }

    private static func blocks(_ text: String) -> [[Substring]] {
        text.split(separator: "\n", omittingEmptySubsequences: false).split { $0.isEmpty }.map(Array.init)
    }

    private static func inline(_ text: Substring) -> String {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset.isMultiple(of: 2) ? escaped($0.element) : "<code>\(escaped($0.element))</code>" }.joined()
    }
}

extension [HTML] {
    func joined(separator: String) -> HTML { HTML(raw: map(\.text).joined(separator: separator)) }
}
