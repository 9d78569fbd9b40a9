import JSONValues
import Subprocess
import TestSupport
import Testing

/// What the UI does over REST becomes commits and reaches the cluster.
@Suite struct RestTests {
    private let folder: TemporaryFolder
    private let namespace = "e2e-\(String(UInt32.random(in: 0 ... .max), radix: 36))"

    init() throws { folder = try TemporaryFolder() }

    private func log(_ service: RunningService, _ format: String, _ count: Int = 1) async throws -> String {
        try await Command.git(
            "log", "--first-parent", "-\(count)", "--format=\(format)", "main", in: service.repository)
    }

    @Test func anAppIsCreatedSavedDeployedUndeployedAndDeleted() async throws {
        let (folder, namespace) = (folder, namespace)
        try await RunningService.with(data: folder.appending("data")) { [self] service in
            try await service.makeNamespace(namespace)
            let id = "\(namespace)_demo"
            let created = try await service.request("POST", "/api/v1/graphs", graphJSON(namespace, "demo", rate: 0.1))
            #expect(created.status == 201)
            #expect(try await log(service, "%s") == "Create \(id)")
            #expect(try await service.resource(namespace, "demo") == nil)

            let saved = try await service.request(
                "POST", "/api/v1/apps/\(id)/graph", graphJSON(namespace, "demo", rate: 0.2))
            #expect(saved.body["versionId"]?.int == 2)
            #expect(try await log(service, "%s") == "Save \(id) version 2")

            let order: JSON = ["appId": .string(id), "version": "2", "deployed": true]
            let deployed = try await service.request("POST", "/api/v1/apps/redeployment/\(id)/2", order)
            #expect(deployed.status == 200, "\(deployed.body)")
            #expect(try await log(service, "%s") == "Deploy \(id) version 2")
            let trailers = try await log(service, "%(trailers:only,unfold)")
            #expect(trailers.contains("Rampart-App: \(id)") && trailers.contains("Rampart-Version: 2"))
            #expect(try await log(service, "%an <%ae>").contains("@"))
            try await service.resource(namespace, "demo", "is deployed") {
                rate($0) == 0.2 && $0.at("status", "phase") == "Deployed"
            }
            let app = try await service.request("GET", "/api/v1/apps/\(id)")
            #expect(app.body["deployed"] == true)

            let undo: JSON = ["appId": .string(id), "version": "2", "deployed": false]
            #expect(try await service.request("POST", "/api/v1/apps/redeployment/\(id)/2", undo).status == 200)
            #expect(try await log(service, "%s") == "Undeploy \(id)")
            try await service.resource(namespace, "demo", "is undeployed") {
                $0.at("spec", "deploy") == false && $0.at("status", "phase") == "Undeployed"
            }

            #expect(try await service.request("DELETE", "/api/v1/apps/\(id)").status == 200)
            #expect(try await log(service, "%s") == "Delete \(id)")
            try await service.gone(namespace, "demo")
            #expect(try await service.request("GET", "/api/v1/apps/\(id)").status == 404)
            try await Command.git("fsck", "--strict", in: service.repository)
        }
    }

    @Test func whatWasAcknowledgedSurvivesAKill() async throws {
        let (folder, namespace) = (folder, namespace)
        let data = folder.appending("data")
        let id = "\(namespace)_demo"
        try await RunningService.with(data: data, endedBy: .kill) { service in
            try await service.makeNamespace(namespace)
            let created = try await service.request("POST", "/api/v1/graphs", graphJSON(namespace, "demo", rate: 0.1))
            #expect(created.status == 201)
            for round in 2...6 {
                let saved = try await service.request(
                    "POST", "/api/v1/apps/\(id)/graph", graphJSON(namespace, "demo", rate: Double(round)))
                #expect(saved.body["versionId"]?.int == Int64(round))
            }
        }
        try await RunningService.with(data: data) { service in
            let app = try await service.request("GET", "/api/v1/apps/\(id)")
            #expect(app.body["versions"]?.array?.count == 6)
        }
    }

    @Test func theIndexFilesSayWhatTheRestAPISays() async throws {
        let (folder, namespace) = (folder, namespace)
        let data = folder.appending("data")
        try await RunningService.with(data: data) { service in
            for name in ["alpha", "beta"] {
                let made = try await service.request("POST", "/api/v1/graphs", graphJSON(namespace, name, rate: 0.5))
                #expect(made.status == 201)
            }
        }
        let script = """
            import sys, tinydb
            apps = tinydb.TinyDB(sys.argv[1] + '/apps.json', access_mode='r')
            app = tinydb.Query()
            print([row['name'] for row in apps.search(app.versionCount == 1)])
            """
        let names = try await Command.output(python, ["-c", script, data + "/index"])
        #expect(names == "['alpha', 'beta']")

        try await Command.output(RunningService.program, ["index", "--data", data, "--out", folder.appending("again")])
        for file in ["apps.json", "versions.json", "dashboard.json", "configs.json"] {
            #expect(try folder.read("data/index/\(file)") == folder.read("again/\(file)"), "\(file)")
        }
    }
}
