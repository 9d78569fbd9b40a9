/// What became of each row that was not simply carried over, and how many were.
public struct ImportReport: Sendable {
    /// What became of a row.
    public enum Fate: String, Sendable {
        /// It is not in git. Somebody has to look.
        case leftOut = "left out"
        /// It is in git, but not quite as it was.
        case changed
        /// It was there already, or says what another row says.
        case known
    }

    /// One row that is worth a line.
    public struct Line: Sendable, Hashable {
        public let fate: Fate
        /// File and number: `versions.json 12`; for a resource its namespace and name.
        public let row: String
        public let reason: String

        public init(_ fate: Fate, _ row: String, _ reason: String) {
            self.fate = fate
            self.row = row
            self.reason = reason
        }
    }

    public var lines: [Line] = []
    public var apps = 0
    public var versions = 0
    public var configs = 0

    public init() {}

    public mutating func note(_ fate: Fate, _ row: String, _ reason: String) {
        lines.append(Line(fate, row, reason))
    }

    /// Whether there is something that is not in git.
    public var isIncomplete: Bool { lines.contains { $0.fate == .leftOut } }
}
