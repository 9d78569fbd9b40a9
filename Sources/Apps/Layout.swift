public import Git
public import Graphs

/// Where things lie in a graph repository.
public enum Layout {
    /// What a path stands for.
    public enum Place: Hashable, Sendable {
        /// A live graph: `apps/<namespace>/<name>/graph.yaml`.
        case live(AppID, file: String)
        /// A saved graph that is not deployed: `apps/<namespace>/<name>/draft.yaml`.
        case draft(AppID, file: String)
        /// A Grafana dashboard of the app: `apps/<namespace>/<name>/dashboards/<file>.json`.
        case dashboard(AppID, file: String)
        /// Something else in an app's folder.
        case inApp(AppID)
        /// A node config: `configs/<id>.yaml`.
        case config(id: String)
        /// `rampart.yaml`.
        case settings
        /// Something under `apps/` that may not be there.
        case stray(Problem)
        /// Anything else; left alone.
        case other

        /// The app in whose folder the path lies.
        public var app: AppID? {
            switch self {
            case .live(let id, _), .draft(let id, _), .dashboard(let id, _), .inApp(let id): id
            case .config, .settings, .stray, .other: nil
            }
        }
    }

    /// The endings that are read, the service's own first.
    static let endings = ["yaml", "yml", "json"]
    static let liveNames = endings.map { "graph.\($0)" }
    static let draftNames = endings.map { "draft.\($0)" }
    /// The folders that history is read from.
    static let folders = ["apps", "configs"]
    /// The settings of the repository.
    static let settingsPath = "rampart.yaml"

    /// Says what a file stands for.
    ///
    /// - Parameters:
    ///   - path: from the root of the repository.
    ///   - kind: what lies there; never a tree, as only what is in trees is asked for.
    public static func place(of path: String, kind: EntryKind = .file) -> Place {
        guard path.utf8.starts(with: "apps".utf8) else {
            guard path.utf8.first == UInt8(ascii: "c") || path.utf8.first == UInt8(ascii: "r") else { return .other }
            return placeOutsideOfApps(path)
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts[0] == "apps" else { return .other }
        if parts.count < 4 { return placeAboveApps(parts, path: path, kind: kind) }
        for (index, what) in [(1, "namespace"), (2, "name")] where !DNSLabel.isValid(String(parts[index])) {
            return stray(
                at: parts.prefix(index + 1).joined(separator: "/"),
                "'\(parts[index])' is no \(what): expected a DNS-1123 label "
                    + "(small letters, digits and '-', at most 63)")
        }
        guard let id = AppID(namespace: parts[1], name: parts[2]) else { return .other }
        let file = String(parts[3])
        let isLive = liveNames.contains(file)
        let isManifest = isLive || draftNames.contains(file)
        if isManifest, parts.count == 4 { return isLive ? .live(id, file: file) : .draft(id, file: file) }
        if isManifest { return stray(at: "\(id.folder)/\(file)", "a folder, expected a manifest file") }
        if let problem = linkProblem(path, kind) { return .stray(problem) }
        if parts.count == 5, file == "dashboards", parts[4].hasSuffix(".json") {
            return .dashboard(id, file: String(parts[4]))
        }
        return .inApp(id)
    }

    /// What is wrong where a manifest says another namespace or name than its folder.
    public static func mismatch(of manifest: Manifest, in id: AppID, path: String) -> Problem? {
        mismatch(namespace: manifest.namespace, name: manifest.name, in: id, path: path)
    }

    static func mismatch(namespace: String?, name: String, in id: AppID, path: String) -> Problem? {
        if name != id.name {
            return Problem(
                file: path, path: "metadata.name",
                message: "is '\(name)', expected '\(id.name)' as the folder is called")
        }
        guard let namespace, namespace != id.namespace else { return nil }
        return Problem(
            file: path, path: "metadata.namespace",
            message: "is '\(namespace)', expected '\(id.namespace)' as the folder is called")
    }

    /// What is wrong where an entry is no plain file.
    static func linkProblem(_ path: String, _ kind: EntryKind) -> Problem? {
        switch kind {
        case .file, .executable, .tree: nil
        case .link: Problem(file: path, path: "", message: "a symbolic link, expected a file; links are not followed")
        case .submodule: Problem(file: path, path: "", message: "a submodule, expected a folder")
        }
    }

    private static func placeOutsideOfApps(_ path: String) -> Place {
        if path == settingsPath { return .settings }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "configs", let dot = parts[1].lastIndex(of: "."),
            endings.contains(String(parts[1][parts[1].index(after: dot)...])), dot > parts[1].startIndex
        else { return .other }
        return .config(id: String(parts[1][..<dot]))
    }

    /// `apps`, `apps/x` and `apps/x/y`: folders are expected there; notes for people (`README.md`) are let be.
    private static func placeAboveApps(_ parts: [Substring], path: String, kind: EntryKind) -> Place {
        if let problem = linkProblem(path, kind) { return .stray(problem) }
        if parts.count == 3, !DNSLabel.isValid(String(parts[1])) {
            return stray(
                at: "apps/\(parts[1])",
                "'\(parts[1])' is no namespace: expected a DNS-1123 label "
                    + "(small letters, digits and '-', at most 63)")
        }
        let name = String(parts[parts.count - 1])
        if liveNames.contains(name) || draftNames.contains(name) {
            return stray(at: path, "a manifest outside of an app's folder, expected apps/<namespace>/<name>/\(name)")
        }
        if DNSLabel.isValid(name) { return stray(at: path, "a file, expected a folder") }
        return .other
    }

    private static func stray(at path: String, _ message: String) -> Place {
        .stray(Problem(file: path, path: "", message: message))
    }
}
