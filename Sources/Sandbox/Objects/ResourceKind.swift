import JSONValues

/// A kind of object that the sandbox serves.
struct ResourceKind: Sendable, Hashable {
    let group: String
    let version: String
    let plural: String
    let singular: String
    let kind: String
    let shortNames: [String]
    let isNamespaced: Bool
    let hasStatus: Bool

    static func == (left: ResourceKind, right: ResourceKind) -> Bool {
        left.group == right.group && left.version == right.version && left.plural == right.plural
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(group)
        hasher.combine(plural)
    }

    /// `rampart.petuum.com/v1beta2`, or `v1` for the core group.
    var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    /// `rampartgraphs.rampart.petuum.com`, as it stands in messages.
    var qualified: String { group.isEmpty ? plural : "\(plural).\(group)" }
    /// Whether it comes from a CustomResourceDefinition.
    var isCustom: Bool { group.hasSuffix(".petuum.com") }

    func details(_ name: String) -> JSON {
        var details: JSON = ["name": .string(name)]
        if !group.isEmpty { details["group"] = .string(group) }
        details["kind"] = .string(plural)
        return details
    }

    static let rampartGraphs = ResourceKind(
        group: "rampart.petuum.com", version: "v1beta2", plural: "rampartgraphs", singular: "rampartgraph",
        kind: "RampartGraph", shortNames: ["rg"], isNamespaced: true, hasStatus: true)
    static let namespaces = core("namespaces", "Namespace", ["ns"], namespaced: false, status: true)
    static let secrets = core("secrets", "Secret", [])
    static let configMaps = core("configmaps", "ConfigMap", ["cm"])
    static let pods = core("pods", "Pod", ["po"], status: true)
    static let events = core("events", "Event", ["ev"])
    static let leases = ResourceKind(
        group: "coordination.k8s.io", version: "v1", plural: "leases", singular: "lease", kind: "Lease",
        shortNames: [], isNamespaced: true, hasStatus: false)
    static let definitions = ResourceKind(
        group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions",
        singular: "customresourcedefinition", kind: "CustomResourceDefinition", shortNames: ["crd", "crds"],
        isNamespaced: false, hasStatus: true)

    /// In the order in which discovery lists them.
    static let all = [configMaps, events, namespaces, pods, secrets, definitions, leases, rampartGraphs]

    private static func core(
        _ plural: String, _ kind: String, _ shortNames: [String], namespaced: Bool = true, status: Bool = false
    ) -> ResourceKind {
        ResourceKind(
            group: "", version: "v1", plural: plural, singular: kind.lowercased(), kind: kind, shortNames: shortNames,
            isNamespaced: namespaced, hasStatus: status)
    }
}
