import Crypto
public import JSONValues

extension Manifest {
    /// The hash of a version's content: the MD5 of `spec.graph` as Python's `json.dumps(graph, sort_keys=True)` writes
    /// it, in hexadecimal digits, so that data of the Python service keep theirs.
    public static func hash(ofGraph graph: JSON) -> String {
        var options = JSONWritingOptions.python
        options.sortsKeys = true
        let digest = Insecure.MD5.hash(data: graph.bytes(options))
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
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
