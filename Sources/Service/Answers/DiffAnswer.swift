public import Apps
import Git
import Graphs
public import JSONValues

/// One of the two graphs that are compared.
public struct ComparedGraph: Sendable {
    /// As the request named it: a number, `live`, `draft` or `cluster`.
    let name: String
    /// The version that it is; nil where nobody says so.
    let version: Int?
    /// The commit that it comes from.
    let commit: String?
    /// `spec.graph`.
    let graph: JSON

    init(name: String, version: Int?, commit: String?, graph: JSON) {
        self.name = name
        self.version = version
        self.commit = commit
        self.graph = graph
    }

    /// An app's live graph.
    public init(live: LiveGraph) {
        self.init(name: "live", version: live.version, commit: live.commit.description, graph: live.graph.content)
    }

    /// An app's draft.
    public init(draft: Draft) {
        self.init(name: "draft", version: draft.version, commit: draft.commit.description, graph: draft.graph.content)
    }

    /// One of an app's versions.
    public init(_ version: Version, graph: GraphText) {
        self.init(
            name: String(version.number), version: version.number, commit: version.commit.description,
            graph: graph.content)
    }

    var json: JSON {
        [
            "name": .string(name), "version": version.map { .int(Int64($0)) } ?? .null,
            "commit": commit.map { .string($0) } ?? .null, "hash": .string(Manifest.hash(ofGraph: graph)),
        ]
    }
}

/// How two graphs of an app differ: `GET …/diff`.
public enum DiffAnswer {
    /// `{appId, from, to, equal, components, flows, fields}`.
    public static func json(_ id: AppID, from: ComparedGraph, to: ComparedGraph) -> JSON {
        let isCluster = from.name == "cluster" || to.name == "cluster"
        let comparison = GraphComparison(from: from.graph, to: to.graph, mindsNumberForms: !isCluster)
        return [
            "appId": .string(id.description), "from": from.json, "to": to.json, "equal": .bool(comparison.isEmpty),
            "components": part(comparison.components), "flows": part(comparison.flows),
            "fields": .array(comparison.changes.map(field)),
        ]
    }

    private static func part(_ part: GraphComparison.Part) -> JSON {
        func list(_ names: [String]) -> JSON { .array(names.map { .string($0) }) }
        return ["added": list(part.added), "removed": list(part.removed), "changed": list(part.changed)]
    }

    /// `old` and `new` are left out where nothing stood or stands there: null is a value of its own.
    private static func field(_ change: GraphComparison.Change) -> JSON {
        var object: JSONObject = [
            "path": .string(change.path), "loc": .array(change.keys.map { .string($0) }),
        ]
        object["old"] = change.old
        object["new"] = change.new
        return .object(object)
    }
}

extension GraphText {
    /// `spec.graph` of the manifest.
    fileprivate var content: JSON { value.at("spec", "graph") ?? [:] }
}
