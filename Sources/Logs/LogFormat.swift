/// How a log is written.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
    /// For people: time, level, label and message, then `key=value`.
    case text
    /// For programs: one JSON object a line.
    case json
}
