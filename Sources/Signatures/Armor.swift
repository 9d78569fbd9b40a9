import Foundation

/// Base64 between two marked lines, as SSH writes keys and signatures.
enum Armor {
    /// - Throws: ``SignatureError`` where the lines are not there or what is between them is no base64.
    static func open(_ text: String, _ what: String) throws(SignatureError) -> [UInt8] {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
        guard lines.first == "-----BEGIN \(what)-----" else {
            throw SignatureError("it does not begin with -----BEGIN \(what)-----")
        }
        guard lines.count > 2, lines.last == "-----END \(what)-----" else {
            throw SignatureError("it does not end with -----END \(what)-----")
        }
        guard let data = Data(base64Encoded: lines.dropFirst().dropLast().joined()) else {
            throw SignatureError("it is no base64")
        }
        return Array(data)
    }

    /// Lines of 70 characters, as ssh-keygen writes them; no line feed at the end.
    static func close(_ bytes: [UInt8], _ what: String) -> String {
        var rest = Data(bytes).base64EncodedString()[...]
        var lines = ["-----BEGIN \(what)-----"]
        while !rest.isEmpty {
            lines.append(String(rest.prefix(70)))
            rest = rest.dropFirst(70)
        }
        lines.append("-----END \(what)-----")
        return lines.joined(separator: "\n")
    }
}
