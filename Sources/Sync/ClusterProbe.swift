public import Apps
import Graphs
import HashTreeCollections
public import JSONValues
public import Kubernetes

/// Asks a cluster about manifests and resources, and changes nothing.
public struct ClusterProbe: Sendable {
    let client: KubernetesClient
    let fieldManager: String

    /// - Parameter options: the field manager in whose name is asked.
    public init(client: KubernetesClient, options: SyncOptions = .init()) {
        self.client = client
        fieldManager = options.fieldManager
    }

    /// Asks the API server what it would make of a manifest (server-side apply with `dryRun=All`).
    ///
    /// - Parameter version: the app's version that the manifest is.
    public func trial(of manifest: JSON, as app: AppID, version: Int) async -> Trial {
        let desired = Desired(app, manifest: manifest, version: version, commit: nil)
        do {
            return .accepted(
                try await client.apply(
                    Desired.resource, namespace: app.namespace, name: app.name, body: desired.body,
                    fieldManager: fieldManager, force: true, dryRun: true
                ).withoutManagedFields().json)
        } catch {
            let isRefusal = error.code != nil && !error.isUnauthorized && !error.isRetryable
            return isRefusal ? .refused(error.message) : .unanswered(error.description)
        }
    }

    /// Reads an app's resource with its graph.
    public func graph(of app: AppID) async -> ClusterGraph {
        do {
            return .found(
                try await client.get(Desired.resource, namespace: app.namespace, name: app.name)
                    .withoutManagedFields().json)
        } catch {
            return error.isNotFound ? .missing : .unanswered(error.description)
        }
    }

    /// What the cluster says to a merge: refusals of what would be applied, and where it has drifted already.
    ///
    /// Only the apps that the merge changes are asked about, a few at a time.
    public func findings(on preview: MergePreview) async -> ClusterFindings {
        var findings = ClusterFindings()
        await withTaskGroup(of: Finding.self) { group in
            var rest = preview.apps[...]
            for _ in 0..<8 {
                guard let app = rest.popFirst() else { break }
                group.addTask { await self.finding(on: app) }
            }
            for await finding in group {
                findings.refusals[finding.app] = finding.refusal
                findings.drift[finding.app] = finding.drift
                findings.unanswered = findings.unanswered ?? finding.unanswered
                if let app = rest.popFirst() { group.addTask { await self.finding(on: app) } }
            }
        }
        return findings
    }

    private struct Finding: Sendable {
        let app: AppID
        var refusal: String?
        var drift: ClusterFindings.Drift?
        var unanswered: String?
    }

    private func finding(on app: AppPreview) async -> Finding {
        var finding = Finding(app: app.id)
        if let manifest = app.manifest {
            switch await trial(of: manifest.value, as: app.id, version: app.live.after ?? 0) {
            case .accepted: break
            case .refused(let message): finding.refusal = message
            case .unanswered(let message):
                finding.unanswered = message
                return finding
            }
        }
        switch await graph(of: app.id) {
        case .unanswered(let message): finding.unanswered = message
        case .missing: finding.drift = app.liveNow == nil ? nil : .missing
        case .found(let resource):
            guard let live = app.liveNow?.value else {
                finding.drift = .unexpected
                return finding
            }
            let fields = GraphComparison(
                from: live.at("spec", "graph"), to: resource.at("spec", "graph"), mindsNumberForms: false
            ).changes
            finding.drift = fields.isEmpty ? nil : .fields(fields)
        }
        return finding
    }
}
