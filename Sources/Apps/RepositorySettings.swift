import Git
import Graphs
import JSONValues

/// What `rampart.yaml` says.
public struct RepositorySettings: Sendable, Hashable {
    /// What becomes of a dashboard of ours that somebody has changed in Grafana.
    public enum DashboardEdits: String, Sendable, Hashable {
        /// It is put back.
        case heal
        /// It stays as it is and is shown as drift.
        case leave
    }

    /// `format`: that of the repository; 1 where nothing is said.
    var format = 1
    /// `protected`: whether changes come to the branch by pull request only.
    public internal(set) var isProtected = false
    /// `grafana.edits`.
    public internal(set) var dashboardEdits = DashboardEdits.heal
    /// What is wrong with it, with the path of the member. What is not understood counts as the careful choice.
    var problems: [Problem] = []

    /// All defaults.
    public init() {}

    /// Reads the text of the file. `format` and `protected` are found by line, so that they hold even where the rest of
    /// the file does not read.
    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            if let value = Self.value(of: "format", in: line) { format = Int(value) ?? Int.max }
            guard let value = Self.value(of: "protected", in: line) else { continue }
            switch value.lowercased() {
            case "true": isProtected = true
            case "false": isProtected = false
            default:
                isProtected = true
                note("protected", "is '\(value.prefix(40))', expected true or false; it counts as true")
            }
        }
        readEdits(text)
    }

    private mutating func readEdits(_ text: String) {
        // Nothing but comments is no document.
        let lines = text.split(whereSeparator: \.isNewline)
        if lines.allSatisfy({ $0.drop(while: \.isWhitespace).first ?? "#" == "#" }) { return }
        let json: JSON
        do {
            json = try YAMLText.value(Array(text.utf8))
        } catch {
            return note("", "\(error)")
        }
        guard let edits = json.at("grafana", "edits") else { return }
        guard let known = edits.string.flatMap({ DashboardEdits(rawValue: $0) }) else {
            return note(
                "grafana.edits", "is \(edits.string.map { "'\($0)'" } ?? edits.kindName), expected heal or leave")
        }
        dashboardEdits = known
    }

    private mutating func note(_ path: String, _ message: String) {
        problems.append(Problem(file: Layout.settingsPath, path: path, message: message))
    }

    private static func value(of name: String, in line: Substring) -> Substring? {
        guard line.hasPrefix(name + ":") else { return nil }
        return line.dropFirst(name.count + 1).drop { $0 == " " }.prefix { !$0.isWhitespace && $0 != "#" }
    }
}

extension GraphRepository {
    /// The settings in a tree.
    static func settings(of tree: ObjectID, in repository: Repository) throws(GitError) -> RepositorySettings {
        guard let entry = try repository.entry(at: Layout.settingsPath, in: tree), entry.kind == .file,
            try repository.blobSize(entry.id) < ManifestReader.maximumSize
        else { return RepositorySettings() }
        return RepositorySettings(String(decoding: try repository.blob(entry.id), as: UTF8.self))
    }
}
