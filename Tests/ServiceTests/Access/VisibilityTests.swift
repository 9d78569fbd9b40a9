import Access
import Foundation
import Git
import JSONValues
import Sync
import TestSupport
import Testing

@testable import Apps
@testable import Service

/// What those are told who may see nothing, or not all.
@Suite struct VisibilityTests {
    @Test func whoseCommitIsNotVerifiedIsForThoseWhoMaySeeAll() async throws {
        let guarded = try await Guarded()
        let options = guarded.options { options in
            options.verifier = CommitVerifier { text, _ in
                String(decoding: text.payload, as: UTF8.self).contains("Unsigned") ? "it is not signed" : nil
            }
        }
        try await Stack.run(options) { stack in
            let repository = stack.folder.path + "/graphs.git"
            let made = try await stack.post(
                "/api/v1/graphs", Graph.body("team-a_demo", Graph.small()), headers: Guarded.bearer("boss"))
            #expect(made.status == 201)
            let commit = try await Command.git(
                "-c", "user.name=Eve", "-c", "user.email=eve@example.com", "commit-tree", "main^{tree}", "-p", "main",
                "-m", "Unsigned", in: repository)
            try await Command.git("update-ref", "refs/heads/main", commit, in: repository)
            #expect(try await stack.post("/api/v1/sync", [:], headers: Guarded.bearer("boss")).status == 202)
            try await eventually { stack.store.snapshot.stop != nil }
            func message(_ user: String) async throws -> String? {
                try await stack.get("/readyz", headers: Guarded.bearer(user)).json
                    .at("parts", "signatures", "message")?.string
            }
            let author = try await Command.git("log", "-1", "--format=%ae", commit, in: repository)
            #expect(try await message("boss")?.contains(author) == true)
            for user in ["viewer", "nobody"] {
                #expect(try await message(user) == "commit \(commit.prefix(7)) is not applied: it is not signed")
            }
        }
    }

    @Test func whereGraphsComeFromIsForThoseWhoMaySeeSome() async throws {
        try await Stack.run { stack in
            let remote = RemoteState(address: "https://forge.example/g.git", branch: "main", isReadOnly: false)
            func shown(_ visible: Visibility) -> JSON? {
                SyncAnswer(stack.store.snapshot, stack.engine.report, remote: remote, to: visible).json["remote"]
            }
            #expect(shown(.all) != nil)
            #expect(shown(.namespaces(["team-a"])) != nil)
            #expect(shown(.namespaces([])) == nil)
        }
    }
}
