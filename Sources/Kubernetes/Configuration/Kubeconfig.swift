import FoundationEssentials
import JSONValues

/// The entries of one or several kubeconfig files, merged as `kubectl` merges them: the first file that says
/// something wins, and an entry is taken whole.
struct Kubeconfig {
    /// An entry and the file that it comes from, to which its paths are relative.
    struct Entry {
        var value: JSON
        var file: String
    }

    private(set) var currentContext: Entry?
    private(set) var contexts: [String: Entry] = [:]
    private(set) var clusters: [String: Entry] = [:]
    private(set) var users: [String: Entry] = [:]
    /// The files that were read.
    private(set) var files: [String] = []

    /// - Parameter path: this file, which then has to be there, instead of those that the environment names.
    static func load(path: String?, environment: [String: String]) throws(ConfigurationError) -> Kubeconfig {
        var config = Kubeconfig()
        if let path {
            try config.add(file: path)
            return config
        }
        let paths: [String]
        let source: String
        if let list = environment["KUBECONFIG"], !list.isEmpty {
            var seen: Set<String> = []
            paths = list.split(separator: ":").map(String.init).filter { seen.insert($0).inserted }
            source = "KUBECONFIG"
        } else if let home = environment["HOME"], !home.isEmpty {
            paths = [home + "/.kube/config"]
            source = "the default kubeconfig"
        } else {
            throw ConfigurationError(
                path: "KUBECONFIG", message: "is not set, and neither is HOME; name a kubeconfig with --kubeconfig")
        }
        for path in paths where FileManager.default.fileExists(atPath: path) { try config.add(file: path) }
        guard !config.files.isEmpty else {
            throw ConfigurationError(
                path: source,
                message: "there is no file \(paths.joined(separator: ", "));"
                    + " name a kubeconfig with --kubeconfig or KUBECONFIG")
        }
        return config
    }

    private mutating func add(file: String) throws(ConfigurationError) {
        let path = file.hasPrefix("/") ? file : FileManager.default.currentDirectoryPath + "/" + file
        let json = try YAMLReader.read(try Self.text(path), file: path)
        files.append(path)
        // An empty file says nothing, as for kubectl.
        if json.isNull { return }
        let root = Fields(json, file: path, path: "")
        try root.checkIsObject()
        if let kind = try root.string("kind"), kind != "Config" {
            throw root.wrong("kind", "expected Config, found \"\(kind)\"; is this a kubeconfig?")
        }
        if currentContext == nil, let name = try root.string("current-context"), !name.isEmpty {
            currentContext = Entry(value: .string(name), file: path)
        }
        try Self.merge(root, "contexts", "context", into: &contexts)
        try Self.merge(root, "clusters", "cluster", into: &clusters)
        try Self.merge(root, "users", "user", into: &users)
    }

    private static func merge(
        _ root: Fields, _ list: String, _ member: String, into entries: inout [String: Entry]
    ) throws(ConfigurationError) {
        var here: Set<String> = []
        for item in try root.list(list) {
            guard let name = try item.string("name") else { throw item.wrong("name", "is missing") }
            // kubectl takes the last of two entries of one file with the same name; nobody means to write that.
            guard here.insert(name).inserted else {
                throw root.wrong(list, "has two entries with the name \"\(name)\"; remove one")
            }
            if entries[name] == nil {
                entries[name] = Entry(value: item.json[member] ?? .object([:]), file: root.file)
            }
        }
    }

    /// The text of a file.
    static func text(_ path: String) throws(ConfigurationError) -> String {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw ConfigurationError(file: path, message: FileProblem.text(error))
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ConfigurationError(file: path, message: "is no text in UTF-8")
        }
        return text
    }
}
