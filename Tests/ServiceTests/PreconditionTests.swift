import JSONValues
import TestSupport
import Testing

@testable import Service

/// `If-Match` on every write, and `If-None-Match: *` where something is made.
@Suite struct PreconditionTests {
    static let stale = "\"\(String(repeating: "a", count: 40))\""

    enum Write: String, CaseIterable { case save, deploy, undeploy, delete, revert }

    private func send(_ write: Write, _ stack: Stack, _ headers: [String: String], commit: String) async throws
        -> Answer
    {
        switch write {
        case .save: try await stack.save("default_demo", Graph.small(9), headers: headers)
        case .deploy: try await stack.redeploy("default_demo", 1, headers: headers)
        case .undeploy: try await stack.redeploy("default_demo", 2, deployed: false, headers: headers)
        case .delete: try await stack.delete("/api/v1/apps/default_demo", headers: headers)
        case .revert:
            try await stack.post(
                "/api/v1/apps/default_demo/revert", ["commit": .string(commit)], headers: headers)
        }
    }

    @Test(arguments: Write.allCases) func everyWriteMindsTheCommit(_ write: Write) async throws {
        try await Stack.run { stack in
            try await stack.create("default_demo")
            try await stack.save("default_demo", Graph.small(2))
            try await stack.redeploy("default_demo", 2)
            let tag = try #require(try await stack.get("/api/v1/apps/default_demo").etag)
            let commit = String(tag.dropFirst().prefix(40))
            let refused = try await send(write, stack, ["If-Match": Self.stale], commit: commit)
            #expect(refused.status == 412 && refused.state == "app_changed", "\(refused.text)")
            #expect(refused.json["commit"]?.string == commit && refused.message?.contains("Read it again") == true)
            #expect(refused.etag == "\"\(commit)\"")
            for malformed in ["\"abc\"", "\"\(commit)", "main", ""] where !malformed.isEmpty {
                let answer = try await send(write, stack, ["If-Match": malformed], commit: commit)
                #expect(answer.status == 400 && answer.state == "bad_if_match", "\(malformed): \(answer.text)")
            }
            #expect(try await stack.get("/api/v1/apps/default_demo").etag?.dropFirst().prefix(40) == commit[...])
            let done = try await send(write, stack, ["If-Match": "\(Self.stale), \(tag)"], commit: commit)
            #expect(done.status == 200, "\(done.text)")
        }
    }

    @Test func newThingsTakeAStar() async throws {
        try await Stack.run { stack in
            func create(_ headers: [String: String]) async throws -> Answer {
                try await stack.post("/api/v1/graphs", Graph.body("default_demo", Graph.small()), headers: headers)
            }
            #expect(try await create(["If-Match": Self.stale]).state == "bad_if_match")
            #expect(try await create(["If-None-Match": Self.stale]).state == "bad_if_none_match")
            let made = try await create(["If-None-Match": "*"])
            #expect(made.status == 201)
            let twice = try await create(["If-None-Match": "*"])
            #expect(twice.status == 412 && twice.etag == made.etag && twice.state == "duplicate_graph_exists")
            #expect(try await create([:]).status == 409)

            let body: JSON = ["title": "T", "config": [:], "type": "c", "nodeType": "n"]
            let config = try await stack.post("/api/v1/node-configs", body, headers: ["If-None-Match": " * "])
            #expect(config.status == 200)
            #expect(try await stack.post("/api/v1/node-configs", body, headers: ["If-Match": "*"]).status == 400)
            let path = "/api/v1/node-configs/\(config.json["id"]?.string ?? "")"
            let refused = try await stack.send("PUT", path, body: body.bytes(), headers: ["If-Match": Self.stale])
            #expect(refused.status == 412 && refused.state == "config_changed" && refused.etag == config.etag)
            #expect(try await stack.delete(path, headers: ["If-Match": "x"]).status == 400)
            #expect(try await stack.delete(path, headers: ["If-Match": config.etag ?? ""]).status == 204)
        }
    }
}
