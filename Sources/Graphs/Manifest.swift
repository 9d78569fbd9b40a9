public import JSONValues

/// A `RampartGraph` that has passed every check: what `graph.yaml` and `draft.yaml` hold and the cluster is given.
public struct Manifest: Sendable {
    /// The version of the resource that this code writes; older ones are raised to it.
    public static let apiVersion = "rampart.petuum.com/v1beta2"
    public static let kind = "RampartGraph"

    /// The whole object in the order of its text, `apiVersion` raised, without what only a server sets.
    public let json: JSON
    public let name: String
    /// The namespace, where the manifest names one.
    public let namespace: String?
    /// `spec.graph`: components and flows. A version's content is this and nothing else.
    public let graph: JSON
    /// Whether the live graph is to run; `spec.deploy: false` keeps it without running it.
    public let deploys: Bool
    /// The MD5 of ``graph``, see ``hash(ofGraph:)``.
    public let hash: String

    /// Reads a file and checks it.
    ///
    /// - Parameters:
    ///   - bytes: the file's content in UTF-8.
    ///   - format: the language that the file's name tells.
    ///   - file: how problems are to name the file.
    /// - Throws: all ``Problems`` of the file, in the order of its text, each with line and column.
    public init(reading bytes: [UInt8], format: ManifestFormat, file: String? = nil) throws(Problems) {
        let document = try Document(reading: bytes, format: format, file: file)
        try self.init(document)
    }

    /// Checks an object that did not come from a file, for example the body of a request.
    ///
    /// - Throws: all ``Problems``, in the object's order, without line and column.
    public init(checking json: JSON) throws(Problems) {
        try self.init(Document(json))
    }

    init(_ document: Document) throws(Problems) {
        var check = Check()
        check.manifest(document.json)
        guard check.findings.isEmpty else { throw document.problems(check.findings) }
        json = Self.normalized(document.json)
        name = json.at("metadata", "name")?.string ?? ""
        namespace = json.at("metadata", "namespace")?.string
        graph = json.at("spec", "graph") ?? .null
        deploys = json.at("spec", "deploy")?.bool ?? true
        let digest = Self.digest(ofGraph: graph)
        hash = digest.hash
        if let problem = Self.sizeProblem(json, graphLength: digest.length) { throw document.problem(problem) }
    }
}

extension Manifest: Hashable {
    public static func == (left: Manifest, right: Manifest) -> Bool { left.json == right.json }
    public func hash(into hasher: inout Hasher) { hasher.combine(json) }
}

extension Manifest {
    /// `metadata.labels`, empty where there are none.
    public var labels: [String: String] { strings("labels") }

    /// `metadata.annotations`, empty where there are none.
    public var annotations: [String: String] { strings("annotations") }

    private func strings(_ key: String) -> [String: String] {
        var strings: [String: String] = [:]
        for (name, value) in json.at("metadata", key)?.object ?? [:] { strings[name] = value.string }
        return strings
    }
}
