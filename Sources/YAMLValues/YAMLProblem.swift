/// One reason why a YAML text does not read.
public struct YAMLProblem: Error, Hashable, Sendable {
    /// From 1; nil where the whole text is meant.
    public var line: Int?
    /// From 1, in characters; nil where the whole text is meant.
    public var column: Int?
    /// The keys and list indexes that lead to the value; empty where the text itself does not read.
    public var path: [String]
    public var message: String

    init(line: Int? = nil, column: Int? = nil, path: [String] = [], message: String) {
        self.line = line
        self.column = column
        self.path = path
        self.message = message
    }
}

/// All reasons why a YAML text does not read, in the order of the text; at least one.
public struct YAMLProblems: Error, Hashable, Sendable {
    public let list: [YAMLProblem]
}
