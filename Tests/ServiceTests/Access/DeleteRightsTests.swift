import Apps
import Git
import Graphs
import HashTreeCollections
import JSONValues
import TestSupport
import Testing

@testable import Service

/// To delete what is live takes more than to delete what only lies on the editor's desk.
@Suite struct DeleteRightsTests {
    /// Both at once, over and over: the deletion was let in for what was not live yet.
    @Test func whoMayOnlySaveDeletesNothingThatIsDeployedMeanwhile() async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options()) { stack in
            let author = Signature(name: "Ada", email: "ada@example.com", seconds: 1_700_000_000, offsetMinutes: 0)
            var (deployed, deleted) = (0, 0)
            for round in 0..<60 {
                let name = "team-a_demo-\(round)"
                let id = try #require(AppID(name))
                let manifest = try Manifest(checking: Graph.body(name, Graph.small()))
                _ = try await stack.store.perform(.create(id, manifest), by: author)
                async let deploying = stack.post(
                    "/api/v1/apps/redeployment/\(name)/1", ["appId": .string(name), "version": "1", "deployed": true],
                    headers: Guarded.bearer("deployer"))
                // Sooner or later while the other is being committed.
                try await Task.sleep(for: .microseconds(250 * (round % 30)))
                let delete = try await stack.delete("/api/v1/apps/\(name)", headers: Guarded.bearer("editor"))
                let deploy = try await deploying
                let (isDeployed, isDeleted) = (deploy.status < 300, delete.status < 300)
                #expect(!isDeployed || !isDeleted, "\(deploy.text) \(delete.text)")
                #expect((stack.store.snapshot.apps[id]?.live != nil) == isDeployed)
                deployed += isDeployed ? 1 : 0
                deleted += isDeleted ? 1 : 0
            }
            #expect(deployed + deleted > 30)
        }
    }
}
