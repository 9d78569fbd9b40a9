import Git
import Graphs

/// What `rampart.yaml` says: plain lines of `name: value`.
struct BranchSettings: Sendable, Hashable {
    /// The format of the repository; 1 where nothing is said.
    var format = 1
    /// Whether changes come to the branch by pull request only (`protected: true`).
    var isProtected = false
    /// What is wrong with it, with the path of the member; what is not understood counts as the careful choice.
    var problems: [Problem] = []

    init() {}

    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            if let value = Self.value(of: "format", in: line) { format = Int(value) ?? Int.max }
            guard let value = Self.value(of: "protected", in: line) else { continue }
            switch value.lowercased() {
            case "true": isProtected = true
            case "false": isProtected = false
            default:
                isProtected = true
                problems.append(
                    Problem(
                        file: Layout.settingsPath, path: "protected",
                        message: "is '\(value.prefix(40))', expected true or false; it counts as true"))
            }
        }
    }

    private static func value(of name: String, in line: Substring) -> Substring? {
        guard line.hasPrefix(name + ":") else { return nil }
        return line.dropFirst(name.count + 1).drop { $0 == " " }.prefix { !$0.isWhitespace && $0 != "#" }
    }
}

extension GraphRepository {
    /// The settings in a tree.
    static func settings(of tree: ObjectID, in repository: Repository) throws(GitError) -> BranchSettings {
        guard let entry = try repository.entry(at: Layout.settingsPath, in: tree), entry.kind == .file,
            try repository.blobSize(entry.id) < ManifestReader.maximumSize
        else { return BranchSettings() }
        return BranchSettings(String(decoding: try repository.blob(entry.id), as: UTF8.self))
    }
}
