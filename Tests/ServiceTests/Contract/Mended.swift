import JSONValues

/// Graphs that the recorded service took and that do not check here, with the least change that makes them good, by the
/// step that sent them. So the steps after it still have something to be about.
enum Mended {
    static let graphs: [String: @Sendable (JSON) -> JSON] = [
        // `carrier-pigeon` is no type of flows.
        "create-zoo": { sent in
            var flows = sent.at("spec", "graph", "flows") ?? [:]
            flows["odd"] = nil
            return sent.withGraph(sent.at("spec", "graph").map { $0.with("flows", flows) })
        },
        // A graph has no member `extra`.
        "create-numbers": { sent in sent.withGraph(sent.at("spec", "graph").map { $0.with("extra", nil) }) },
    ]
}

extension JSON {
    /// The same object with another value for one member, or without it.
    func with(_ key: String, _ value: JSON?) -> JSON {
        var result = self
        result[key] = value
        return result
    }
}
