public import Git
public import Graphs

/// What a file of a graph repository may be, by its name, kind and size: what `rampart check` and a push both ask.
public enum FileRules {
    /// The largest file that may lie under `apps/`: 1 MiB.
    public static let largestFile = 1 << 20

    /// What is wrong with where a file lies, or with what it is.
    ///
    /// Files outside of `apps/`, `configs/` and `rampart.yaml` are nobody's business.
    /// - Parameter path: from the root of the repository.
    public static func problem(at path: String, kind: EntryKind) -> Problem? {
        guard isOurs(path) else { return nil }
        let names = path.split(separator: "/", omittingEmptySubsequences: false)
        for name in names {
            if let what = whatIsWrong(with: name) { return Problem(file: path, path: "", message: what) }
        }
        if let problem = Layout.linkProblem(path, kind) { return problem }
        switch Layout.place(of: path, kind: kind) {
        case .stray(let problem): return problem
        case .config(let id): return configProblem(id, path)
        case .inApp(let id) where names.count == 4: return misnamed(String(names[3]), in: id, path)
        default: return nil
        }
    }

    /// What is wrong with the size of a file, in bytes.
    public static func problem(at path: String, size: Int) -> Problem? {
        guard size > largestFile, path.hasPrefix("apps/") else { return nil }
        return Problem(
            file: path, path: "",
            message: "\(size) bytes, expected at most \(largestFile) under apps/; keep large files elsewhere")
    }

    /// Whether a path is looked at: `apps`, `configs` and all below them, and the settings.
    public static func isOurs(_ path: String) -> Bool {
        path == Layout.settingsPath
            || Layout.folders.contains { path == $0 || path.hasPrefix("\($0)/") }
    }

    /// Names that cannot be checked out everywhere, or that git must not see.
    private static func whatIsWrong(with name: Substring) -> String? {
        let lower = name.lowercased()
        if name.isEmpty || name == "." || name == ".." || lower == ".git" || lower == "git~1" {
            return "'\(name)' may not be the name of a file or folder"
        }
        if name.utf8.count > 255 { return "a name of \(name.utf8.count) bytes, expected at most 255" }
        if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control || $0 == "\u{FFFD}" }) {
            return "a name with characters that are none, expected UTF-8 without control characters"
        }
        return nil
    }

    private static func configProblem(_ id: String, _ path: String) -> Problem? {
        if NodeConfig.isID(id) { return nil }
        return Problem(
            file: path, path: "",
            message: "'\(id)' is no id: expected letters, digits, '.', '_' and '-', at most 128")
    }

    /// `Graph.yaml` would be passed over without a word.
    private static func misnamed(_ name: String, in id: AppID, _ path: String) -> Problem? {
        let lower = name.lowercased()
        guard lower != name, (Layout.liveNames + Layout.draftNames).contains(lower) else { return nil }
        return Problem(file: path, path: "", message: "'\(name)' is not read; call it \(lower)")
    }
}
