import CLibgit2

/// Who did something, and when.
public struct Signature: Hashable, Sendable {
    public var name: String
    public var email: String
    /// Seconds since 1970 UTC.
    public var seconds: Int64
    /// The time zone in minutes east of UTC.
    public var offsetMinutes: Int

    public init(name: String, email: String, seconds: Int64, offsetMinutes: Int = 0) {
        self.name = name
        self.email = email
        self.seconds = seconds
        self.offsetMinutes = offsetMinutes
    }

    /// Reads `Name <email> seconds +hhmm`, the form in a commit; what is missing or malformed becomes empty or zero.
    init(parsing line: Substring.UTF8View) {
        let open = line.lastIndex(of: UInt8(ascii: "<"))
        let close = line.lastIndex(of: UInt8(ascii: ">"))
        guard let open, let close, open < close else {
            self.init(name: Signature.trimmed(line), email: "", seconds: 0)
            return
        }
        let fields = Substring(line[line.index(after: close)...]).split(separator: " ")
        let zone = fields.count > 1 ? Int(fields[1]) ?? 0 : 0
        self.init(
            name: Signature.trimmed(line[..<open]), email: String(line[line.index(after: open)..<close]) ?? "",
            seconds: fields.first.flatMap { Int64($0) } ?? 0, offsetMinutes: zone / 100 * 60 + zone % 100)
    }

    private static func trimmed(_ text: Substring.UTF8View) -> String {
        let spaces = UInt8(ascii: " ")
        var rest = text
        while rest.first == spaces { rest.removeFirst() }
        while rest.last == spaces { rest.removeLast() }
        return String(rest) ?? ""
    }

    /// Lends libgit2's form of this signature.
    ///
    /// Characters that end a field in a commit (`<`, `>`, line feed, NUL) are taken out, as git does, so that a name
    /// from a request cannot forge a header.
    func with<Value>(_ body: (UnsafePointer<git_signature>) throws(GitError) -> Value) throws(GitError) -> Value {
        var pointer: UnsafeMutablePointer<git_signature>?
        let result = git_signature_new(
            &pointer, Signature.cleaned(name, or: "unknown"), Signature.cleaned(email, or: "unknown"), seconds,
            Int32(offsetMinutes))
        try GitError.check(result, "write the signature of \(name)")
        guard let pointer else { throw GitError(.failed, "no signature", operation: "write a signature") }
        defer { git_signature_free(pointer) }
        return try body(pointer)
    }

    private static func cleaned(_ text: String, or substitute: String) -> String {
        let kept = String(text.unicodeScalars.filter { $0.value >= 0x20 && $0 != "<" && $0 != ">" && $0.value != 0x7F })
        return kept.contains { !$0.isWhitespace } ? kept : substitute
    }
}
