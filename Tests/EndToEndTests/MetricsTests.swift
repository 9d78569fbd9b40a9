import AsyncHTTPClient
import Foundation
import JSONValues
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

/// A real Prometheus scrapes a service that runs as people run it, with the rules of the examples; what the examples and
/// the documents name is there.
@Suite struct MetricsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func prometheusScrapesItAndKnowsAllThatTheExamplesAskFor() async throws {
        let folder = folder
        let remote = folder.appending("remote.git")
        try await Command.git("init", "-q", "--bare", "--initial-branch=main", remote, in: folder.path)
        let made = try await Command.output(
            RunningService.program, ["token", "--user", "prometheus", "--format", "json"])
        let token = try JSON(parsing: Array(made.utf8))
        let entry = try #require(token["entry"]?.string)
        let tokens = try folder.write("tokens:\n\(entry)\n", to: "tokens.yaml")
        let policy = try folder.write(
            "rules:\n  - {users: [prometheus], namespaces: [\"*\"], role: scraper}\n", to: "policy.yaml")
        let secret = try folder.write(try #require(token["token"]?.string), to: "token")
        let options = [
            "--tokens", tokens, "--authorization", "policy=\(policy)", "--remote", "file://\(remote)",
            // A forge that nobody finds.
            "--forge", "gitea", "--forge-url", "http://127.0.0.1:1", "--forge-repository", "acme/graphs",
            "--forge-token-file", secret,
        ]
        try await RunningService.with(data: folder.appending("data"), options: options) { service in
            let text = try await Self.metrics(of: service, token: token["token"]?.string ?? "")
            try Self.judge(text)
            let checked = try await Command.run("promtool", ["check", "metrics"], input: text)
            #expect(checked.succeeded && checked.output == "", "\(checked.output)\(checked.errors)")

            let address = try #require(service.origin.split(separator: "/").last)
            let example = try String(contentsOfFile: Self.examples + "/prometheus/prometheus.yaml", encoding: .utf8)
            let configuration = try folder.write(
                example.replacingOccurrences(of: "127.0.0.1:8080", with: address)
                    .replacingOccurrences(of: "15s", with: "1s")
                    .replacingOccurrences(of: "    # authorization:", with: "    authorization:")
                    .replacingOccurrences(
                        of: "    #   credentials_file: /etc/prometheus/rampart-token",
                        with: "      credentials_file: \(secret)"), to: "prometheus.yaml")
            try FileManager.default.copyItem(
                atPath: Self.examples + "/prometheus/rampart-alerts.yaml",
                toPath: folder.appending("rampart-alerts.yaml"))
            try await Prometheus.with(configuration: configuration, folder: folder) { prometheus in
                try await eventually(within: .seconds(90), "Prometheus has scraped") {
                    try await prometheus.value("up{job=\"rampart\"}") == 1
                }
                #expect(try await prometheus.value(#"rampart_ready{part="cluster"}"#) == 1)
                for part in ["remote", "tokens", "policy"] {
                    #expect(try await prometheus.value("rampart_ready{part=\"\(part)\"}") == 1, "\(part)")
                }
                try await eventually("the forge is missed") {
                    let tries = try await prometheus.value(
                        #"rampart_forge_requests_total{operation="status",code="unreachable"}"#)
                    return try await prometheus.value(#"rampart_ready{part="forge"}"#) == 0 && (tries ?? 0) > 0
                }
                try await eventually("a write shows") {
                    try await prometheus.value(#"rampart_http_requests_total{route="/metrics",status="200"}"#)
                        .map { $0 > 1 } == true
                }
                try await eventually("the rules are reckoned") {
                    let groups = try await prometheus.get("/api/v1/rules").at("data", "groups")
                    let rules = groups?[0]?["rules"]?.array ?? []
                    return rules.count >= 15 && rules.allSatisfy { $0["health"] == "ok" }
                }
                let rules = try await prometheus.get("/api/v1/rules").at("data", "groups")?[0]?["rules"]?.array ?? []
                var asked = rules.compactMap { rule in
                    rule["query"]?.string.map { ("the alert \(rule["name"]?.string ?? "")", $0) }
                }
                for (panel, expression) in try Self.questions() {
                    // As Grafana fills it in.
                    let question = [
                        ("$job", "rampart"), ("$instance", ".*"), ("$__rate_interval", "1m"), ("$__range", "1h"),
                    ]
                    .reduce(expression) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
                    let refusal = try await prometheus.refusal(of: question)
                    #expect(refusal == nil, "the panel \(panel): \(question)")
                    asked.append(("the panel \(panel)", question))
                }
                #expect(asked.count > 70)
                let series = Series(try await Self.metrics(of: service, token: token["token"]?.string ?? ""))
                for (place, question) in asked {
                    for label in series.missingLabels(question) {
                        Issue.record("\(place) asks for the label \(label), which is not there: \(question)")
                    }
                }
            }
        }
    }

    @Test func promtoolTakesTheExamples() async throws {
        let prometheus = Self.examples + "/prometheus"
        for arguments in [
            ["check", "rules", "rampart-alerts.yaml"], ["check", "config", "prometheus.yaml"],
            ["test", "rules", "rampart-alerts.test.yaml"],
        ] {
            let result = try await Command.run("promtool", arguments, in: prometheus)
            #expect(result.succeeded, "\(arguments): \(result.output)\(result.errors)")
        }
        let rules = try String(contentsOfFile: prometheus + "/rampart-alerts.yaml", encoding: .utf8)
        let tests = try String(contentsOfFile: prometheus + "/rampart-alerts.test.yaml", encoding: .utf8)
        for alert in rules.matches(of: /alert: (\w+)/).map(\.output.1) {
            #expect(tests.contains("\"\(alert)\""), "no test raises \(alert)")
        }
    }

    @Test func theDashboardIsOneThatGrafanaTakes() throws {
        let file = Self.examples + "/grafana/rampart.json"
        let dashboard = try JSON(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: file))))
        #expect(dashboard["uid"]?.string?.isEmpty == false && dashboard["schemaVersion"]?.int ?? 0 >= 36)
        let panels = dashboard["panels"]?.array ?? []
        #expect(panels.count > 20)
        #expect(Set(panels.compactMap { $0["id"]?.int }).count == panels.count)
        for panel in panels where panel["type"] != "row" {
            let place = panel["gridPos"]
            #expect((place?["x"]?.int ?? 0) + (place?["w"]?.int ?? 99) <= 24, "\(panel["title"] ?? .null)")
            for target in panel["targets"]?.array ?? [] {
                #expect(target["expr"]?.string?.isEmpty == false)
                #expect(target.at("datasource", "uid") == "${datasource}")
            }
        }
    }

    // MARK: - What is named and what is there

    private static let examples = CommandTests.root + "/examples"

    /// What the panels of the dashboard ask Prometheus, by their titles.
    private static func questions() throws -> [(panel: String, expression: String)] {
        let file = examples + "/grafana/rampart.json"
        let dashboard = try JSON(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: file))))
        return (dashboard["panels"]?.array ?? []).flatMap { panel in
            (panel["targets"]?.array ?? []).compactMap { target in
                target["expr"]?.string.map { (panel["title"]?.string ?? "", $0) }
            }
        }
    }

    /// All metrics are described, and all that is described or asked for is there.
    private static func judge(_ text: String) throws {
        let there = Set(text.matches(of: /# TYPE (\w+)/).map { String($0.output.1) })
        #expect(there.count > 40)
        func named(in file: String) throws -> Set<String> {
            let words = try String(contentsOfFile: CommandTests.root + "/" + file, encoding: .utf8)
                .matches(of: /\b(?:rampart|process)_[a-z_]+\b/)
            return Set(words.map { String($0.output) })
        }
        func family(_ name: String) -> String {
            for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) && !there.contains(name) {
                return String(name.dropLast(suffix.count))
            }
            return name
        }
        let described = try named(in: "docs/operating.md")
        for name in there { #expect(described.contains(name), "docs/operating.md does not say what \(name) tells") }
        for file in ["examples/prometheus/rampart-alerts.yaml", "examples/grafana/rampart.json", "docs/operating.md"] {
            for name in try named(in: file) {
                #expect(there.contains(family(name)), "\(file) names \(name), which is not there")
            }
        }
    }

    private static func metrics(of service: RunningService, token: String) async throws -> String {
        var request = HTTPClientRequest(url: service.origin + "/metrics")
        let refused = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        #expect(refused.status.code == 401)
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 16 << 20)
        try #require(response.status.code == 200)
        return String(buffer: body)
    }
}

/// The labels of each metric that a service shows.
private struct Series {
    /// By the names of samples; a metric that has none yet is not in it.
    private var labels: [String: Set<String>] = [:]
    /// Those that Prometheus adds.
    private static let added: Set<String> = ["job", "instance", "namespace"]

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            guard let sample = line.prefixMatch(of: /(\w+)(?:\{(.*)\})?[ ]/) else { continue }
            let names = sample.output.2.map { $0.matches(of: /(\w+)="/).map { String($0.output.1) } } ?? []
            labels[String(sample.output.1), default: []].formUnion(names)
        }
    }

    /// The labels that a question matches or groups by and that its metrics do not have.
    func missingLabels(_ question: String) -> [String] {
        let named = question.matches(of: /\b(?:rampart|process)_[a-z_]+\b/).map { String($0.output) }
        guard named.allSatisfy({ labels[$0] != nil }) else { return [] }
        var missing: [String] = []
        for match in question.matches(of: /\b((?:rampart|process)_\w+)\{([^}]*)\}/) {
            let there = labels[String(match.output.1), default: []].union(Self.added)
            missing += match.output.2.matches(of: /(\w+)\s*(?:=|!)/).map { String($0.output.1) }
                .filter { !there.contains($0) }
        }
        let all = named.reduce(into: Self.added) { $0.formUnion(labels[$1] ?? []) }
        for match in question.matches(of: /\b(?:by|on|without)\s*\(([^)]*)\)/) {
            missing += match.output.1.split(separator: /[,\s]+/).map(String.init).filter { !all.contains($0) }
        }
        return missing
    }
}

/// Debian's Prometheus on a free port, while a test runs.
private struct Prometheus: Sendable {
    let url: String

    static func with(
        configuration: String, folder: TemporaryFolder, _ body: @Sendable @escaping (Prometheus) async throws -> Void
    ) async throws {
        // Prometheus does not say which port it has taken.
        let script = "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"
        let port = try await Command.output(python, ["-c", script])
        let log = folder.appending("prometheus.log")
        let arguments = [
            "--config.file=\(configuration)", "--storage.tsdb.path=\(folder.appending("tsdb"))",
            "--web.listen-address=127.0.0.1:\(port)", "--log.level=warn",
        ]
        try await Command.background("prometheus", arguments, log: log) {
            do {
                try await body(Prometheus(url: "http://127.0.0.1:\(port)"))
            } catch {
                throw EndToEndFailure("\(error)\n\((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
            }
        }
    }

    func get(_ path: String) async throws -> JSON {
        guard
            let response = try? await HTTPClient.shared.execute(
                HTTPClientRequest(url: url + path), timeout: .seconds(30)), response.status == .ok
        else { return .null }
        return try JSON(parsing: try await response.body.collect(upTo: 16 << 20).readableBytesView)
    }

    /// Why Prometheus does not answer a query; nil where it does.
    func refusal(of query: String) async throws -> String? {
        let encoded = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? query
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: url + "/api/v1/query?query=\(encoded)"), timeout: .seconds(30))
        let answer = try JSON(parsing: try await response.body.collect(upTo: 16 << 20).readableBytesView)
        return answer["status"] == "success" ? nil : answer["error"]?.string ?? "\(response.status)"
    }

    /// What a query gives, the first sample of it; nil for nothing.
    func value(_ query: String) async throws -> Double? {
        let encoded = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? query
        return try await get("/api/v1/query?query=\(encoded)")
            .at("data", "result")?[0]?["value"]?[1]?.string.flatMap { Double($0) }
    }
}
