import Crypto
public import JSONValues

extension Manifest {
    /// The hash of a version's content: the MD5 of `spec.graph` as Python's `json.dumps(graph, sort_keys=True)` writes
    /// it, in hexadecimal digits, so that data of the Python service keep theirs.
    public static func hash(ofGraph graph: JSON) -> String { digest(ofGraph: graph).hash }

    /// The hash, and how long the text is that it was made of.
    static func digest(ofGraph graph: JSON) -> (hash: String, length: Int) {
        var options = JSONWritingOptions.python
        options.sortsKeys = true
        let text = graph.bytes(options)
        let digest = Insecure.MD5.hash(data: text)
        let digits = Array("0123456789abcdef".utf8)
        let hash = String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
        return (hash, text.count)
    }

    /// The longest manifest as compact JSON. etcd takes requests of 1.5 MiB by default, and the API server adds to what
    /// it is sent.
    public static let maximumBytes = 1 << 20

    /// - Parameter graphLength: of its graph, with spaces; most manifests are so short that this alone tells.
    static func sizeProblem(_ json: JSON, graphLength: Int) -> Finding? {
        guard graphLength > maximumBytes / 2 else { return nil }
        let length = json.bytes().count
        guard length > maximumBytes else { return nil }
        return Finding(
            path: ["spec", "graph"],
            message: "the manifest has \(length) bytes as JSON, at most \(maximumBytes) fit into the cluster")
    }

    /// The object as it is kept: the newest `apiVersion`, without `status` and metadata that only a server sets.
    ///
    /// People commit what `kubectl get --output yaml` printed; that must read as what they would have written.
    static func normalized(_ json: JSON) -> JSON {
        var object = json
        object["apiVersion"] = .string(apiVersion)
        if object["status"] != nil { object["status"] = nil }
        guard var metadata = object["metadata"]?.object else { return object }
        let before = metadata.count
        for field in [
            "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
            "deletionGracePeriodSeconds", "managedFields", "selfLink",
        ] {
            metadata.removeValue(forKey: field)
        }
        if metadata.count != before { object["metadata"] = .object(metadata) }
        return object
    }
}
