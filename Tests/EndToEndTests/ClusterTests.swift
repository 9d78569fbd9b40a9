import JSONValues
import TestSupport
import Testing

/// What happens to the cluster beside git: edits, deletions, resources that git does not know.
@Suite struct ClusterTests {
    private let folder: TemporaryFolder
    private let namespace = "e2e-\(String(UInt32.random(in: 0 ... .max), radix: 36))"

    init() throws { folder = try TemporaryFolder() }

    /// Starts a service with the apps given, pushed and applied with rate 0.1.
    private func with(
        apps: [String], _ body: @Sendable @escaping (RunningService, String) async throws -> Void
    ) async throws {
        let (folder, namespace) = (folder, namespace)
        try await RunningService.with(data: folder.appending("data")) { service in
            try await service.makeNamespace(namespace)
            let work = try await service.clone(into: folder)
            for app in apps {
                try folder.write(
                    graphYAML(namespace, app, rate: "0.1"), to: "work/apps/\(namespace)/\(app)/graph.yaml")
            }
            try await Command.git("add", "--all", in: work)
            try await Command.git("commit", "--quiet", "--message", "Add apps", in: work)
            try await Command.git("push", "--quiet", "origin", "HEAD:main", in: work)
            for app in apps { try await service.resource(namespace, app, "is applied") { rate($0) == 0.1 } }
            try await body(service, work)
        }
    }

    @Test func anEditBesideGitIsHealed() async throws {
        try await with(apps: ["demo"]) { [namespace] service, _ in
            let edit: JSON = [
                "spec": ["graph": ["components": ["trainer": ["config": ["rate": 5]], "intruder": ["config": [:]]]]]
            ]
            try await service.kubectl(
                "patch", "rampartgraph", "demo", "--namespace", namespace, "--type", "merge", "--patch", edit.text())
            try await service.resource(namespace, "demo", "is healed") {
                rate($0) == 0.1 && $0.at("spec", "graph", "components", "intruder") == nil
            }
        }
    }

    @Test func aDeletionBesideGitIsMadeGood() async throws {
        try await with(apps: ["demo"]) { [namespace] service, _ in
            let before = try await service.resource(namespace, "demo")?.at("metadata", "uid")
            try await service.kubectl("delete", "rampartgraph", "demo", "--namespace", namespace, "--wait=false")
            try await service.resource(namespace, "demo", "is there again") {
                $0.at("metadata", "uid") != before && $0.at("metadata", "deletionTimestamp") == nil
            }
        }
    }

    @Test func aResourceThatGitDoesNotKnowIsAdopted() async throws {
        try await with(apps: ["demo"]) { [namespace, folder] service, work in
            try await service.kubectl("apply", "--filename", "-", input: graphYAML(namespace, "found", rate: "3.5"))
            try await service.resource(namespace, "found", "carries the label") {
                $0.at("metadata", "labels", "app.kubernetes.io/managed-by") == "rampart-backend"
            }
            try await Command.git("pull", "--quiet", "--ff-only", in: work)
            let file = String(decoding: try folder.read("work/apps/\(namespace)/found/graph.yaml"), as: UTF8.self)
            #expect(file.contains("rate: 3.5"))
            let app = try await service.request("GET", "/api/v1/apps/\(namespace)_found")
            #expect(app.body["versions"]?.array?.count == 1)
        }
    }

    @Test func pruningMostAppsAtOnceStopsAndAsks() async throws {
        let apps = ["one", "two", "three", "four"]
        try await with(apps: apps) { [namespace] service, work in
            try await Command.git("rm", "-r", "--quiet", "apps/\(namespace)", in: work)
            try await Command.git("commit", "--quiet", "--message", "The wrong branch", in: work)
            try await Command.git("push", "--quiet", "origin", "HEAD:main", in: work)
            let expected = Set(apps.map { "\(namespace)_\($0)" })
            try await eventually("the prune is held") {
                let sync = try await service.request("GET", "/api/v1/sync")
                return Set(sync.body["heldPrune"]?.array?.compactMap(\.string) ?? []) == expected
            }
            for app in apps { #expect(try await service.resource(namespace, app) != nil) }

            let confirmed = try await service.request("POST", "/api/v1/sync/confirm")
            #expect(confirmed.status < 300)
            for app in apps { try await service.gone(namespace, app) }
        }
    }
}
