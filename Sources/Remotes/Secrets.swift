import Glibc

/// Takes out of messages what nobody may read in a log.
struct Redaction: Sendable {
    /// The secrets that are in use.
    var secrets: [String] = []

    func callAsFunction(_ text: String) -> String {
        var text = text
        for secret in secrets where secret.utf8.count > 3 { text = text.replacing(secret, with: "***") }
        return Self.withoutUsers(text)
    }

    /// `https://user:password@host` becomes `https://host`.
    private static func withoutUsers(_ text: String) -> String {
        var result = ""
        var rest = Substring(text)
        while let range = rest.firstRange(of: "://") {
            result += rest[..<range.upperBound]
            rest = rest[range.upperBound...]
            let authority = rest.prefix { !$0.isWhitespace && !"/'\"<>".contains($0) }
            if let at = authority.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        }
        return result + rest
    }
}

/// Small files that hold one secret.
enum SecretFile {
    /// The first line of a file.
    ///
    /// - Throws: ``RemoteError`` of kind ``RemoteError/Kind/refused`` where it cannot be read or is empty.
    static func read(_ path: String) throws(RemoteError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw RemoteError(.refused, "cannot read the credentials in \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        let line = String(decoding: bytes.prefix(max(0, count)).prefix { $0 != 0x0A }, as: UTF8.self)
        guard !line.isEmpty else { throw RemoteError(.refused, "the file of credentials \(path) is empty") }
        return line
    }
}
