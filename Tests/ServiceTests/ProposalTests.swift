import Apps
import Forges
import JSONValues
import Synchronization
import TestSupport
import Testing

@testable import Service

@Suite struct ProposalTests {
    /// A forge that opens pull requests, or does not.
    private final class Forge: PullRequests {
        private let state = Mutex<(drafts: [PullRequestDraft], error: ForgeError?)>(([], nil))
        var drafts: [PullRequestDraft] { state.withLock(\.drafts) }
        func fail(with error: ForgeError?) { state.withLock { $0.error = error } }

        func propose(_ draft: PullRequestDraft) async throws(ForgeError) -> PullRequest {
            let (number, error): (Int, ForgeError?) = state.withLock { state in
                if state.error == nil { state.drafts.append(draft) }
                return (state.drafts.count, state.error)
            }
            if let error { throw error }
            return PullRequest(number: number, url: "https://forge.example.com/acme/graphs/pull/\(number)")
        }
    }

    private func run(_ forge: Forge?, _ body: @Sendable (Stack) async throws -> Void) async throws {
        var options = Stack.Options()
        options.service.pullRequests = forge
        options.service.trustsForwardedUser = true
        try await Stack.run(options, body)
    }

    private static let ada = ["X-Forwarded-User": "Ada @team `x`", "X-Forwarded-Email": "ada@example.com"]

    @Test func aDeployIsProposed() async throws {
        let forge = Forge()
        try await run(forge) { stack in
            try await stack.create("default_demo")
            let head = stack.store.snapshot.head
            let body: JSON = ["appId": "default_demo", "version": "1", "deployed": true]
            let answer = try await stack.post(
                "/api/v1/apps/redeployment/default_demo/1?propose=true", body, headers: Self.ada)
            #expect(answer.status == 202)
            #expect(answer.state == "proposed")
            #expect(answer.json["url"]?.string == "https://forge.example.com/acme/graphs/pull/1")
            #expect(answer.json["versionId"]?.int == 1)
            let branch = try #require(answer.json["branch"]?.string)
            #expect(branch.hasPrefix("rampart/default_demo/"))
            #expect(stack.store.snapshot.head == head, "nothing lands on main")
            let draft = try #require(forge.drafts.first)
            #expect(draft.branch == branch && draft.base == "main")
            #expect(draft.title == "Deploy default_demo version 1")
            #expect(draft.text.contains("`Ada @team x`"))
            let log = try await Command.output(
                "git", ["log", "-1", "--format=%an <%ae> %H", branch], in: stack.folder.appending("graphs.git"))
            #expect(log.contains("Ada @team `x` <ada@example.com> \(answer.json["commit"]?.string ?? "?")"))
        }
    }

    @Test(arguments: ["true", "1", "yes"]) func everyWriteCanBeProposed(_ word: String) async throws {
        let forge = Forge()
        try await run(forge) { stack in
            try await stack.create("default_demo")
            let head = stack.store.snapshot.head
            let create = try await stack.post(
                "/api/v1/graphs?propose=\(word)", Graph.body("default_new", Graph.small()))
            let save = try await stack.post(
                "/api/v1/apps/default_demo/graph?propose=\(word)", Graph.body("default_demo", Graph.small(2)))
            let delete = try await stack.delete("/api/v1/apps/default_demo?propose=\(word)")
            let config = try await stack.post(
                "/api/v1/node-configs?propose=\(word)",
                ["title": "t", "config": [:], "type": "component", "nodeType": "generic-service"])
            for answer in [create, save, delete, config] {
                #expect(answer.status == 202, "\(answer.text)")
                #expect(answer.state == "proposed")
            }
            #expect(stack.store.snapshot.head == head)
            #expect(forge.drafts.count == 4)
        }
    }

    @Test func whatIsRefusedIsNotProposed() async throws {
        let forge = Forge()
        try await run(forge) { stack in
            try await stack.create("default_demo")
            let wrong = try await stack.post(
                "/api/v1/apps/default_demo/graph?propose=perhaps", Graph.body("default_demo", Graph.small(2)))
            #expect(wrong.status == 400)
            #expect(wrong.state == "bad_propose")
            let twice = try await stack.post("/api/v1/graphs?propose=true", Graph.body("default_demo", Graph.small()))
            #expect(twice.status == 409)
            let invalid = try await stack.post(
                "/api/v1/graphs?propose=true", Graph.body("default_x", ["components": 1]))
            #expect(invalid.status == 422)
            let same = try await stack.post(
                "/api/v1/apps/default_demo/graph?propose=true", Graph.body("default_demo", Graph.small()))
            #expect(same.status == 409)
            #expect(same.state == "nothing_to_propose")
            #expect(forge.drafts.isEmpty)
        }
    }

    /// The branch stays, the answer says where it is, and asking again goes on from there.
    @Test func aForgeThatFails() async throws {
        let forge = Forge()
        try await run(forge) { stack in
            try await stack.create("default_demo")
            forge.fail(
                with: ForgeError(
                    .rateLimited, "slow down", operation: "open a pull request", retryAfter: .seconds(30)))
            let body = Graph.body("default_demo", Graph.small(2))
            let failed = try await stack.post("/api/v1/apps/default_demo/graph?propose=true", body)
            #expect(failed.status == 502)
            #expect(failed.state == "pull_request_failed")
            #expect(failed.headers["retry-after"] == "31")
            let branch = try #require(failed.json["branch"]?.string)
            #expect(failed.message?.contains(branch) == true)
            forge.fail(with: nil)
            let again = try await stack.post("/api/v1/apps/default_demo/graph?propose=true", body)
            #expect(again.status == 202)
            #expect(again.json["branch"]?.string == branch)
            #expect(again.json["commit"] == failed.json["commit"])
        }
    }

    @Test func withoutAForge() async throws {
        try await run(nil) { stack in
            try await stack.create("default_demo")
            let answer = try await stack.post(
                "/api/v1/apps/default_demo/graph?propose=true", Graph.body("default_demo", Graph.small(2)))
            #expect(answer.status == 202)
            #expect(answer.json["url"]?.isNull == true)
            #expect(answer.message?.contains("--forge") == true)
        }
    }

    /// Where the repository says that `main` is protected every write is a proposal.
    @Test func aProtectedBranch() async throws {
        let forge = Forge()
        try await run(forge) { stack in
            try await stack.create("default_demo")
            let work = stack.folder.appending("work")
            try await Command.git("clone", "-q", stack.folder.appending("graphs.git"), work, in: stack.folder.path)
            try stack.folder.write("format: 1\nprotected: true\n", to: "work/rampart.yaml")
            try await Command.git("commit", "-qam", "Protect main", in: work)
            try await Command.git("push", "-q", "origin", "HEAD:main", in: work)
            try await eventually { stack.store.snapshot.isProtected }
            let head = stack.store.snapshot.head
            let save = try await stack.save("default_demo", Graph.small(2))
            #expect(save.status == 202)
            #expect(save.state == "proposed")
            let deploy = try await stack.redeploy("default_demo", 1)
            #expect(deploy.status == 202)
            #expect(deploy.state == "proposed")
            #expect(stack.store.snapshot.head == head)
            #expect(forge.drafts.count == 2)
        }
    }
}
