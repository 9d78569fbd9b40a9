/// Which bytes of a file are wanted (RFC 9110, 14).
enum ByteRange: Sendable, Hashable {
    case whole
    /// From the first to the last, both included.
    case part(ClosedRange<Int>)
    /// Behind the end of the file.
    case unsatisfiable

    /// - Parameters:
    ///   - header: the `Range` field; of several ranges none is honoured, which the RFC leaves to servers.
    ///   - size: the file's.
    init(_ header: String?, size: Int) {
        self = .whole
        guard let header, header.lowercased().hasPrefix("bytes=") else { return }
        let bounds = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, let first = Self.number(bounds[0]), let last = Self.number(bounds[1]) else { return }
        switch (first, last) {
        case (nil, nil): return
        case (nil, let count?):
            self = count == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - count)...(size - 1))
        case (let first?, let last):
            if let last, last < first { return }
            self = first >= size ? .unsatisfiable : .part(first...min(last ?? size - 1, size - 1))
        }
    }

    /// - Returns: nil where the text is no number, `.some(nil)` where it is empty.
    private static func number(_ text: Substring) -> Int?? {
        let text = text.filter { $0 != " " }
        if text.isEmpty { return .some(nil) }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return .some(Int(text) ?? .max)
    }
}
