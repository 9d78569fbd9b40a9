/// The second net below the type of a secret: text of others, such as the error of a library or of git, may hold one.
enum Redaction {
    /// What stands where a secret stood.
    static let mark = "(secret)"

    /// The text without the credentials of URLs (`https://user:token@host`) and without what follows `Bearer` or `Basic`.
    static func clean(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var cuts: [Range<Int>] = []
        for index in bytes.indices {
            if bytes[index] == UInt8(ascii: ":"), bytes[index...].starts(with: "://".utf8) {
                if let cut = userinfo(bytes, from: index + 3) { cuts.append(cut) }
            } else if [0x42, 0x62].contains(bytes[index]), let cut = credentials(bytes, from: index) {
                cuts.append(cut)
            }
        }
        guard !cuts.isEmpty else { return text }
        var result: [UInt8] = []
        var position = 0
        for cut in cuts where cut.lowerBound >= position {
            result += bytes[position..<cut.lowerBound]
            result += mark.utf8
            position = cut.upperBound
        }
        return String(decoding: result + bytes[position...], as: UTF8.self)
    }

    /// Where the userinfo of a URL lies, up to the last `@` before its path (RFC 3986, 3.2); nil where it has none, or only
    /// the name of a user.
    private static func userinfo(_ bytes: [UInt8], from start: Int) -> Range<Int>? {
        var at: Int?
        for index in start..<bytes.count {
            let byte = bytes[index]
            if byte <= 0x20 || "/?#\"'<>".utf8.contains(byte) { break }
            if byte == UInt8(ascii: "@") { at = index }
        }
        guard let at, at > start, bytes[start..<at].contains(UInt8(ascii: ":")) || at - start >= 20 else { return nil }
        return start..<at
    }

    /// Where the credentials behind the word `Bearer` or `Basic` lie (RFC 9110, 11.4), if they are long enough to be any.
    private static func credentials(_ bytes: [UInt8], from start: Int) -> Range<Int>? {
        if start > 0, isWord(bytes[start - 1]) { return nil }
        for word in ["bearer ", "basic "] where bytes.count - start > word.utf8.count {
            let found = bytes[start..<start + word.utf8.count].map { (65...90).contains($0) ? $0 | 0x20 : $0 }
            guard found.elementsEqual(word.utf8) else { continue }
            let first = start + word.utf8.count
            let end = bytes[first...].firstIndex { !isToken($0) } ?? bytes.count
            return end - first >= 8 && looksMade(bytes[first..<end]) ? first..<end : nil
        }
        return nil
    }

    /// Whether it is no word of a language: it has a digit or a sign in it, or is very long.
    private static func looksMade(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count >= 20 || bytes.contains { !isLetter($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

    private static func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || (48...57).contains(byte) || byte == 0x5F }

    private static func isToken(_ byte: UInt8) -> Bool { isWord(byte) || "-.~+/=".utf8.contains(byte) }
}
