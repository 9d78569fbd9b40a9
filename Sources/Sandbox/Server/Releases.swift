import Foundation
import Gzip
import JSONValues

/// Plays Helm beside Rampart's controller: keeps the Secret of a release in each namespace of a graph that is deployed.
struct Releases: Sendable {
    let cluster: Cluster

    /// - Parameters:
    ///   - graph: the RampartGraph.
    ///   - phase: what its controller says of it now.
    func follow(_ graph: JSON, phase: String) async {
        for namespace in Self.namespaces(graph) {
            switch phase {
            case "Deployed":
                await cluster.makeNamespace(namespace)
                _ = try? await cluster.create(
                    .secrets, namespace: namespace, Self.secret(in: namespace), WriteOptions(manager: "helm"))
            case "Undeployed":
                _ = try? await cluster.delete(
                    .secrets, namespace: namespace, name: Self.name, DeleteOptions())
            default: break
            }
        }
    }

    private static let name = "sh.helm.release.v1.component.v1"

    private static func secret(in namespace: String) -> JSON {
        [
            "type": "helm.sh/release.v1",
            "metadata": [
                "name": .string(name), "namespace": .string(namespace),
                "labels": ["owner": "helm", "name": "component", "status": "deployed", "version": "1"],
            ],
            "data": ["release": .string(data(in: namespace))],
        ]
    }

    /// What Helm keeps of a release, in the form in which it does: base64 of gzip of JSON, and base64 around it as around
    /// all data of Secrets.
    private static func data(in namespace: String) -> String {
        let release: JSON = [
            "name": "component",
            "info": ["deleted": "", "description": "Install complete", "status": "deployed"],
            "chart": ["metadata": ["name": "sandbox", "version": "0.0.0", "apiVersion": "v2"]],
            "manifest": "", "version": 1, "namespace": .string(namespace),
        ]
        // Only zlib without memory fails here; such a Secret says nothing.
        let packed = (try? Gzip.pack(release.bytes())) ?? []
        return Data(Data(packed).base64EncodedString().utf8).base64EncodedString()
    }

    /// Where the components of a graph are, and the volumes of its flows.
    static func namespaces(_ graph: JSON) -> [String] {
        let prefix = "\(graph.at("metadata", "namespace")?.string ?? "")-\(graph.at("metadata", "name")?.string ?? "")"
        let components = graph.at("spec", "graph", "components")?.object ?? [:]
        var namespaces = components.map { name, component in
            component["namespace"]?.string ?? "\(prefix)-\(name.replacing("_", with: "-"))"
        }
        let flows = graph.at("spec", "graph", "flows")?.object ?? [:]
        if flows.contains(where: { $0.value["type"] == "volume" }) {
            namespaces.append("\(prefix)-rampart-flows-volume")
        }
        return namespaces
    }
}
