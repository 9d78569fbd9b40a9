import Forges
import Foundation
import JSONValues
import Logging
import Secrets
import TestSupport
import Testing

@Suite struct ForgeClientTests {
    static let commit = "bffeb74224043ba2feb48d137756c8a9331c449a"
    static let draft = PullRequestDraft(
        branch: "rampart/default_demo/1a2b3c4", base: "main", title: "Deploy default_demo version 3", text: "By Ada.")

    static func status(_ state: CommitStatus.State, _ description: String = "all is well") -> CommitStatus {
        CommitStatus(state: state, name: "rampart/sync", description: description, target: "https://r.example.com/x")
    }

    /// What each forge documents for a commit status: path, token, state words.
    @Test(arguments: [
        (
            ForgeKind.github, "acme/graphs", "/api/repos/acme/graphs/statuses/", "authorization", "Bearer t0p-s3cret",
            "context", ["pending", "success", "failure"]
        ),
        (
            .gitlab, "acme/team/graphs", "/api/projects/acme%2Fteam%2Fgraphs/statuses/", "private-token", "t0p-s3cret",
            "name", ["pending", "success", "failed"]
        ),
        (
            .gitea, "acme/graphs", "/api/repos/acme/graphs/statuses/", "authorization", "token t0p-s3cret", "context",
            ["pending", "success", "failure"]
        ),
        (
            .forgejo, "acme/graphs", "/api/repos/acme/graphs/statuses/", "authorization", "token t0p-s3cret",
            "context", ["pending", "success", "failure"]
        ),
        (
            .bitbucket, "acme/graphs", "/api/repositories/acme/graphs/commit/", "authorization", "Bearer t0p-s3cret",
            "key", ["INPROGRESS", "SUCCESSFUL", "FAILED"]
        ),
    ])
    func setsAStatus(
        _ kind: ForgeKind, _ repository: String, _ path: String, _ header: String, _ token: String, _ name: String,
        _ words: [String]
    ) async throws {
        try await FakeForge.run(kind, repository: repository) { forge, client in
            forge.handle { _ in .init(status: 201, body: ["id": 1]) }
            for state in [CommitStatus.State.pending, .success, .failure] {
                try await client.setStatus(Self.status(state), of: Self.commit)
            }
            #expect(forge.asked.count == 3)
            for (asked, word) in zip(forge.asked, words) {
                let tail = kind == .bitbucket ? "\(Self.commit)/statuses/build" : Self.commit
                #expect(asked.method == "POST")
                #expect(asked.path == path + tail)
                #expect(asked.headers[header] == token)
                #expect(asked.headers["user-agent"] != nil)
                #expect(asked.headers["content-type"] == "application/json")
                #expect(asked.body["state"]?.string == word)
                #expect(asked.body[name]?.string == "rampart/sync")
                #expect(asked.body["description"]?.string == "all is well")
                #expect(
                    asked.body[kind == .bitbucket ? "url" : "target_url"]?.string == "https://r.example.com/x")
            }
            if kind == .github {
                #expect(forge.asked[0].headers["accept"] == "application/vnd.github+json")
                #expect(forge.asked[0].headers["x-github-api-version"] == "2022-11-28")
            }
        }
    }

    @Test(arguments: [(ForgeKind.github, 140), (.gitlab, 255), (.gitea, 255), (.bitbucket, 255)])
    func cutsWhatIsTooLong(_ kind: ForgeKind, _ limit: Int) async throws {
        try await FakeForge.run(kind) { forge, client in
            forge.handle { _ in .init(status: 201) }
            let text = String(repeating: "é\n", count: 400)
            try await client.setStatus(Self.status(.failure, text), of: Self.commit)
            let sent = try #require(forge.asked.first?.body["description"]?.string)
            #expect(sent.unicodeScalars.count == limit)
            #expect(sent.hasSuffix("…") && !sent.contains("\n"))
        }
    }

    /// GitLab refuses to say the same again, which is no failure.
    @Test func theSameAgainIsDone() async throws {
        try await FakeForge.run(.gitlab) { forge, client in
            forge.handle { _ in
                .init(
                    status: 400,
                    body: ["message": "Cannot transition status via :enqueue from :pending (Reason(s): …)"])
            }
            try await client.setStatus(Self.status(.pending), of: Self.commit)
            forge.handle { _ in .init(status: 400, body: ["message": ["state": ["is invalid"]]]) }
            let error = await #expect(throws: ForgeError.self) {
                try await client.setStatus(Self.status(.pending), of: Self.commit)
            }
            #expect(error?.code == .refused)
            #expect(error?.message.contains("state is invalid") == true)
        }
    }

    @Test(arguments: [ForgeKind.github, .gitlab, .gitea, .bitbucket])
    func opensAPullRequest(_ kind: ForgeKind) async throws {
        try await FakeForge.run(kind) { forge, client in
            forge.handle { _ in .init(status: 201, body: Self.pullRequest(kind)) }
            let request = try await client.propose(Self.draft)
            #expect(request == PullRequest(number: 7, url: "https://forge.example.com/acme/graphs/pull/7"))
            let asked = try #require(forge.asked.first)
            let body = asked.body
            switch kind {
            case .gitlab:
                #expect(asked.path == "/api/projects/acme%2Fgraphs/merge_requests")
                #expect(body["source_branch"]?.string == Self.draft.branch)
                #expect(body["target_branch"]?.string == "main")
                #expect(body["description"]?.string == "By Ada.")
            case .bitbucket:
                #expect(asked.path == "/api/repositories/acme/graphs/pullrequests")
                #expect(body.at("source", "branch", "name")?.string == Self.draft.branch)
                #expect(body.at("destination", "branch", "name")?.string == "main")
            case .github, .gitea, .forgejo:
                #expect(asked.path == "/api/repos/acme/graphs/pulls")
                #expect(body["head"]?.string == Self.draft.branch)
                #expect(body["base"]?.string == "main")
                #expect(body["body"]?.string == "By Ada.")
            }
            #expect(body["title"]?.string == Self.draft.title)
        }
    }

    /// A pull request as the forges answer.
    static func pullRequest(_ kind: ForgeKind, branch: String = draft.branch, base: String = "main") -> JSON {
        let url: JSON = "https://forge.example.com/acme/graphs/pull/7"
        return switch kind {
        case .gitlab:
            ["id": 84, "iid": 7, "web_url": url, "source_branch": .string(branch), "target_branch": .string(base)]
        case .bitbucket:
            [
                "id": 7, "links": ["html": ["href": url]], "source": ["branch": ["name": .string(branch)]],
                "destination": ["branch": ["name": .string(base)]],
            ]
        case .github, .gitea, .forgejo:
            [
                "id": 84, "number": 7, "html_url": url, "head": ["ref": .string(branch)],
                "base": ["ref": .string(base)],
            ]
        }
    }

    @Test(arguments: [(ForgeKind.github, 422), (.gitlab, 409), (.gitea, 409), (.bitbucket, 409)])
    func findsTheOneThatIsThere(_ kind: ForgeKind, _ refusal: Int) async throws {
        try await FakeForge.run(kind) { forge, client in
            forge.handle { asked in
                if asked.method == "POST" { return .init(status: refusal, body: ["message": "it already exists"]) }
                let list: JSON = [
                    Self.pullRequest(kind, branch: "other"), Self.pullRequest(kind, base: "dev"),
                    Self.pullRequest(kind),
                ]
                return .init(status: 200, body: kind == .bitbucket ? ["values": list] : list)
            }
            let found = try await client.propose(Self.draft)
            #expect(found.number == 7)
            let asked = try #require(forge.asked.last)
            switch kind {
            case .github:
                #expect(asked.path.contains("head=acme%3Arampart%2Fdefault_demo%2F1a2b3c4&base=main"))
            case .gitlab: #expect(asked.path.contains("source_branch=rampart%2Fdefault_demo%2F1a2b3c4"))
            case .bitbucket: #expect(asked.path.contains("q=source.branch.name%3D%22rampart%2F"))
            case .gitea, .forgejo: #expect(asked.path.contains("state=open"))
            }
            // And where the refusal means something else, it is told.
            forge.handle { asked in
                if asked.method == "POST" { return .init(status: refusal, body: ["message": "no such branch"]) }
                return .init(status: 200, body: kind == .bitbucket ? ["values": []] : [])
            }
            let error = await #expect(throws: ForgeError.self) { try await client.propose(Self.draft) }
            if kind != .bitbucket { #expect(error?.message.contains("no such branch") == true) }
        }
    }

    /// The list of Gitea is gone through, page by page, but not for ever.
    @Test func pagesEnd() async throws {
        try await FakeForge.run(.gitea) { forge, client in
            forge.handle { asked in
                let isThird = asked.path.contains("page=3&")
                return .init(status: 200, body: [Self.pullRequest(.gitea, branch: isThird ? Self.draft.branch : "x")])
            }
            let found = try await client.find(branch: Self.draft.branch, base: "main")
            #expect(found?.number == 7)
            #expect(forge.asked.count == 3)
            let none = try await client.find(branch: "none", base: "main")
            #expect(none == nil)
            #expect(forge.asked.count == 23)
        }
    }

    @Test(arguments: [
        (401, ForgeError.Code.unauthorized), (403, .forbidden), (404, .notFound), (409, .conflict), (422, .refused),
        (500, .unavailable), (502, .unavailable), (301, .moved), (307, .moved),
    ])
    func saysWhatTheForgeSays(_ status: Int, _ code: ForgeError.Code) async throws {
        for kind in ForgeKind.allCases {
            try await FakeForge.run(kind) { forge, client in
                forge.handle { _ in
                    let message: JSON = "No commit found for SHA: bffeb; the token was t0p-s3cret\u{7}"
                    return .init(
                        status: status,
                        body: kind == .bitbucket ? ["error": ["message": message]] : ["message": message],
                        headers: status < 400 ? ["Location": "http://127.0.0.1:1/t0p-s3cret"] : [:])
                }
                let error = await #expect(throws: ForgeError.self) {
                    try await client.setStatus(Self.status(.success), of: Self.commit)
                }
                #expect(error?.code == code)
                let text = "\(try #require(error))"
                #expect(!text.contains("t0p-s3cret") && !text.contains("\u{7}"))
                if status >= 400 { #expect(text.contains("No commit found for SHA") && text.contains("\(status)")) }
                #expect(forge.asked.count == 1, "no redirect is followed")
            }
        }
    }

    @Test func detailsOfGitHub() async throws {
        try await FakeForge.run(.github) { forge, client in
            forge.handle { asked in
                if asked.method == "GET" { return .init(status: 200, body: []) }
                return .init(
                    status: 422,
                    body: [
                        "message": "Validation Failed",
                        "errors": [
                            ["resource": "PullRequest", "code": "custom", "message": "No commits between main and x"],
                            ["resource": "PullRequest", "field": "head", "code": "invalid"],
                        ],
                    ])
            }
            let error = await #expect(throws: ForgeError.self) { try await client.propose(Self.draft) }
            #expect(
                error?.description
                    == "cannot open a pull request at github: Validation Failed: No commits between main and x: "
                    + "head is invalid (422)")
        }
    }

    @Test(arguments: [
        (429, ["Retry-After": "30"], 30), (403, ["Retry-After": "7"], 7), (503, ["Retry-After": "5"], 5),
        (403, ["X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1090"], 90),
        (429, ["RateLimit-Reset": "1015"], 15), (429, [:], 60), (429, ["Retry-After": "Wed, 1 Jan"], 60),
        (429, ["Retry-After": "9999999999"], 3_600), (429, ["Retry-After": "-5"], 1),
        (403, ["X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "\(Int64.max)"], 3_600),
        (403, ["X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "\(Int64.min)"], 60),
    ])
    func leavesABusyForgeAlone(_ status: Int, _ headers: [String: String], _ seconds: Int64) async throws {
        try await FakeForge.run(.github, time: 1_000) { forge, client in
            forge.handle { _ in .init(status: status, body: ["message": "slow down"], headers: headers) }
            let error = await #expect(throws: ForgeError.self) {
                try await client.setStatus(Self.status(.success), of: Self.commit)
            }
            #expect(error?.code == .rateLimited)
            #expect(error?.retryAfter == .seconds(seconds))
            // Nothing is sent until then.
            let again = await #expect(throws: ForgeError.self) { try await client.propose(Self.draft) }
            #expect(again?.code == .rateLimited)
            #expect(forge.asked.count == 1)
        }
    }

    /// A 403 that is not about a limit is not waited out.
    @Test func aRefusalIsNoLimit() async throws {
        try await FakeForge.run(.github) { forge, client in
            forge.handle { _ in .init(status: 403, headers: ["X-RateLimit-Remaining": "4999"]) }
            let error = await #expect(throws: ForgeError.self) {
                try await client.setStatus(Self.status(.success), of: Self.commit)
            }
            #expect(error?.code == .forbidden)
        }
    }

    @Test func silenceAndAbsence() async throws {
        try await FakeForge.run(.gitea, timeout: .milliseconds(200)) { forge, client in
            forge.handle { _ in .init(status: 201, delay: .seconds(600)) }
            let error = await #expect(throws: ForgeError.self) {
                try await client.setStatus(Self.status(.success), of: Self.commit)
            }
            #expect(error?.code == .unreachable)
            #expect(error?.mayPass == true)
        }
        let folder = try TemporaryFolder()
        let token = SecretFile(try folder.write("t0p-s3cret", to: "token"), logger: .init(label: "test"))
        let client = try ForgeClient(
            ForgeSettings(kind: .gitea, api: "http://127.0.0.1:1", repository: "a/b", token: token))
        let error = await #expect(throws: ForgeError.self) { try await client.find(branch: "x", base: "main") }
        #expect(error?.code == .unreachable)
        #expect(error?.description.contains("t0p-s3cret") == false)
        await client.shutdown()
    }

    @Test func answersThatMakeNoSense() async throws {
        let answers: [JSON] = [
            .null, [], [:], "x", ["number": "7"], ["number": 7], ["number": 7, "html_url": "javascript:alert(1)"],
        ]
        for body in answers {
            try await FakeForge.run(.github) { forge, client in
                forge.handle { _ in .init(status: 201, body: body) }
                let error = await #expect(throws: ForgeError.self) { try await client.propose(Self.draft) }
                #expect(error?.code == .unexpected)
            }
        }
    }

    @Test func theTokenIsReadAgain() async throws {
        try await FakeForge.run(.gitlab) { forge, client in
            forge.handle { _ in .init(status: 201) }
            try forge.folder.write("another", to: "token")
            try await eventually {
                try await client.setStatus(Self.status(.success), of: Self.commit)
                return forge.asked.last?.headers["private-token"] == "another"
            }
            try FileManager.default.removeItem(atPath: forge.folder.appending("token"))
            try await client.setStatus(Self.status(.success), of: Self.commit)
        }
    }

    @Test func userAndPasswordOfBitbucket() async throws {
        try await FakeForge.run(.bitbucket, token: "ada@example.com:pw") { forge, client in
            forge.handle { _ in .init(status: 201) }
            var status = Self.status(.success)
            status.target = nil
            try await client.setStatus(status, of: Self.commit)
            let asked = try #require(forge.asked.first)
            #expect(asked.headers["authorization"] == "Basic " + Data("ada@example.com:pw".utf8).base64EncodedString())
            #expect(asked.body["url"]?.string == "https://bitbucket.org/acme/graphs/commits/\(Self.commit)")
        }
    }

    @Test(arguments: [
        ("ftp://x", "a/b"), ("https://", "a/b"), ("https://u:p@h", "a/b"), ("https://h?x", "a/b"), ("https://h", "a"),
        ("https://h", "a/b/c"), ("https://h", "a/.."), ("https://h", "/b"), ("https://h", "a/b c"), ("https://h", ""),
    ])
    func refusesSettings(_ api: String, _ repository: String) throws {
        let token = SecretFile("/none", logger: .init(label: "test"))
        let error = #expect(throws: ForgeError.self) {
            _ = try ForgeClient(ForgeSettings(kind: .github, api: api, repository: repository, token: token))
        }
        #expect(error?.code == .misconfigured)
    }

    @Test(arguments: [
        (ForgeKind.github, "https://github.com/", "https://api.github.com"),
        (.github, "https://api.github.com", "https://api.github.com"),
        (.github, "https://ghe.example.com", "https://ghe.example.com/api/v3"),
        (.github, "https://ghe.example.com/api/v3/", "https://ghe.example.com/api/v3"),
        (.gitlab, "https://gitlab.com", "https://gitlab.com/api/v4"),
        (.gitlab, "https://git.example.com/gitlab", "https://git.example.com/gitlab/api/v4"),
        (.gitea, "http://gitea:3000", "http://gitea:3000/api/v1"),
        (.forgejo, "https://codeberg.org/api/v1", "https://codeberg.org/api/v1"),
        (.bitbucket, "https://bitbucket.org", "https://api.bitbucket.org/2.0"),
        (.bitbucket, "https://api.bitbucket.org/2.0", "https://api.bitbucket.org/2.0"),
    ])
    func knowsTheAPI(_ kind: ForgeKind, _ address: String, _ api: String) {
        #expect(kind.api(of: address) == api)
    }
}
