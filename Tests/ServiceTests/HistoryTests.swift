import Apps
import Git
import JSONValues
import TestSupport
import Testing

@testable import Service

/// Versions, history, differences and reverts over REST.
@Suite struct HistoryTests {
    private func fill(_ stack: Stack) async throws {
        try await stack.create("default_demo")
        try await stack.save("default_demo", Graph.small(2))
        try await stack.redeploy("default_demo", 2)
        try await stack.save("default_demo", Graph.small(3))
    }

    @Test func versionsSayWhereTheyStand() async throws {
        try await Stack.run { stack in
            try await fill(stack)
            let answer = try await stack.get("/api/v1/apps/default_demo/versions")
            let versions = try #require(answer.json.array)
            #expect(versions.compactMap { $0["number"]?.int } == [1, 2, 3])
            #expect(versions.compactMap { $0["state"]?.string } == ["past", "live", "draft"])
            #expect(versions[1]["message"] == "Save default_demo version 2")
            #expect(versions[1].at("author", "name") == "Rampart UI" && versions[1]["hash"]?.string?.count == 32)
            #expect(versions[1]["lastDeployment"]?.string != nil && versions[2]["lastDeployment"]?.isNull == true)
            let tag = try #require(answer.etag)
            #expect(
                try await stack.get("/api/v1/apps/default_demo/versions", headers: ["If-None-Match": tag]).status == 304
            )
            try await stack.redeploy("default_demo", 2, deployed: false)
            let after = try await stack.get("/api/v1/apps/default_demo/versions", headers: ["If-None-Match": tag])
            #expect(after.json[1]?["state"] == "undeployed")
            #expect(try await stack.get("/api/v1/apps/default_none/versions").status == 404)
        }
    }

    @Test func historyIsPaged() async throws {
        try await Stack.run { stack in
            try await fill(stack)
            #expect(try await stack.delete("/api/v1/apps/default_demo").status == 200)
            var events: [String] = []
            var path: String? = "/api/v1/apps/default_demo/history?limit=2"
            while let next = path {
                let page = try await stack.get(next).json
                events += page["commits"]?.array?.compactMap { $0.at("events")?[0]?.string } ?? []
                path = page["next"]?.string.map { "/api/v1/apps/default_demo/history?limit=2&before=\($0)" }
            }
            #expect(events == ["deleted", "saved", "deployed", "saved", "created"])
        }
    }

    @Test(arguments: [
        ("limit=0", 400, "bad_limit"), ("limit=501", 400, "bad_limit"), ("limit=+1", 400, "bad_limit"),
        ("before=abc", 400, "bad_before"), ("before=\(String(repeating: "a", count: 40))", 400, "bad_before"),
    ])
    func historyRefuses(_ query: String, _ status: Int, _ state: String) async throws {
        try await Stack.run { stack in
            try await stack.create("default_demo")
            let answer = try await stack.get("/api/v1/apps/default_demo/history?\(query)")
            #expect(answer.status == status && answer.state == state, "\(answer.text)")
            #expect(try await stack.get("/api/v1/apps/default_none/history").state == "graph_not_found")
        }
    }

    @Test func diffTellsFields() async throws {
        try await Stack.run { stack in
            try await fill(stack)
            let path = "/api/v1/apps/default_demo/diff"
            let answer = try await stack.get("\(path)?from=1&to=live").json
            #expect(answer.at("to", "version") == 2 && answer["equal"] == false)
            #expect(answer.at("components", "changed") == ["web"] && answer.at("flows", "added") == [])
            #expect(
                answer["fields"] == [
                    [
                        "path": "components.web.config.x", "loc": ["components", "web", "config", "x"], "old": 1,
                        "new": 2,
                    ]
                ])
            #expect(try await stack.get("\(path)?from=live&to=draft").json.at("fields")?[0]?["new"] == 3)
            try await stack.reaches("deployed", "default_demo")
            let cluster = try await stack.get("\(path)?from=live&to=cluster").json
            #expect(cluster["equal"] == true && cluster.at("to", "version") == 2, "\(cluster)")
            for (query, status) in [
                ("from=1", 422), ("to=1", 422), ("from=9&to=1", 404), ("from=x&to=1", 400), ("from=01&to=1", 400),
            ] {
                #expect(try await stack.get("\(path)?\(query)").status == status, "\(query)")
            }
            try await stack.create("default_new")
            for (side, state) in [("live", "no_live_graph"), ("cluster", "not_in_cluster")] {
                let answer = try await stack.get("/api/v1/apps/default_new/diff?from=\(side)&to=1")
                #expect(answer.status == 404 && answer.state == state)
            }
        }
    }

    @Test func diffSaysThatTheClusterIsAway() async throws {
        var options = Stack.Options()
        options.hasCluster = false
        options.service.patienceWhileUnreachable = .milliseconds(200)
        options.service.patience = .milliseconds(200)
        try await Stack.run(options) { stack in
            try await stack.create("default_demo")
            let answer = try await stack.get("/api/v1/apps/default_demo/diff?from=cluster&to=1")
            #expect(answer.status == 503 && answer.state == "cluster_unreachable", "\(answer.text)")
        }
    }

    private func head(_ stack: Stack, _ id: String = "default_demo") async throws -> String {
        try await stack.get("/api/v1/apps/\(id)/history?limit=1").json.at("commits")?[0]?["commit"]?.string ?? ""
    }

    @Test func revertIsACommitOfTheAuthor() async throws {
        try await Stack.run { stack in
            try await stack.create("default_demo")
            try await stack.redeploy("default_demo", 1)
            try await stack.save("default_demo", Graph.small(2))
            try await stack.redeploy("default_demo", 2)
            let deploy = try await head(stack)
            let path = "/api/v1/apps/default_demo/revert"
            let body: JSON = ["commit": .string(String(deploy.prefix(10)))]
            let stale = try await stack.post(
                path, body, headers: ["If-Match": "\"\(String(repeating: "a", count: 40))\""])
            #expect(stale.status == 412 && stale.json["commit"]?.string == deploy && stale.etag == "\"\(deploy)\"")
            let answer = try await stack.post(path, body, headers: ["If-Match": "\"\(deploy)\""])
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json["activeVersion"] == 1 && answer.json["reverted"]?.string == deploy)
            #expect(try await head(stack) == answer.json["commit"]?.string)
            #expect(answer.etag == "\"\(try await head(stack))\"")
            let again = try await stack.post(path, body)
            #expect(again.status == 409 && again.state == "nothing_to_revert", "\(again.text)")
            try await eventually("the cluster has version 1 again") {
                let graph = try await stack.get("/api/v1/apps/default_demo/diff?from=cluster&to=1").json
                return graph["equal"] == true
            }
            // As a whole, without an app's name.
            let back = try await stack.post("/api/v1/revert", ["commit": answer.json["commit"] ?? .null])
            #expect(back.status == 200 && back.json["apps"] == ["default_demo"], "\(back.text)")
            #expect(try await stack.get("/api/v1/apps/default_demo").json.at("versions")?[1]?["deployed"] == true)
        }
    }

    @Test func revertSaysWhyNot() async throws {
        try await Stack.run { stack in
            try await fill(stack)
            let path = "/api/v1/apps/default_demo/revert"
            let log = try await stack.get("/api/v1/apps/default_demo/history").json["commits"]?.array ?? []
            let commits = log.compactMap { $0["commit"] }
            let conflict = try await stack.post(path, ["commit": commits[2]])
            #expect(conflict.status == 409, "\(conflict.text)")
            try await stack.create("default_other")
            let other = try await head(stack, "default_other")
            for (body, status, state) in [
                (["commit": .string(other)], 409, "commit_of_others"), (["commit": "main"], 404, "commit_not_found"),
                (["commit": "abcdef0"], 404, "commit_not_found"), ([:], 422, nil), (["commit": 5], 422, nil),
                (["commit": commits[0], "whole": "perhaps"], 422, nil),
            ] as [(JSON, Int, String?)] {
                let answer = try await stack.post(path, body)
                #expect(answer.status == status && answer.state == state, "\(body): \(answer.text)")
            }
            #expect(try await stack.post("/api/v1/apps/default_none/revert", ["commit": commits[0]]).status == 404)
            let tagged = try await stack.post(
                "/api/v1/revert", ["commit": commits[0]], headers: ["If-Match": "\"\(other)\""])
            #expect(tagged.status == 400 && tagged.state == "bad_if_match")
            #expect(try await stack.delete("/api/v1/apps/default_demo").status == 200)
            let gone = try await stack.post(path, ["commit": commits[2]])
            #expect(gone.state == "nothing_to_revert" && gone.json["files"]?.array?.isEmpty == false, "\(gone.text)")
            let deletion = try await head(stack)
            let back = try await stack.post(path, ["commit": .string(deletion)])
            #expect(back.json["activeVersion"] == 1, "\(back.text)")
        }
    }

    /// What the API server refuses on a deploy, it refuses on a revert.
    @Test func revertIsTriedOnTheCluster() async throws {
        var options = Stack.Options()
        options.hasCluster = false
        options.service.patienceWhileUnreachable = .milliseconds(100)
        options.service.patience = .milliseconds(100)
        try await Stack.run(options) { stack in
            try await stack.create("default_demo")
            try await stack.redeploy("default_demo", 1)
            try await stack.redeploy("default_demo", 1, deployed: false)
            let answer = try await stack.post(
                "/api/v1/apps/default_demo/revert", ["commit": .string(try await head(stack))])
            #expect(answer.status == 202 && answer.state == "pending" && answer.json["activeVersion"] == 1)
        }
    }
}
