import Apps
import Git
import Graphs
import HashTreeCollections
import Kubernetes
import Logging
import Migration

/// Takes all RampartGraphs of a cluster into git, each as a live app.
struct ClusterAdoption {
    /// Nil where there is no repository yet and none is to be made.
    let store: AppStore?
    let cluster: ClusterConfiguration
    let author: Signature
    let dryRun: Bool
    let logger: Logger

    private static let graphs = ResourceType(
        group: "rampart.petuum.com", version: "v1beta2", plural: "rampartgraphs", kind: "RampartGraph")

    func run() async throws -> ImportReport {
        Terminal.note("· listing the RampartGraphs of \(cluster.server)")
        let client = try KubernetesClient(cluster, logger: logger)
        let objects: [KubernetesObject]
        do {
            objects = try await client.listAll(Self.graphs).items
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
        var report = ImportReport()
        for object in objects { try await take(object, &report) }
        return report
    }

    private func take(_ object: KubernetesObject, _ report: inout ImportReport) async throws {
        let row = "\(object.namespace ?? "")/\(object.name)"
        guard let id = AppID(namespace: object.namespace ?? "default", name: object.name) else {
            return report.note(.leftOut, row, "is no name that an app can have")
        }
        if store?.snapshot.apps[id] != nil { return report.note(.known, row, "\(id) is in git already") }
        if object.isTerminating { return report.note(.known, row, "is being deleted") }
        do {
            let manifest = try Manifest(checking: object.withoutManagedFields().json)
            if !dryRun { _ = try await store?.perform(.adopt(id, manifest), by: author) }
            report.apps += 1
            report.versions += 1
        } catch let problems as Problems {
            report.note(
                .leftOut, row,
                "the graph does not check: \(problems.list.map(\.description).joined(separator: "; "))")
        } catch let error as ActError {
            if case .storage = error { throw Failure("\(row) was not committed: \(error)") }
            report.note(.leftOut, row, "\(error)")
        }
    }
}
