import JSONValues
import NIOHTTP1
import Secrets
import TestSupport
import Testing

@testable import Kubernetes

@Suite struct ClientTests {
    /// Makes one request and gives back what the server got.
    private func recorded(
        _ answer: JSON = widget("a", "1"), _ request: (KubernetesClient) async throws -> Void
    ) async throws -> RecordedRequest {
        let server = try await ScriptedServer.start { _ in .json(answer) }
        return try await withClient(ClusterConfiguration(server: server.address)) { client in
            try await request(client)
            return try #require(server.requests.first)
        }
    }

    private let base = "/apis/example.com/v1/namespaces/demo/widgets"

    @Test func gets() async throws {
        let request = try await recorded { client in
            let object = try await client.get(widgets, namespace: "demo", name: "a")
            #expect(object.key == ObjectKey(namespace: "demo", name: "a"))
            #expect(object.resourceVersion == "1")
        }
        #expect(request.method == "GET")
        #expect(request.target == base + "/a")
        #expect(request.headers["Accept"] == ["application/json"])
        #expect(request.headers["User-Agent"] == ["rampart"])
        #expect(request.headers["Host"].count == 1)
    }

    @Test func getsWhatIsOutsideOfNamespaces() async throws {
        let request = try await recorded { client in
            _ = try await client.get(.customResourceDefinitions, name: "widgets.example.com")
        }
        #expect(request.target == "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com")
    }

    @Test func lists() async throws {
        let request = try await recorded(widgetList([widget("a", "1")], version: "7", continue: "t")) { client in
            let list = try await client.list(
                widgets, labelSelector: "a=b,!c", fieldSelector: "metadata.name=x", limit: 2, continue: "q+/=")
            #expect(list.resourceVersion == "7")
            #expect(list.continueToken == "t")
        }
        #expect(request.path == "/apis/example.com/v1/widgets")
        #expect(
            request.query == [
                "labelSelector": "a%3Db%2C%21c", "fieldSelector": "metadata.name%3Dx", "limit": "2",
                "continue": "q%2B%2F%3D",
            ])
    }

    @Test func creates() async throws {
        let body = widget("a", "")
        let request = try await recorded { client in
            _ = try await client.create(
                widgets, namespace: "demo", body: body, fieldManager: "me", dryRun: true, fieldValidation: .strict)
        }
        #expect(request.method == "POST")
        #expect(request.path == base)
        #expect(request.query == ["dryRun": "All", "fieldManager": "me", "fieldValidation": "Strict"])
        #expect(request.headers["Content-Type"] == ["application/json"])
        #expect(request.json == body)
    }

    @Test func replaces() async throws {
        let request = try await recorded { client in
            _ = try await client.replace(
                widgets, namespace: "demo", name: "a", body: widget("a", "3"), subresource: .status)
        }
        #expect(request.method == "PUT")
        #expect(request.target == base + "/a/status")
        let error = await failure {
            _ = try await self.recorded { client in
                _ = try await client.replace(widgets, namespace: "demo", name: "a", body: ["metadata": [:]])
            }
        }
        #expect(error?.kind == .invalidRequest)
    }

    @Test func patches() async throws {
        let request = try await recorded { client in
            _ = try await client.mergePatch(widgets, namespace: "demo", name: "a", body: ["spec": ["x": .null]])
        }
        #expect(request.method == "PATCH")
        #expect(request.headers["Content-Type"] == ["application/merge-patch+json"])
        #expect(request.body == Array(#"{"spec":{"x":null}}"#.utf8))
    }

    @Test func applies() async throws {
        let request = try await recorded { client in
            _ = try await client.apply(
                widgets, namespace: "demo", name: "a", body: ["kind": "Widget"], fieldManager: "rampart backend",
                force: true)
        }
        #expect(request.method == "PATCH")
        #expect(request.target == base + "/a?fieldManager=rampart%20backend&force=true")
        #expect(request.headers["Content-Type"] == ["application/apply-patch+yaml"])
        let error = await failure {
            _ = try await self.recorded { client in
                _ = try await client.apply(widgets, namespace: "demo", name: "a", body: [:], fieldManager: "")
            }
        }
        #expect(error?.kind == .invalidRequest)
    }

    @Test func deletes() async throws {
        let gone: JSON = ["kind": "Status", "status": "Success", "details": ["uid": "u"]]
        let request = try await recorded(gone) { client in
            let result = try await client.delete(
                widgets, namespace: "demo", name: "a", preconditions: Preconditions(uid: "u", resourceVersion: "4"),
                propagation: .foreground)
            #expect(result.object == nil)
            #expect(result.uid == "u")
        }
        #expect(request.method == "DELETE")
        #expect(
            request.json == [
                "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Foreground",
                "preconditions": ["uid": "u", "resourceVersion": "4"],
            ])
        _ = try await recorded(widget("a", "5")) { client in
            let result = try await client.delete(widgets, namespace: "demo", name: "a", dryRun: true)
            #expect(result.object?.resourceVersion == "5")
        }
    }

    @Test(arguments: [nil, "", "a/b", "..", "%2e", "."])
    func refusesNamesThatMakeAnotherPath(name: String?) async throws {
        let error = await failure {
            _ = try await self.recorded { client in
                if let name {
                    _ = try await client.get(widgets, namespace: "demo", name: name)
                } else {
                    _ = try await client.get(widgets, name: "a")
                }
            }
        }
        #expect(error?.kind == .invalidRequest)
    }

    @Test func tellsWhetherApplyMadeTheObjectAndReadsTheAnswerOnlyWhenAsked() async throws {
        let server = try await ScriptedServer.start { _ in .reply(201, "{ no json") }
        try await withClient(ClusterConfiguration(server: server.address)) { client in
            let reply: Reply = try await client.apply(
                widgets, namespace: "demo", name: "a", bytes: Array("{}".utf8), fieldManager: "m")
            #expect(reply.created)
            #expect(throws: KubernetesError.self) { try reply.object() }
        }
    }

    @Test func showsWarningsOnce() async throws {
        let logs = LogBook()
        let server = try await ScriptedServer.start { _ in
            .json(widget("a", "1"), headers: ["Warning": #"299 - "unknown field \"spec.bogus\"""#])
        }
        try await withClient(ClusterConfiguration(server: server.address), logger: logs.logger) { client in
            for _ in 0..<3 {
                let reply: Reply = try await client.apply(
                    widgets, namespace: "demo", name: "a", bytes: [], fieldManager: "m")
                #expect(reply.warnings == [#"unknown field "spec.bogus""#])
            }
        }
        #expect(logs.lines.filter { $0.message.contains("The API server warns") }.count == 1)
    }

    @Test func readsPagesAndStartsAgainWhereTheyGrowTooOld() async throws {
        let expired = try #require(
            recording("watch-expired").first { $0["name"] == "continue with an expired token" }?["response"]?["body"])
        let server = try await ScriptedServer.start { request in
            switch (request.query["continue"], request.query["limit"]) {
            case (nil, "1"): .json(widgetList([widget("a", "1")], version: "5", continue: "next"))
            case ("next", _): .json(expired, 410)
            default: .json(widgetList([widget("a", "1"), widget("b", "6")], version: "8"))
            }
        }
        try await withClient(ClusterConfiguration(server: server.address)) { client in
            let list = try await client.listAll(widgets, pageSize: 1)
            #expect(list.items.map(\.name) == ["a", "b"])
            #expect(list.resourceVersion == "8")
            #expect(server.requests.count == 5)
            let error = await failure { _ = try await client.list(widgets, limit: 1, continue: "next") }
            #expect(error?.isGone == true)
            #expect(error?.continueToken == expired.at("metadata", "continue")?.string)
        }
    }

    @Test func keepsConnectionsAndLimitsThem() async throws {
        let server = try await ScriptedServer.start { _ in .json(widget("a", "1")) }
        let options = quickOptions { $0.maximumConnections = 4 }
        try await withClient(ClusterConfiguration(server: server.address), options: options) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<200 {
                    group.addTask { _ = try await client.get(widgets, namespace: "demo", name: "a") }
                }
                try await group.waitForAll()
            }
        }
        #expect(server.requests.count == 200)
        #expect(server.connections <= 4)
    }

    @Test func keepsAPathBeforeTheAPI() async throws {
        let server = try await ScriptedServer.start { _ in .json(["gitVersion": "v1"]) }
        let configuration = ClusterConfiguration(
            server: server.address + "/k8s/c-1/", credentials: .basic(user: "ada", password: Secret("pw")),
            impersonation: Impersonation(user: "bob", groups: ["g"]))
        try await withClient(configuration) { client in
            let version = try await client.version()
            #expect(version["gitVersion"] == "v1")
        }
        #expect(server.requests.first?.target == "/k8s/c-1/version")
        #expect(server.requests.first?.headers["Authorization"] == ["Basic YWRhOnB3"])
        #expect(server.requests.first?.headers["Impersonate-User"] == ["bob"])
        #expect(server.requests.first?.headers["Impersonate-Group"] == ["g"])
    }
}
