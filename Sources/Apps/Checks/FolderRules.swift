public import Graphs

/// What the files of one folder may be together.
public enum FolderRules {
    /// Manifests of an app of which there are too many.
    ///
    /// - Parameter before: the names that were there before; what was one too many then already is no new problem.
    public static func duplicates(in id: AppID, names: Set<String>, before: Set<String> = []) -> [Problem] {
        [("live graph", Layout.liveNames), ("draft", Layout.draftNames)].compactMap { what, places in
            let found = places.filter(names.contains)
            guard found.count > 1, !found.allSatisfy(before.contains) else { return nil }
            let paths = found.map { "\(id.folder)/\($0)" }
            return Problem(
                file: paths[1], path: "",
                message: "the \(what) of \(id) stands in \(paths.joined(separator: " and ")); keep one of them")
        }
    }

    /// Node configs that stand in two files.
    public static func configDuplicates(names: Set<String>, before: Set<String> = []) -> [Problem] {
        var files: [String: [String]] = [:]
        for name in names {
            if case .config(let id) = Layout.place(of: "configs/\(name)") { files[id, default: []].append(name) }
        }
        return files.sorted { $0.key < $1.key }.compactMap { id, names in
            guard names.count > 1, !names.allSatisfy(before.contains) else { return nil }
            let paths = names.sorted().map { "configs/\($0)" }
            return Problem(
                file: paths[1], path: "",
                message: "the node config \(id) stands in \(paths.joined(separator: " and ")); keep one of them")
        }
    }

    /// Names that differ in nothing but capitals: one of them is lost where a file system does not tell them apart.
    public static func collisions(in folder: String, names: Set<String>, before: Set<String> = []) -> [Problem] {
        Dictionary(grouping: names) { $0.lowercased() }.values.compactMap { group in
            guard group.count > 1, !group.allSatisfy(before.contains) else { return nil }
            let names = group.sorted()
            return Problem(
                file: "\(folder)/\(names[1])", path: "",
                message: "differs from '\(names[0])' in capitals only; not every file system can hold both")
        }
    }
}
