import JSONValues
import YAMLValues

/// Reads YAML, or JSON, as JSON values.
enum YAMLReader {
    /// - Throws: what is wrong and where, but never the text there, which may be a secret.
    static func read(_ text: String, file: String) throws(ConfigurationError) -> JSON {
        do throws(YAMLProblems) {
            return try YAMLDocument(Array(text.utf8)).json
        } catch {
            let problem = error.list[0]
            let place = problem.line.map { "line \($0), column \(problem.column ?? 1): " } ?? ""
            throw ConfigurationError(file: file, message: "does not read as YAML: \(place)\(problem.message)")
        }
    }
}
