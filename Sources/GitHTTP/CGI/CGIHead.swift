import HTTPTypes

/// What a CGI program says before its body (RFC 3875, 6.2): header lines and an empty line.
struct CGIHead: Hashable, Sendable {
    var status: Int = 200
    var fields: HTTPFields = [:]

    /// The longest head that is read.
    static let limit = 64 << 10

    /// Reads a head out of the start of the output.
    ///
    /// - Returns: the head and how many bytes it took; nil where its end has not come yet.
    /// - Throws: ``CGIError`` where it is none.
    static func read(_ bytes: [UInt8]) throws(CGIError) -> (head: CGIHead, length: Int)? {
        var head = CGIHead()
        var start = 0
        var lines = 0
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            var line = bytes[start..<end]
            if line.last == 0x0D { line = line.dropLast() }
            start = end + 1
            if line.isEmpty {
                guard lines > 0 else { throw CGIError("it begins with an empty line") }
                return (head, start)
            }
            lines += 1
            try head.take(String(decoding: line, as: UTF8.self))
        }
        guard bytes.count < limit else { throw CGIError("its head does not end") }
        return nil
    }

    private mutating func take(_ line: String) throws(CGIError) {
        guard let colon = line.firstIndex(of: ":"), let name = HTTPField.Name(String(line[..<colon])) else {
            throw CGIError("'\(line.prefix(80))' is no header")
        }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        if name.canonicalName == "status" {
            guard let code = Int(value.prefix(3)), (200...599).contains(code) else {
                throw CGIError("'\(value.prefix(20))' is no status")
            }
            status = code
        } else if !Self.ofTheConnection.contains(name.canonicalName) {
            fields.append(HTTPField(name: name, value: String(value)))
        }
    }

    /// What concerns the connection, and is the server's to say.
    private static let ofTheConnection: Set<String> = [
        "connection", "content-length", "keep-alive", "trailer", "transfer-encoding", "upgrade",
    ]
}

/// What a CGI program wrote is no answer.
struct CGIError: Error, Hashable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
