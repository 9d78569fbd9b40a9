/// A path below a flow's folder, as a request names it.
struct FlowPath: Sendable, Hashable {
    let parts: [String]

    /// A leading `/` means the flow's folder, as do an empty path and `.`.
    /// - Throws: ``FlowFault`` 400 where it has `..` or a NUL in it, even where that would stay below the folder.
    init(_ text: String) throws(FlowFault) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.filter { $0 != "." }
        guard !parts.contains(".."), !text.utf8.contains(0) else { throw .illegalPath(text) }
        self.parts = parts
    }

    /// As it is shown: without slashes around it.
    var text: String { parts.joined(separator: "/") }
}
