import Access
import Apps
import Git
import Graphs
import JSONValues
import Synchronization
import TestSupport
import Testing

@testable import Service

/// To undo a commit takes what the same change takes otherwise: it may delete an app, or bring one back.
@Suite struct RevertRightsTests {
    @Test func undoingNeedsWhatItDoes() async throws {
        let guarded = try await Guarded()
        let authorizer = AllButOne()
        let options = guarded.options {
            $0.service.access = AccessControl(
                authenticator: Authenticator(tokens: guarded.tokens), authorizer: authorizer)
        }
        try await Stack.run(options) { stack in
            let id = try #require(AppID("team-a_demo"))
            let manifest = try Manifest(checking: Graph.body("team-a_demo", Graph.small()))
            let author = Signature(name: "Ada", email: "ada@example.com", seconds: 1_700_000_000, offsetMinutes: 0)
            let made = try await stack.store.perform(.adopt(id, manifest), by: author)
            func revert(_ commit: String) async throws -> Answer {
                try await stack.post(
                    "/api/v1/apps/team-a_demo/revert", ["commit": .string(commit)], headers: Guarded.bearer("editor"))
            }
            let commit = try #require(made.commit).description
            for denied in [Permission.delete, .deploy] {
                authorizer.denied = denied
                let refused = try await revert(commit)
                #expect(refused.status == 403 && refused.state == "forbidden", "\(denied): \(refused.text)")
                #expect(refused.text.contains(denied.verb), "\(refused.text)")
            }
            authorizer.denied = .create
            let deleted = try await revert(commit)
            #expect(deleted.status == 200, "\(deleted.text)")
            let deletion = try #require(deleted.json["commit"]?.string)
            let refused = try await revert(deletion)
            #expect(refused.status == 403 && refused.text.contains(Permission.create.verb), "\(refused.text)")
            authorizer.denied = nil
            #expect(try await revert(deletion).status == 200)
        }
    }
}

/// Lets everybody do everything, but for one thing.
private final class AllButOne: Authorizer {
    private let state = Mutex<Permission?>(nil)

    var denied: Permission? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    func allows(_ caller: Caller, _ permission: Permission, in scope: Scope) -> Bool { permission != denied }

    func visibility(of caller: Caller, among namespaces: @Sendable () -> Set<String>) -> Visibility { .all }
}
