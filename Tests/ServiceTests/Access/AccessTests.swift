import Access
import Apps
import Foundation
import Git
import JSONValues
import Logging
import Logs
import TestSupport
import Testing

@testable import Service

@Suite struct ServiceAccessTests {
    // MARK: - Who

    @Test(
        arguments: [
            "Bearer wrong", "Bearer viewer-token2", "Bearer viewer-toke", "Bearer", "Basic !", "Negotiate abc",
            "viewer-token", "Bearer viewer-token viewer-token",
        ])
    func badCredentialsAre401(_ header: String) async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options()) { stack in
            let answer = try await stack.get("/api/v1/apps", headers: ["Authorization": header])
            #expect(answer.status == 401)
            #expect(answer.state == "unauthorized")
            #expect(answer.headers["www-authenticate"] == "Bearer realm=\"rampart\", error=\"invalid_token\"")
            let anonymous = try await stack.get("/api/v1/apps")
            #expect(anonymous.status == 401)
            #expect(anonymous.headers["www-authenticate"] == "Bearer realm=\"rampart\"")
            let nowhere = try await stack.get("/api/v1/apps?access_token=viewer-token")
            #expect(nowhere.status == 401, "no token in a URL, which logs would keep")
        }
    }

    @Test func aTokenMayBeAPasswordToo() async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options()) { stack in
            let pair = Data("anything:viewer-token".utf8).base64EncodedString()
            let answer = try await stack.get("/api/v1/apps", headers: ["Authorization": "Basic \(pair)"])
            #expect(answer.status == 200)
        }
    }

    /// Git shows its password only where Basic is asked for (gitcredentials(7)).
    @Test func gitIsAskedForAPassword() async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options()) { stack in
            let answer = try await stack.get("/git/graphs.git/info/refs?service=git-upload-pack")
            #expect(answer.status == 401)
            #expect(answer.headers["www-authenticate"]?.hasPrefix("Basic realm=\"rampart\"") == true)
            let pair = Data("x:viewer-token".utf8).base64EncodedString()
            let narrow = try await stack.get(
                "/git/graphs.git/info/refs?service=git-upload-pack", headers: ["Authorization": "Basic \(pair)"])
            #expect(narrow.status == 403, "a clone holds all namespaces")
        }
    }

    /// A browser asks for a user and a password where Basic stands first, on a line of its own.
    @Test func theDocumentationOpensInABrowser() async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options()) { stack in
            for path in ["/docs", "/openapi.json"] {
                let anonymous = try await stack.get(path)
                #expect(anonymous.status == 401, "the same rules hold for it")
                #expect(
                    anonymous.headers["www-authenticate"]
                        == "Basic realm=\"rampart\", charset=\"UTF-8\", Bearer realm=\"rampart\"")
                let pair = Data("ada:nobody-token".utf8).base64EncodedString()
                #expect(try await stack.get(path, headers: ["Authorization": "Basic \(pair)"]).status == 200)
                let wrong = Data("ada:wrong".utf8).base64EncodedString()
                let refused = try await stack.get(path, headers: ["Authorization": "Basic \(wrong)"])
                #expect(refused.status == 401)
                #expect(refused.headers["www-authenticate"]?.hasPrefix("Basic ") == true, "it asks again")
            }
            // The browser adds the password to what other pages make it send, too; they may not write.
            let pair = Data("ada:boss-token".utf8).base64EncodedString()
            for site in ["cross-site", "same-site"] {
                let answer = try await stack.post(
                    "/api/v1/sync", [:],
                    headers: [
                        "Authorization": "Basic \(pair)", "Sec-Fetch-Site": site, "Origin": "https://other.example.com",
                    ])
                #expect(answer.status == 403 && answer.state == "origin_not_allowed")
            }
        }
    }

    @Test func probesAreOpenButTellStrangersNoReasons() async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options()) { stack in
            #expect(try await stack.get("/healthz").status == 200)
            let open = try await stack.get("/readyz")
            #expect(open.status == 200)
            #expect(open.json == ["ready": true])
            let known = try await stack.get("/readyz", headers: Guarded.bearer("nobody"))
            #expect(known.json["parts"] != nil)
            let alive = try await stack.get("/healthz", headers: ["Authorization": "Bearer wrong"])
            #expect(alive.status == 200, "nobody looks at credentials there")
            let wrong = try await stack.get("/readyz", headers: ["Authorization": "Bearer wrong"])
            #expect(wrong.status == 200)
            #expect(wrong.json == ["ready": true])
        }
    }

    @Test func theAuthorIsTheCallerAndTheCommitterTheService() async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options { $0.service.trustsForwardedUser = true }) { stack in
            var headers = Guarded.bearer("editor")
            headers["X-Forwarded-User"] = "Mallory"
            let made = try await stack.post(
                "/api/v1/graphs", Graph.body("team-a_demo", Graph.small()), headers: headers)
            #expect(made.status == 201)
            let log = try await Command.output(
                "git", ["log", "-1", "--format=%an <%ae> %cn"], in: stack.folder.path + "/graphs.git")
            #expect(log.hasPrefix("The editor <editor@example.com> "))
            #expect(!log.contains("Mallory"))
            #expect(!log.hasSuffix("The editor\n"))
        }
    }

    // MARK: - What is seen

    @Test func listsShowOnlyWhatMayBeRead() async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options()) { stack in
            for name in ["team-a_one", "team-a_two", "team-b_three", "other_four"] {
                let made = try await stack.post(
                    "/api/v1/graphs", Graph.body(name, Graph.small()), headers: Guarded.bearer("boss"))
                #expect(made.status == 201)
            }
            func names(_ path: String, _ user: String) async throws -> [String] {
                let answer = try await stack.get(path, headers: Guarded.bearer(user))
                let list = answer.json.array ?? answer.json["apps"]?.array ?? []
                return list.compactMap { $0["appId"]?.string }
            }
            for path in ["/api/v1/apps", "/api/v1/graphs", "/api/v1/apps/status/list", "/api/v1/sync"] {
                let (all, some, none) = try await (names(path, "boss"), names(path, "viewer"), names(path, "nobody"))
                #expect(all.count == 4, "\(path)")
                #expect(some == ["team-a_one", "team-a_two"], "\(path)")
                #expect(none == [], "\(path)")
            }
            let counts = try await stack.get("/api/v1/sync", headers: Guarded.bearer("viewer")).json["counts"]
            let sum = counts?.object?.reduce(0) { $0 + ($1.value.int ?? 0) }
            #expect(sum == 2, "numbers tell of no others")
        }
    }

    @Test func aFilteredListHasATagOfItsOwn() async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options()) { stack in
            func make(_ name: String) async throws {
                let made = try await stack.post(
                    "/api/v1/graphs", Graph.body(name, Graph.small()), headers: Guarded.bearer("boss"))
                #expect(made.status == 201)
            }
            try await make("team-a_one")
            let first = try await stack.get("/api/v1/apps", headers: Guarded.bearer("viewer"))
            var headers = Guarded.bearer("viewer")
            headers["If-None-Match"] = first.etag
            #expect(try await stack.get("/api/v1/apps", headers: headers).status == 304)
            try await make("team-b_two")
            let same = try await stack.get("/api/v1/apps", headers: headers)
            #expect(same.status == 304, "what may not be seen does not show in the tag either")
            try await make("team-a_three")
            let changed = try await stack.get("/api/v1/apps", headers: headers)
            #expect(changed.status == 200)
            #expect(changed.json.array?.count == 2)
        }
    }

    // MARK: - Read-only apps

    @Test func whatIsReadOnlyIsChangedByAdministratorsOnly() async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options()) { stack in
            var body = Graph.body("team-a_locked", Graph.small())
            var metadata = body["metadata"] ?? [:]
            metadata["labels"] = ["rampart-graph-readonly": "true"]
            body["metadata"] = metadata
            #expect(try await stack.post("/api/v1/graphs", body, headers: Guarded.bearer("deployer")).status == 201)
            let path = "/api/v1/apps/team-a_locked"
            let deploy: JSON = ["appId": "team-a_locked", "version": "1", "deployed": true]
            for user in ["editor", "deployer"] {
                let saved = try await stack.post(
                    path + "/graph", Graph.body("team-a_locked", Graph.small(2)), headers: Guarded.bearer(user))
                #expect(saved.status == 400)
                #expect(saved.state == "graph_read_only")
            }
            let refused = try await stack.post(
                "/api/v1/apps/redeployment/team-a_locked/1", deploy, headers: Guarded.bearer("deployer"))
            #expect(refused.state == "graph_read_only")
            #expect(
                try await stack.post(
                    "/api/v1/apps/redeployment/team-a_locked/1", deploy, headers: Guarded.bearer("admin")
                ).status == 200)
            let saved = try await stack.post(
                path + "/graph", Graph.body("team-a_locked", Graph.small(2)), headers: Guarded.bearer("admin"))
            #expect(saved.status == 200)
            #expect(try await stack.delete(path, headers: Guarded.bearer("deployer")).state == "graph_read_only")
            #expect(try await stack.delete(path, headers: Guarded.bearer("admin")).status == 200)
        }
    }

    @Test func anEditorMayDeleteADraftButNothingThatWasLive() async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options()) { stack in
            for name in ["team-a_draft", "team-a_live"] {
                let made = try await stack.post(
                    "/api/v1/graphs", Graph.body(name, Graph.small()), headers: Guarded.bearer("editor"))
                #expect(made.status == 201)
            }
            let deploy: JSON = ["appId": "team-a_live", "version": "1", "deployed": true]
            #expect(
                try await stack.post(
                    "/api/v1/apps/redeployment/team-a_live/1", deploy, headers: Guarded.bearer("deployer")
                ).status == 200)
            let editor = Guarded.bearer("editor")
            #expect(try await stack.delete("/api/v1/apps/team-a_draft", headers: editor).status == 200)
            #expect(try await stack.delete("/api/v1/apps/team-a_live", headers: editor).status == 403)
        }
    }

    // MARK: - Files that change

    @Test func tokensAndPolicyAreReadAgain() async throws {
        let guarded = try await Guarded()
        try await Stack.run(guarded.options()) { stack in
            func status(_ user: String) async throws -> Int {
                try await stack.get("/api/v1/apps/team-a_none", headers: Guarded.bearer(user)).status
            }
            #expect(try await status("viewer") == 404)
            #expect(try await status("nobody") == 403)
            try guarded.folder.write(
                "rules: [{users: [nobody], namespaces: [team-a], role: viewer}]", to: "policy.yaml")
            await guarded.policy.look()
            #expect(try await status("viewer") == 403)
            #expect(try await status("nobody") == 404)
            try guarded.folder.write("rules: [{users: [viewer], roles: x}]", to: "policy.yaml")
            await guarded.policy.look()
            #expect(guarded.policy.problem?.contains("policy.yaml:1:9: rules.0") == true)
            #expect(try await status("nobody") == 404, "what was said before goes on to count")
            try guarded.folder.write("tokens:\n" + Guarded.entry("viewer") + "\n", to: "tokens.yaml")
            await guarded.tokens.look()
            #expect(try await status("nobody") == 401, "a token that was taken out is no longer good")
        }
    }

    // MARK: - Audit

    @Test func everyWriteAndEveryRefusalIsWrittenDown() async throws {
        let guarded = try await Guarded()
        let book = LogBook(metadataProvider: RequestID.metadataProvider)
        let options = guarded.options { options in
            options.logger = book.logger
            options.service.clientAddress = ClientAddress(trusting: AddressRange.loopback)
        }
        try await Stack.run(options) { stack in
            var headers = Guarded.bearer("editor")
            headers["X-Forwarded-For"] = "198.51.100.1, 203.0.113.9"
            let made = try await stack.post(
                "/api/v1/graphs", Graph.body("team-a_demo", Graph.small()), headers: headers)
            #expect(made.status == 201)
            let write = try #require(book.lines("audit: write").last)
            let commit = try #require(stack.store.snapshot.head?.description)
            #expect(write.metadata["user"] == "editor")
            #expect(write.metadata["means"] == "token")
            #expect(write.metadata["client"] == "203.0.113.9")
            #expect(write.metadata["subject"] == "team-a_demo")
            #expect(write.metadata["commit"] == commit)
            #expect(write.metadata["status"] == "201")
            _ = try await stack.delete("/api/v1/apps/team-b_x", headers: Guarded.bearer("editor"))
            let denied = try #require(book.lines("audit: denied").last)
            #expect(denied.metadata["user"] == "editor")
            #expect(denied.metadata["path"] == "/api/v1/apps/team-b_x")
            #expect(denied.metadata["status"] == "403")
            _ = try await stack.post("/api/v1/sync", [:], headers: ["Authorization": "Bearer sesame-secret"])
            let unknown = try #require(book.lines("audit: denied").last)
            #expect(unknown.metadata["user"] == "-")
            #expect(unknown.metadata["why"] == "nobody has this token")
            #expect(book.lines("audit: write").count == 1, "a read is no write")
        }
        for line in book.lines {
            let text = line.message + line.metadata.map { "\($0)=\($1)" }.joined(separator: " ")
            #expect(!text.contains("sesame-secret"))
            #expect(!text.contains("editor-token"))
            #expect(!text.contains("Bearer"))
        }
    }
}
