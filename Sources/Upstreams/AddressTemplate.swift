/// The address of a service beside an app, with names to fill in: `http://flows.{namespace}-{app}.svc:8000`.
///
/// What is filled in are DNS labels and nothing else, so that no name of an app can lead to another host.
public struct AddressTemplate: Sendable, Hashable, CustomStringConvertible {
    /// A name to fill in.
    public enum Name: String, Sendable, CaseIterable {
        /// The app's namespace.
        case namespace
        /// The app's name.
        case app
        /// The namespace that a component runs in.
        case componentNamespace
    }

    /// As it was given, without a slash at the end.
    public let description: String

    /// - Parameter text: an http or https URL without user, query and fragment.
    /// - Throws: ``AddressTemplateError`` where it is something else or has an unknown name in braces.
    public init(_ text: String) throws(AddressTemplateError) {
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        description = text
        let lower = text.lowercased()
        guard lower.hasPrefix("http://") || lower.hasPrefix("https://") else {
            throw AddressTemplateError(text: text, reason: "it begins with neither http:// nor https://")
        }
        guard let plain = fill({ _ in "x" }), !plain.contains("{"), !plain.contains("}") else {
            let names = Name.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
            throw AddressTemplateError(text: text, reason: "only \(names) are filled in")
        }
        let rest = plain.drop { $0 != ":" }.dropFirst(3)
        let host = rest.prefix { $0 != "/" }
        guard !host.isEmpty, !host.hasPrefix(":") else {
            throw AddressTemplateError(text: text, reason: "it has no host")
        }
        guard !host.contains("@") else {
            throw AddressTemplateError(text: text, reason: "a user in an address would be shown in logs")
        }
        guard !rest.contains(where: { $0 == "?" || $0 == "#" || $0.isWhitespace }) else {
            throw AddressTemplateError(text: text, reason: "it has a query, a fragment or spaces")
        }
    }

    /// The address with its names filled in; nil where a name is missing or no DNS label (RFC 1123).
    public func url(_ values: [Name: String]) -> String? {
        fill { name in
            guard let value = values[name], !value.isEmpty, value.utf8.count <= 253,
                value.utf8.allSatisfy(Self.isLabelByte)
            else { return nil }
            return value
        }
    }

    private func fill(_ value: (Name) -> String?) -> String? {
        var text = description
        for name in Name.allCases where text.contains("{\(name.rawValue)}") {
            guard let value = value(name) else { return nil }
            text = text.replacing("{\(name.rawValue)}", with: value)
        }
        return text
    }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

/// Why a text is no address template.
public struct AddressTemplateError: Error, CustomStringConvertible {
    let text: String
    let reason: String

    public var description: String { "'\(text)' is no address of a service: \(reason)" }
}
