import Graphs
import JSONValues

extension Manifest {
    /// The manifest as the service commits it: without what a cluster adds, and with the namespace of its folder.
    ///
    /// - Parameter text: the app's newest graph, whose metadata stay as they are; only `spec.graph` is new then.
    func kept(as id: AppID, metadataOf text: GraphText? = nil) throws(ActError) -> Manifest {
        if text == nil, let problem = Layout.mismatch(of: self, in: id, path: "") {
            throw .invalid(Problems([problem]))
        }
        var json = json
        if let text {
            json["metadata"] = text.value["metadata"]
            json["spec"] = ["graph": graph]
        }
        json["metadata"] = Self.keptMetadata(json["metadata"] ?? [:], id: id)
        json["status"] = nil
        do {
            return try Manifest(checking: json)
        } catch {
            throw .invalid(error)
        }
    }

    private static func keptMetadata(_ metadata: JSON, id: AppID) -> JSON {
        var kept = JSONObject()
        kept["name"] = .string(id.name)
        kept["namespace"] = .string(id.namespace)
        for (key, value) in metadata.object ?? [:] where key == "labels" || key == "annotations" {
            var members = value.object ?? [:]
            for name in clusterOwned { members.removeValue(forKey: name) }
            if !members.isEmpty { kept[key] = .object(members) }
        }
        return .object(kept)
    }

    /// Labels and annotations that kubectl and the sync loop write, and that mean nothing in git.
    private static let clusterOwned = [
        "app.kubernetes.io/managed-by", "rampart.petuum.com/version", "rampart.petuum.com/commit",
        "kubectl.kubernetes.io/last-applied-configuration",
    ]
}
