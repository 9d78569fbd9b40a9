import Apps
import Git
import Graphs
import JSONValues
import Kubernetes

/// What the cluster should have of an app.
struct Desired: Sendable {
    static let managedByLabel = "app.kubernetes.io/managed-by"
    static let managedBy = "rampart-backend"
    static let versionAnnotation = "rampart.petuum.com/version"
    static let commitAnnotation = "rampart.petuum.com/commit"

    static let resource = ResourceType(
        group: "rampart.petuum.com", version: "v1beta2", plural: "rampartgraphs", kind: "RampartGraph")

    /// The configuration to apply.
    let body: JSON
    let labels: [String: String]
    let annotations: [String: String]
    let specDigest: SpecDigest

    /// - Parameters:
    ///   - manifest: the live graph, or one that is tried.
    ///   - commit: the commit that last changed the app's live graph; nil for one that is tried.
    init(_ id: AppID, manifest: JSON, version: Int, commit: ObjectID?) {
        var labels: [String: String] = [:]
        for (key, value) in manifest.at("metadata", "labels")?.object ?? [:] { labels[key] = value.string }
        labels[Desired.managedByLabel] = Desired.managedBy
        var annotations: [String: String] = [:]
        for (key, value) in manifest.at("metadata", "annotations")?.object ?? [:] { annotations[key] = value.string }
        annotations[Desired.versionAnnotation] = String(version)
        if let commit { annotations[Desired.commitAnnotation] = commit.description }
        let spec = manifest["spec"] ?? [:]
        body = [
            "apiVersion": .string(Desired.resource.apiVersion), "kind": .string(Desired.resource.kind),
            "metadata": [
                "name": .string(id.name), "namespace": .string(id.namespace), "labels": Desired.object(labels),
                "annotations": Desired.object(annotations),
            ],
            "spec": spec,
        ]
        self.labels = labels
        self.annotations = annotations
        specDigest = SpecDigest(spec)
    }

    /// What HEAD says of an app; nil where it has no live graph.
    init?(_ app: App) {
        guard let live = app.live else { return nil }
        self.init(app.id, manifest: live.graph.value, version: live.version, commit: live.commit)
    }

    private static func object(_ texts: [String: String]) -> JSON {
        .object(JSONObject(pairs: texts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }

    /// Stands for all that is applied, the commit included, while this process runs.
    var digest: Int {
        var hasher = Hasher()
        hasher.combine(specDigest)
        hasher.combine(labels)
        hasher.combine(annotations)
        return hasher.finalize()
    }

    /// Whether a resource already has everything that is wanted.
    ///
    /// - Parameter accepted: the digest of what the API server made of this very `spec` before: fields that its schema
    ///   does not know are missing then, and applying again would not bring them back.
    func isMet(by observed: ObservedGraph, accepted: SpecDigest?) -> Bool {
        (observed.specDigest == specDigest || observed.specDigest == accepted)
            && labels.allSatisfy { observed.labels[$0.key] == $0.value }
            && annotations.allSatisfy { $0.value.utf8.count > 1_024 || observed.annotations[$0.key] == $0.value }
    }

    /// The merge patch that takes out of a `spec` what does not belong there; nil where there is nothing.
    ///
    /// Server-side apply leaves what other managers added; the graph belongs to HEAD alone.
    static func removals(from live: JSON, wanted: JSON) -> JSON? {
        guard let left = live.object, let right = wanted.object else { return nil }
        var patch = JSONObject()
        for (name, value) in left {
            if let other = right[name] {
                if let inner = removals(from: value, wanted: other) { patch[name] = inner }
            } else {
                patch[name] = .null
            }
        }
        return patch.isEmpty ? nil : .object(patch)
    }
}
