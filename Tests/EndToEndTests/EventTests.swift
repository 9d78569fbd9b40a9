import Foundation
import JSONValues
import TestSupport
import Testing

/// What one sees of a real service from outside: its log, its stream of events, Events in the cluster.
@Suite struct EventTests {
    /// A log that is read while it is written: the lines that are whole.
    private static func log(_ folder: TemporaryFolder) throws -> [JSON] {
        let text = try String(contentsOfFile: folder.appending("data.log"), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return try lines.filter { $0.hasPrefix("{") }.map { try JSON(parsing: Array($0.utf8)) }
    }

    @Test func eachLineOfTheLogIsAnObjectAndFollowsARequest() async throws {
        let folder = try TemporaryFolder()
        try await RunningService.with(data: folder.appending("data"), options: ["--log-format", "json"]) { service in
            let made = try await service.request("POST", "/api/v1/graphs", graphJSON("vision", "demo", rate: 0.1))
            #expect(made.status == 201)
            let head = folder.appending("head")
            try await Command.output(
                "curl",
                [
                    "-sf", "-D", head, "-H", "X-Request-Id: from-curl-1", "-H", "Content-Type: application/json",
                    "-d", #"{"appId":"vision_demo","version":"1","deployed":true}"#,
                    "\(service.origin)/api/v1/apps/redeployment/vision_demo/1",
                ])
            let headers = try String(contentsOfFile: head, encoding: .utf8).lowercased()
            #expect(headers.contains("x-request-id: from-curl-1"))
            try await eventually("from the request to the cluster") {
                let messages = try Self.log(folder).filter { $0["requestId"]?.string == "from-curl-1" }
                    .compactMap { $0["message"]?.string }
                return Set(messages).isSuperset(of: ["committed", "audit: write", "applied"])
            }
        }
        let text = try String(contentsOfFile: folder.appending("data.log"), encoding: .utf8)
        let lines = text.split(separator: "\n")
        #expect(lines.count > 3)
        for line in lines {
            let json = try #require(try? JSON(parsing: Array(line.utf8)), "no JSON: \(line)")
            for key in ["time", "level", "label", "message"] {
                #expect(json[key]?.string?.isEmpty == false, "\(key): \(line)")
            }
        }
    }

    @Test(arguments: ["text", "json"]) func noSecretIsLogged(_ format: String) async throws {
        let folder = try TemporaryFolder()
        let printed = try await Command.output(
            RunningService.program, ["token", "--user", "ada", "--name", "Ada", "--email", "ada@example.com"])
        let token = try #require(printed.firstMatch(of: #/rampart_[A-Za-z0-9_-]+/#).map { String($0.output) })
        let digest = try #require(printed.firstMatch(of: #/[0-9a-f]{64}/#).map { String($0.output) })
        let tokens = try folder.write("tokens:\n  - {sha256: \(digest), user: ada}\n", to: "tokens.yaml")
        let policy = try folder.write(
            "rules:\n  - {users: [ada], namespaces: [\"*\"], role: admin}\n", to: "policy.yaml")
        let secret = try folder.write("webhook-s3cret\n", to: "secret")
        let grafana = try folder.write("grafana-s3cret\n", to: "grafana")
        let options = [
            "--log-format", format, "--log-level", "trace", "--tokens", tokens, "--authorization",
            "policy=\(policy)", "--webhook-secret-file", "generic=\(secret)", "--grafana-url", "http://127.0.0.1:1",
            "--grafana-token-file", grafana,
        ]
        try await RunningService.with(data: folder.appending("data"), options: options) { service in
            func curl(_ arguments: String...) async throws -> String {
                let output = ["-s", "-o", "/dev/null", "-w", "%{http_code}"]
                return try await Command.output("curl", output + arguments)
            }
            let apps = "\(service.origin)/api/v1/apps"
            let ada = "Authorization: Bearer \(token)"
            #expect(try await curl("-H", ada, apps) == "200")
            #expect(try await curl("-H", "Authorization: Bearer wrong-s3cret-t0ken", apps) == "401")
            #expect(try await curl("-u", "ada:password-s3cret", apps) == "401")
            #expect(try await curl("\(apps)?access_token=\(token)") == "401")
            let hook = "\(service.origin)/api/v1/webhooks/generic"
            #expect(try await curl("-X", "POST", "-H", "Authorization: Bearer webhook-s3cret", hook) == "202")
            #expect(try await curl("-X", "POST", "-H", "Authorization: Bearer wrong-s3cret", hook) == "403")
            let body = String(decoding: graphJSON("vision", "demo", rate: 0.1).bytes(), as: UTF8.self)
            #expect(
                try await curl(
                    "-H", ada, "-H", "Content-Type: application/json", "-d", body, "\(service.origin)/api/v1/graphs")
                    == "201")
            let address = service.origin.replacing("http://", with: "http://ada:\(token)@")
            try await Command.git("clone", "-q", "\(address)/git/graphs.git", "work", in: folder.path)
            // A file that has become bad is named, and what it said before goes on to count.
            try folder.write("rules: nonsense-s3cret\n", to: "policy.yaml")
            try await eventually("the bad file is named") {
                let answer = try await Command.output("curl", ["-s", "-H", ada, "\(service.origin)/readyz"])
                return try JSON(parsing: answer).at("parts", "policy", "ready") == false
            }
            #expect(try await curl("-H", ada, "\(service.origin)/readyz") == "200")
            #expect(try await curl("-H", ada, apps) == "200")
        }
        let log = try String(contentsOfFile: folder.appending("data.log"), encoding: .utf8)
        #expect(log.contains("audit: write"))
        #expect(!log.contains("s3cret"), "\(log.split(separator: "\n").filter { $0.contains("s3cret") })")
        #expect(!log.contains(token), "\(log.split(separator: "\n").filter { $0.contains(token) })")
    }

    @Test func curlFollowsWhatHappensAndTheServiceEndsAllTheSame() async throws {
        let folder = try TemporaryFolder()
        let data = folder.appending("data")
        let stream = folder.appending("stream")
        try await RunningService.with(data: data) { service in
            _ = try await service.request("POST", "/api/v1/graphs", graphJSON("vision", "demo", rate: 0.1))
            let url = "\(service.origin)/api/v1/events"
            return try await Command.background("curl", ["-sN", url], log: stream) {
                try await eventually("the stream begins") { try Self.stream(stream).contains("id: ") }
                let deploy: JSON = ["appId": "vision_demo", "version": "1", "deployed": true]
                _ = try await service.request("POST", "/api/v1/apps/redeployment/vision_demo/1", deploy)
                try await eventually("it was applied") { try Self.stream(stream).contains("event: applied") }
                let last = try #require(Self.lastID(try Self.stream(stream)))
                // What follows on an id that is known.
                _ = try await service.request("POST", "/api/v1/graphs", graphJSON("vision", "late", rate: 0.1))
                try await eventually("the stream goes on") { try Self.stream(stream).contains("vision_late") }
                let again = folder.appending("again")
                try await Command.background("curl", ["-sN", "-H", "Last-Event-ID: \(last)", url], log: again) {
                    try await eventually("it goes on from there") { try Self.stream(again).contains("vision_late") }
                    #expect(try !Self.stream(again).contains("event: applied"))
                }
                kill(service.processIdentifier, SIGTERM)
                try await eventually("an open stream does not hold up the end") {
                    let stat = try? String(contentsOfFile: "/proc/\(service.processIdentifier)/stat", encoding: .utf8)
                    return stat?.contains(") Z ") ?? true
                }
            }
        }
        // Another run does not know the ids of this one.
        let last = try #require(Self.lastID(try Self.stream(stream)))
        try await RunningService.with(data: data) { service in
            let answer = folder.appending("answer")
            let url = "\(service.origin)/api/v1/events"
            try await Command.background("curl", ["-sN", "-H", "Last-Event-ID: \(last)", url], log: answer) {
                try await eventually("it is told") {
                    let text = try Self.stream(answer)
                    return text.contains("event: reset") && text.contains(#""reason":"restarted""#)
                }
            }
        }
    }

    private static func stream(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private static func lastID(_ text: String) -> String? {
        text.split(separator: "\n").last { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) }
    }

    @Test func kubectlShowsWhatHappened() async throws {
        let folder = try TemporaryFolder()
        try await RunningService.with(data: folder.appending("data")) { service in
            _ = try await service.request("POST", "/api/v1/graphs", graphJSON("default", "demo", rate: 0.1))
            let deploy: JSON = ["appId": "default_demo", "version": "1", "deployed": true]
            _ = try await service.request("POST", "/api/v1/apps/redeployment/default_demo/1", deploy)
            try await eventually("kubectl describe shows it") {
                let text = try await service.kubectl("describe", "rampartgraph", "demo", "--namespace", "default")
                return text.contains("applied version 1, commit ") && text.contains("rampart-backend")
            }
            try await service.kubectl(
                "patch", "rampartgraph", "demo", "--namespace", "default", "--type", "merge", "--patch",
                #"{"spec": {"graph": {"components": {"trainer": {"config": {"rate": 9}}}}}}"#)
            try await eventually("kubectl get events shows it") {
                let text = try await service.kubectl("get", "events", "--namespace", "default")
                return text.contains("LAST SEEN") && text.contains("Healed") && text.contains("rampartgraph/demo")
            }
            #expect(try await service.request("DELETE", "/api/v1/apps/default_demo").status == 200)
            try await eventually("kubectl events shows it") {
                try await service.kubectl("events", "--namespace", "default").contains("Pruned")
            }
        }
    }
}
