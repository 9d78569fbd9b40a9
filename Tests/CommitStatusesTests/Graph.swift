import Apps
import Graphs
import JSONValues

enum Graph {
    static func manifest(_ id: AppID, _ graph: JSON) throws -> Manifest {
        try Manifest(checking: [
            "apiVersion": .string(Manifest.apiVersion), "kind": .string(Manifest.kind),
            "metadata": ["name": .string(id.name), "namespace": .string(id.namespace)], "spec": ["graph": graph],
        ])
    }
}
