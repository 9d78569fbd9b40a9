import JSONValues
import TestSupport
import Testing

/// What engineers do with git reaches the cluster.
@Suite struct PushTests {
    private let folder: TemporaryFolder
    /// A namespace of its own, so that the tests can share a real cluster.
    private let namespace = "e2e-\(String(UInt32.random(in: 0 ... .max), radix: 36))"

    init() throws { folder = try TemporaryFolder() }

    private func path(_ name: String, _ file: String = "graph.yaml") -> String {
        "work/apps/\(namespace)/\(name)/\(file)"
    }

    private func commit(_ message: String) async throws {
        let work = folder.appending("work")
        try await Command.git("add", "--all", in: work)
        try await Command.git("commit", "--quiet", "--message", message, in: work)
    }

    private func push() async throws {
        try await Command.git("push", "--quiet", "origin", "HEAD:main", in: folder.appending("work"))
    }

    /// As somebody with the repository's files in hand can: the hook would refuse it.
    private func pushPastTheHook(_ service: RunningService) async throws {
        let work = folder.appending("work")
        try await Command.git("push", "--quiet", "origin", "HEAD:aside", in: work)
        let head = try await Command.git("rev-parse", "HEAD", in: work)
        try await Command.git("update-ref", "refs/heads/main", head, in: service.repository)
    }

    private func versionCount(_ service: RunningService, _ name: String) async throws -> Int? {
        try await service.request("GET", "/api/v1/apps/\(namespace)_\(name)").body["versions"]?.array?.count
    }

    /// Starts a service with one app, `demo`, pushed and applied with rate 0.1.
    private func withDemo(
        _ body: @Sendable @escaping (RunningService, String) async throws -> Void
    ) async throws {
        let (folder, namespace) = (folder, namespace)
        try await RunningService.with(data: folder.appending("data")) { service in
            try await service.makeNamespace(namespace)
            let work = try await service.clone(into: folder)
            try folder.write(graphYAML(namespace, "demo", rate: "0.1"), to: path("demo"))
            try await commit("Add demo")
            try await push()
            try await service.resource(namespace, "demo", "has the first rate") { rate($0) == 0.1 }
            try await body(service, work)
        }
    }

    @Test func aPushIsAppliedAndARevertRollsItBack() async throws {
        try await withDemo { [self] service, work in
            try folder.write(graphYAML(namespace, "demo", rate: "0.2"), to: path("demo"))
            try await commit("Learn faster")
            try await push()
            let changed = try await service.resource(namespace, "demo", "has the second rate") { rate($0) == 0.2 }
            #expect(changed.at("metadata", "annotations", "rampart.petuum.com/version") == "2")
            let head = try await Command.git("rev-parse", "HEAD", in: work)
            #expect(changed.at("metadata", "annotations", "rampart.petuum.com/commit") == .string(head))
            #expect(changed.at("metadata", "labels", "app.kubernetes.io/managed-by") == "rampart-backend")

            try await Command.git("revert", "--no-edit", "HEAD", in: work)
            try await push()
            let reverted = try await service.resource(namespace, "demo", "is rolled back") { rate($0) == 0.1 }
            #expect(reverted.at("metadata", "annotations", "rampart.petuum.com/version") == "1")
            #expect(try await versionCount(service, "demo") == 2)
        }
    }

    @Test func aMergedBranchIsOneVersion() async throws {
        try await withDemo { [self] service, work in
            try await Command.git("checkout", "--quiet", "-b", "tuning", in: work)
            for rate in ["0.2", "0.3", "0.4"] {
                try folder.write(graphYAML(namespace, "demo", rate: rate), to: path("demo"))
                try await commit("Try \(rate)")
            }
            try await Command.git("checkout", "--quiet", "main", in: work)
            try await Command.git("merge", "--quiet", "--no-ff", "--no-edit", "tuning", in: work)
            try await push()
            let merged = try await service.resource(namespace, "demo", "has the merged rate") { rate($0) == 0.4 }
            #expect(merged.at("metadata", "annotations", "rampart.petuum.com/version") == "2")
            #expect(try await versionCount(service, "demo") == 2)
        }
    }

    @Test func everyVersionKeepsItsNumberWhenAnEngineerPullsAndPushesWhileTheUISaves() async throws {
        try await withDemo { [self] service, work in
            let app = "/api/v1/apps/\(namespace)_demo"
            for round in 1...3 {
                let saved = try await service.request(
                    "POST", "\(app)/graph", graphJSON(namespace, "demo", rate: Double(round) + 0.5))
                #expect(saved.status == 200)
                let number = try #require(saved.body["versionId"]?.int)
                try folder.write("# round \(round)\n", to: "work/notes-\(round).md")
                try await commit("Note \(round)")
                try await Command.git("pull", "--quiet", "--no-rebase", "--no-edit", in: work)
                try await push()
                try await eventually("the push is folded, and version \(number) keeps its content") {
                    let sync = try await service.request("GET", "/api/v1/sync")
                    let head = try await Command.git("rev-parse", "main", in: service.repository)
                    guard sync.body["head"]?.string == head else { return false }
                    let notes = try await Command.git("ls-tree", "--name-only", "main", in: service.repository)
                    return notes.contains("notes-\(round).md")
                }
                let version = try await service.request("GET", "\(app)/versions/\(number)/graph")
                #expect(rate(version.body["graph"] ?? .null) == Double(round) + 0.5)
                #expect(try await versionCount(service, "demo") == round + 1)
            }
        }
    }

    @Test func aDraftIsPromotedByMovingIt() async throws {
        try await withDemo { [self] service, work in
            let saved = try await service.request(
                "POST", "/api/v1/apps/\(namespace)_demo/graph", graphJSON(namespace, "demo", rate: 0.7))
            #expect(saved.body["versionId"]?.int == 2)
            try await Command.git("pull", "--quiet", "--ff-only", in: work)
            try await Command.git(
                "mv", "--force", "apps/\(namespace)/demo/draft.yaml", "apps/\(namespace)/demo/graph.yaml", in: work)
            try await commit("Promote the draft")
            try await push()
            let live = try await service.resource(namespace, "demo", "has the draft's rate") { rate($0) == 0.7 }
            #expect(live.at("metadata", "annotations", "rampart.petuum.com/version") == "2")
        }
    }

    @Test func aRemovedFolderRemovesTheResource() async throws {
        try await withDemo { [self] service, work in
            try folder.write(graphYAML(namespace, "other", rate: "1.5"), to: path("other"))
            try await commit("Add other")
            try await push()
            try await service.resource(namespace, "other", "is applied") { rate($0) == 1.5 }
            try await Command.git("rm", "-r", "--quiet", "apps/\(namespace)/demo", in: work)
            try await commit("Remove demo")
            try await push()
            try await service.gone(namespace, "demo")
            #expect(try await service.resource(namespace, "other") != nil)
        }
    }

    @Test func aManifestThatDoesNotCheckLeavesTheAppAtItsLastGoodState() async throws {
        try await withDemo { [self] service, _ in
            let bad = graphYAML(namespace, "demo", rate: "0.9").replacing("flow: data", with: "flow: nowhere")
            try folder.write(bad, to: path("demo"))
            try await commit("Break demo")
            try await pushPastTheHook(service)
            let state = try await eventually("demo is invalid") { () -> JSON? in
                let sync = try await service.request("GET", "/api/v1/sync")
                let app = sync.body["apps"]?.array?.first { $0["appId"]?.string == "\(namespace)_demo" }
                return app?["state"] == "invalid" ? app : nil
            }
            #expect(state["message"]?.string?.contains("graph.yaml:18") == true, "\(state)")
            #expect(try await service.resource(namespace, "demo").flatMap(rate) == 0.1)

            try folder.write(graphYAML(namespace, "demo", rate: "0.8"), to: path("demo"))
            try await commit("Mend demo")
            try await push()
            try await service.resource(namespace, "demo", "is mended") { rate($0) == 0.8 }
        }
    }
}
