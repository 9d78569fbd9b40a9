import Forges
import JSONValues
import Testing

@Suite struct WebhookEventTests {
    /// A delivery and what it calls for where `main` of `acme/graphs` is followed.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let source: WebhookSource
        var headers: [String: String] = [:]
        let payload: JSON
        let decision: Kind

        enum Kind: Sendable { case fetch, deleted, ignored, pong }

        var testDescription: String { "\(source): \(name)" }
    }

    static let cases: [Case] = {
        let github = ["X-GitHub-Event": "push"]
        let gitea = ["X-Gitea-Event": "push", "X-GitHub-Event": "push", "X-Gogs-Event": "push"]
        let cloud = ["X-Event-Key": "repo:push"]
        let server = ["X-Event-Key": "repo:refs_changed"]
        let main = Payload.side("main")
        return [
            Case(name: "push", source: .github, headers: github, payload: Payload.gitHub(), decision: .fetch),
            Case(
                name: "other branch", source: .github, headers: github, payload: Payload.gitHub(ref: "refs/heads/dev"),
                decision: .ignored),
            Case(
                name: "branch with the name in it", source: .github, headers: github,
                payload: Payload.gitHub(ref: "refs/heads/rampart/main"), decision: .ignored),
            Case(
                name: "tag", source: .github, headers: github, payload: Payload.gitHub(ref: "refs/tags/main"),
                decision: .ignored),
            Case(
                name: "deleted", source: .github, headers: github,
                payload: Payload.gitHub(after: Payload.zero, deleted: true), decision: .deleted),
            Case(
                name: "other deleted", source: .github, headers: github,
                payload: Payload.gitHub(ref: "refs/heads/dev", deleted: true), decision: .ignored),
            Case(
                name: "other repository", source: .github, headers: github,
                payload: Payload.gitHub(repository: "acme/other"), decision: .ignored),
            Case(
                name: "ping", source: .github, headers: ["X-GitHub-Event": "ping"], payload: Payload.gitHubPing,
                decision: .pong),
            Case(
                name: "issues", source: .github, headers: ["X-GitHub-Event": "issues"], payload: ["action": "opened"],
                decision: .ignored),
            Case(name: "no event", source: .github, payload: Payload.gitHub(), decision: .ignored),
            Case(name: "push", source: .gitea, headers: gitea, payload: Payload.gitea(), decision: .fetch),
            Case(
                name: "push of Forgejo", source: .gitea, headers: ["X-Forgejo-Event": "push"], payload: Payload.gitea(),
                decision: .fetch),
            Case(
                name: "deleted", source: .gitea, headers: gitea, payload: Payload.gitea(after: Payload.zero),
                decision: .deleted),
            Case(
                name: "other branch", source: .gitea, headers: gitea, payload: Payload.gitea(ref: "refs/heads/x"),
                decision: .ignored),
            Case(
                name: "pull request", source: .gitea, headers: ["X-Gitea-Event": "pull_request"],
                payload: ["action": "closed"], decision: .ignored),
            Case(
                name: "push", source: .gitlab, headers: ["X-Gitlab-Event": "Push Hook"], payload: Payload.gitLab(),
                decision: .fetch),
            Case(
                name: "tag", source: .gitlab, headers: ["X-Gitlab-Event": "Tag Push Hook"],
                payload: Payload.gitLab(ref: "refs/tags/v1", kind: "tag_push"), decision: .ignored),
            Case(
                name: "deleted", source: .gitlab, headers: ["X-Gitlab-Event": "Push Hook"],
                payload: Payload.gitLab(after: Payload.zero), decision: .deleted),
            Case(
                name: "system hook", source: .gitlab, headers: ["X-Gitlab-Event": "System Hook"],
                payload: Payload.gitLab(), decision: .fetch),
            Case(
                name: "repository update", source: .gitlab, headers: ["X-Gitlab-Event": "System Hook"],
                payload: Payload.gitLabUpdate, decision: .fetch),
            Case(
                name: "note", source: .gitlab, headers: ["X-Gitlab-Event": "Note Hook"],
                payload: ["object_kind": "note"], decision: .ignored),
            Case(
                name: "push", source: .bitbucket, headers: cloud, payload: Payload.bitbucketCloud([(main, main)]),
                decision: .fetch),
            Case(
                name: "second change", source: .bitbucket, headers: cloud,
                payload: Payload.bitbucketCloud([(.null, Payload.side("dev")), (main, main)]), decision: .fetch),
            Case(
                name: "tag", source: .bitbucket, headers: cloud,
                payload: Payload.bitbucketCloud([(.null, Payload.side("main", type: "tag"))]), decision: .ignored),
            Case(
                name: "deleted", source: .bitbucket, headers: cloud, payload: Payload.bitbucketCloud([(main, .null)]),
                decision: .deleted),
            Case(
                name: "push of Data Center", source: .bitbucket, headers: server, payload: Payload.bitbucketServer(),
                decision: .fetch),
            Case(
                name: "deleted in Data Center", source: .bitbucket, headers: server,
                payload: Payload.bitbucketServer(type: "DELETE"), decision: .deleted),
            Case(
                name: "ping", source: .bitbucket, headers: ["X-Event-Key": "diagnostics:ping"], payload: ["test": true],
                decision: .pong),
            Case(name: "nothing said", source: .generic, payload: .null, decision: .fetch),
            Case(name: "reference", source: .generic, payload: ["ref": "refs/heads/main"], decision: .fetch),
            Case(name: "short reference", source: .generic, payload: ["ref": "main"], decision: .fetch),
            Case(name: "other reference", source: .generic, payload: ["ref": "refs/heads/dev"], decision: .ignored),
            Case(
                name: "deleted", source: .generic, payload: ["ref": "refs/heads/main", "after": .string(Payload.zero)],
                decision: .deleted),
            Case(name: "other repository", source: .generic, payload: ["repository": "acme/other"], decision: .ignored),
        ]
    }()

    @Test(arguments: cases) func decides(_ test: Case) {
        let repository =
            test.source == .gitlab
            ? RemoteRepository(path: "acme/team/graphs") : RemoteRepository(host: "h", path: "acme/graphs")
        let event = WebhookEvent(test.source, lookup(test.headers), test.payload)
        let kind: Case.Kind =
            switch WebhookDecision(event, branch: "main", repository: repository) {
            case .fetch: .fetch
            case .deleted: .deleted
            case .ignored: .ignored
            case .pong: .pong
            }
        #expect(kind == test.decision)
    }

    @Test func followsAnyRepositoryWhereNoneIsKnown() {
        let event = WebhookEvent(.github, lookup(["X-GitHub-Event": "push"]), Payload.gitHub(repository: "x/y"))
        #expect(WebhookDecision(event, branch: "main", repository: nil) == .fetch)
        #expect(WebhookDecision(event, branch: "dev", repository: nil) != .fetch)
    }

    /// Whatever is written where, nothing stops.
    @Test(arguments: WebhookSource.allCases) func readsAnything(_ source: WebhookSource) throws {
        let wrong: [JSON] = [
            .null, true, 1, 1.5, "", "refs/heads/main", [], [[]], [.null], [:], ["": .null],
            .array(Array(repeating: ["ref": [:]], count: 50)),
            try JSON(parsing: String(repeating: "[", count: 400) + String(repeating: "]", count: 400)),
        ]
        let members = [
            "ref", "before", "after", "deleted", "repository", "project", "object_kind", "event_name", "checkout_sha",
            "changes", "push", "refs",
        ]
        let events = [
            "push", "ping", "Push Hook", "System Hook", "repo:push", "repo:refs_changed", "diagnostics:ping", "",
            String(repeating: "x", count: 10_000),
        ]
        for event in events {
            let header = lookup([
                "X-GitHub-Event": event, "X-Gitlab-Event": event, "X-Gitea-Event": event, "X-Event-Key": event,
            ])
            for value in wrong {
                _ = WebhookDecision(WebhookEvent(source, header, value), branch: "main", repository: nil)
                for member in members {
                    for deep in [value, ["changes": value], ["full_name": value, "project": value], [["ref": value]]] {
                        var payload = Payload.gitHub()
                        payload[member] = deep
                        let event = WebhookEvent(source, header, payload)
                        _ = WebhookDecision(event, branch: "main", repository: RemoteRepository(path: "a/b"))
                    }
                }
            }
        }
    }

    @Test func namesOfStrangersStayShort() {
        let name = "refs/heads/" + String(repeating: "x\u{1B}", count: 5_000)
        let event = WebhookEvent(.generic, lookup([:]), ["ref": .string(name)])
        guard case .ignored(let why) = WebhookDecision(event, branch: "main", repository: nil) else {
            Issue.record("a push to another branch is ignored")
            return
        }
        #expect(why.count < 200)
        #expect(!why.contains("\u{1B}"))
    }
}

/// Headers by their names, whatever their case.
func lookup(_ headers: [String: String]) -> HeaderLookup {
    { name in headers.first { $0.key.lowercased() == name.lowercased() }?.value }
}
