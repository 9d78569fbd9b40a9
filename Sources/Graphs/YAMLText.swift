public import JSONValues
import YAMLValues

/// Reads YAML as kubectl reads it: one document, into JSON values.
public enum YAMLText {
    /// The value of a text.
    /// - Throws: ``Problems`` with line and column.
    public static func value(_ bytes: [UInt8]) throws(Problems) -> JSON {
        do throws(YAMLProblems) { return try YAMLDocument(bytes).json } catch { throw Problems(error, file: nil) }
    }
}

extension Problems {
    init(_ problems: YAMLProblems, file: String?) {
        self.init(
            problems.list.map { problem in
                Problem(
                    file: file, line: problem.line, column: problem.column,
                    path: Problem.path(problem.path), message: problem.message)
            })
    }
}
