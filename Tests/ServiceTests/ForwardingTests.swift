import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import JSONValues
import NIOCore
import TestSupport
import Testing
import Upstreams

@testable import Service

/// What is passed on to services beside apps, and what comes back.
@Suite struct ForwardingTests {
    private func run(
        _ server: PlainServer, _ body: @Sendable (Stack) async throws -> Void
    ) async throws {
        try await server.run { address in
            var options = Stack.Options()
            options.upstream = UpstreamClient(answerTimeout: .seconds(120))
            options.judgesAnswers = false
            options.service.upstreams = try UpstreamAddresses(
                volumes: AddressTemplate(address + "/v/{namespace}/{app}"),
                repositories: AddressTemplate(address + "/r/{namespace}/{app}"),
                liveness: AddressTemplate(address + "/l/{componentNamespace}"))
            try await Stack.run(options) { stack async throws in
                try await stack.create("default_demo", graph: Self.graph)
                try await body(stack)
            }
        }
    }

    private static let graph: JSON = [
        "components": [
            "my_comp": ["chart": ["repo": "r", "name": "c"]],
            "placed": ["chart": ["repo": "r", "name": "c"], "namespace": "special-ns"],
        ], "flows": [:],
    ]

    private static func json(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// A name in a request leads nowhere but to its own segment, and what the service does not know is not passed on.
    @Test(arguments: [
        ("data/directory?path=/a&x=1", "/v/default/demo/api/v1/app/flows_service/data/directory?path=%2Fa"),
        ("d%2F..%2Fx/file?path=a%20b", "/v/default/demo/api/v1/app/flows_service/d%2F..%2Fx/file?path=a%20b"),
        ("code/repo-metadata?path=/", "/r/default/demo/api/v1/app/flows_service/code/repo-metadata"),
        (
            "code/repo-file?path=..%2F..&branch=a%26tag%3Db",
            "/r/default/demo/api/v1/app/flows_service/code/repo-file?path=..%2F..&branch=a%26tag%3Db"
        ),
    ])
    func asksForWhatWasAsked(_ path: String, _ asked: String) async throws {
        let server = PlainServer { _ in Self.json("{}") }
        try await run(server) { stack async throws in
            let answer = try await stack.get("/api/v1/app/default_demo/flows_service/\(path)")
            #expect(answer.status == 200 && answer.json == [:])
            #expect(server.requests == [asked])
        }
    }

    @Test(arguments: ["../directory?path=/", "%2e%2e/directory?path=/", "data/repo-check", "data/directory?path=%ff"])
    func asksForNothingElse(_ path: String) async throws {
        let server = PlainServer { _ in Self.json("{}") }
        try await run(server) { stack async throws in
            let answer = try await stack.get("/api/v1/app/default_demo/flows_service/\(path)")
            #expect([404, 422].contains(answer.status), "\(answer.text)")
            #expect(server.requests.isEmpty)
        }
    }

    @Test func asksWhereAComponentRuns() async throws {
        let server = PlainServer { _ in Self.json("[[\"trainer\",\"out\"]]") }
        try await run(server) { stack async throws in
            let edge = "/api/v1/app/default_demo/edge"
            #expect(try await stack.get("\(edge)/input/my_comp/in_0").state == "graph_not_found")
            try await stack.redeploy("default_demo", 1)
            #expect(try await stack.get("\(edge)/input/my_comp/in_0").json == [["trainer", "out"]])
            #expect(try await stack.get("\(edge)/output/placed/out%2F0").status == 200)
            #expect(server.requests == ["/l/default-demo-my-comp/input/in_0", "/l/special-ns/output/out%2F0"])
            server.handle { _ in Self.json("{\"status_code\":404,\"detail\":\"Edge not found\",\"headers\":null}") }
            #expect(try await stack.get("\(edge)/input/my_comp/in_0").state == "edge_not_found")
            #expect(try await stack.get("\(edge)/other/my_comp/in_0").status == 404)
        }
    }

    @Test func passesConditionsOnAndBack() async throws {
        let server = PlainServer { request in
            let names: [HTTPField.Name] = [.range, .ifRange, .ifNoneMatch, .cookie, .authorization]
            let seen = names.compactMap { name in request.headers[name].map { "\(name)=\($0)" } }
            return Response(
                status: .partialContent,
                headers: [
                    .contentType: "text/html", .contentRange: "bytes 0-3/9", .eTag: "\"x\"", .acceptRanges: "bytes",
                    .setCookie: "a=b", .server: "old",
                ], body: ResponseBody(byteBuffer: ByteBuffer(string: seen.joined(separator: ","))))
        }
        try await run(server) { stack async throws in
            let answer = try await stack.get(
                "/api/v1/app/default_demo/flows_service/data/file?path=a.html",
                headers: [
                    "Range": "bytes=0-3", "If-Range": "\"x\"", "If-None-Match": "\"y\"", "Cookie": "c=1",
                    "Authorization": "Bearer secret",
                ])
            #expect(answer.status == 206 && answer.text == "Range=bytes=0-3,If-Range=\"x\",If-None-Match=\"y\"")
            #expect(answer.headers["content-range"] == "bytes 0-3/9" && answer.headers["etag"] == "\"x\"")
            #expect(answer.headers["set-cookie"] == nil && answer.headers["server"] == nil)
            #expect(answer.headers["x-content-type-options"] == "nosniff")
            #expect(answer.headers["content-security-policy"]?.hasPrefix("sandbox") == true)
        }
    }

    @Test func followsNoRedirect() async throws {
        let server = PlainServer { request in
            if request.uri.path == "/elsewhere" { return Self.json("{\"secret\":1}") }
            return Response(status: .found, headers: [.location: "/elsewhere"])
        }
        try await run(server) { stack async throws in
            let answer = try await stack.get("/api/v1/app/default_demo/flows_service/data/directory?path=/")
            #expect(answer.status == 502 && server.requests.count == 1)
        }
    }

    /// Pieces arrive while the service beside the flow is still sending, so nothing is kept in between.
    @Test func streams() async throws {
        let (gate, open) = AsyncStream<Void>.makeStream()
        let server = PlainServer { _ in
            Response(
                status: .ok, headers: [.contentType: "application/octet-stream"],
                body: ResponseBody(contentLength: 8) { writer in
                    try await writer.write(ByteBuffer(string: "half"))
                    for await _ in gate { break }
                    try await writer.write(ByteBuffer(string: "rest"))
                    try await writer.finish(nil)
                })
        }
        try await run(server) { stack async throws in
            var text = ""
            for try await chunk in try await stack.open("/api/v1/app/default_demo/flows_service/data/file?path=x") {
                text += String(buffer: chunk)
                if text == "half" { open.yield() }
            }
            #expect(text == "halfrest")
        }
    }

    @Test func saysThatNobodyIsConfigured() async throws {
        try await Stack.run { stack async throws in
            try await stack.create("default_demo")
            let answer = try await stack.get("/api/v1/app/default_demo/flows_service/data/directory?path=/")
            #expect(answer.status == 502 && answer.state == "not_configured")
        }
    }
}
