import JSONValues

/// One thing that is wrong with a manifest: where it stands, and what was expected there.
public struct Problem: Error, Hashable, Sendable {
    /// The file as it was named to the reader; nil for what did not come from a file.
    public var file: String?
    /// Line and column from 1, columns in code points; nil where no text is at hand.
    public var line: Int?
    public var column: Int?
    /// The way from the manifest's root, for example `spec.graph.components.trainer.inputs.data.flow`; empty for
    /// the file as a whole.
    public var path: String
    /// What is wrong and what was expected, one sentence without a full stop.
    public var message: String

    public init(file: String? = nil, line: Int? = nil, column: Int? = nil, path: String, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.path = path
        self.message = message
    }
}

extension Problem {
    /// A way of keys as one text, in which a key that is very long is cut off.
    static func path(_ keys: [String]) -> String { keys.map { $0.excerpt() }.joined(separator: ".") }
}

extension Problem: CustomStringConvertible {
    /// `file:line:column: path: message`, without the parts that are not known.
    public var description: String {
        var place = [file, line.map(String.init), column.map(String.init)].compactMap { $0 }.joined(separator: ":")
        if !place.isEmpty { place += ": " }
        return place + (path.isEmpty ? "" : path + ": ") + message
    }
}

/// What is wrong with a manifest, in the order of the text: everything, or a hundred things and how many more there are.
public struct Problems: Error, Hashable, Sendable, CustomStringConvertible {
    public var list: [Problem]

    public init(_ list: [Problem]) { self.list = list }

    /// One problem a line.
    public var description: String { list.map(\.description).joined(separator: "\n") }
}
