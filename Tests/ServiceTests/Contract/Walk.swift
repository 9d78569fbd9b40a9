import Apps
import Git
import HashTreeCollections
import JSONValues
import Kubernetes
import Sandbox
import Sync
import TestSupport
import Testing

@testable import Service

/// Walks a recorded act against the service, with what happened beside the API done to the cluster.
struct Walk: Sendable {
    static let graphs = ResourceType(
        group: "rampart.petuum.com", version: "v1beta2", plural: "rampartgraphs", kind: "RampartGraph")

    let act: RecordedAct
    let stack: Stack
    /// The service of the repository flows, as far as the walk needs it.
    let flows: World.FlowsService
    var step: RecordedStep
    /// Whether the cluster answers, so that one can wait until it is as HEAD wants it.
    var canSettle = true

    init(_ act: RecordedAct, _ stack: Stack, flows: World.FlowsService = World.FlowsService()) {
        self.act = act
        self.stack = stack
        self.flows = flows
        step = act.steps[0]
    }

    // MARK: - What was recorded

    func recorded(_ name: String) -> JSON { act.steps.first { $0.name == name }?.answered ?? .null }

    /// The body of this step's request.
    var sent: JSON? { step.sent.flatMap { try? JSON(parsing: $0) } }

    func graph(sentBy name: String) -> JSON? {
        let step = act.steps.first { $0.name == name }
        return step?.sent.flatMap { try? JSON(parsing: $0) }?.at("spec", "graph")
    }

    /// The answer for `default_demo` while it has only drafts.
    func undeployedApp(versions: Int) -> JSON {
        let list = (1...versions).map { number -> JSON in
            [
                "name": "demo", "appId": "default_demo", "version": .string(String(number)), "status": "undeployed",
                "deployed": false, "lastDeployment": .null, "lastEdit": "2026-01-01T00:00:00+00:00", "notes": "",
            ]
        }
        return [
            "id": .null, "name": "demo", "namespace": "default", "readOnly": false, "versions": .array(list),
            "deployed": false, "graph": [:], "lastModified": .null,
        ]
    }

    // MARK: - Walking

    /// Walks all steps.
    mutating func run() async throws {
        for step in act.steps {
            self.step = step
            if step.isRequest {
                try await request()
            } else {
                try await happen()
            }
        }
    }

    /// Sends this step's request and compares the answer.
    func request() async throws {
        let difference = Differences.all[step.name]
        let expected: (status: Int, body: JSON) = try difference?.answer(self) ?? (step.status, step.answered)
        if difference != nil { expectDifference(expected) }
        if canSettle {
            try await settle()
            try await prepareWorld()
            try await playController(expected.body)
        }
        if step.path.hasSuffix("/grafana_dashboard"), expected.status == 200 {
            try await eventually("Grafana has the dashboard before \(step.name)") {
                stack.dashboards?.report.apps.contains { $0.value.urls != nil && $0.value.state == .synced } ?? false
            }
        }
        if expected.body["state"] == "pending", step.name != "unreachable-deploy" {
            try await eventually("the loop has noticed before \(step.name)") { stack.engine.report.unreachable != nil }
        }
        let answer = try await answer(like: expected)
        let place: Comment = "\(step.number) \(step.name) \(difference.map { "(\($0.why))" } ?? "")\n\(answer.text)"
        #expect(answer.status == expected.status, place)
        for name in ["access-control-allow-origin", "access-control-allow-credentials", "access-control-max-age"] {
            if let value = step.answeredHeaders[name] { #expect(answer.headers[name] == value, place) }
        }
        if expected.status == 422, step.status == 422 {
            #expect(details(answer.json) == details(expected.body), place)
        } else if expected.status >= 400, step.method != "HEAD" {
            #expect(answer.json["state"] == expected.body["state"] || expected.body["state"] == nil, place)
            #expect(answer.message?.isEmpty == false, "every error says why: \(place)")
            if step.status == expected.status {
                #expect(answer.json["detail"] == expected.body["detail"] || step.status == 400, place)
            }
        } else if expected.body["left_out"] == nil, step.method != "HEAD", step.method != "OPTIONS" {
            var body = answer.json
            if expected.status == 202 { body["message"] = nil }
            #expect(body.comparable == expected.body.withCharts.comparable, place)
        }
        if let mended = Mended.graphs[step.name], let sent {
            // Refused as it was sent; what comes after is walked with a graph that checks.
            #expect(answer.status == 422, place)
            let again = try await stack.send(step.method, step.path, body: mended(sent).withCharts.bytes())
            #expect(again.status == step.status, "\(step.name), mended: \(again.text)")
        }
    }

    /// The answer to this step's request. What comes from watches is asked for until it is as it should be, or for long
    /// enough.
    private func answer(like expected: (status: Int, body: JSON)) async throws -> Answer {
        func ask() async throws -> Answer {
            try await stack.send(step.method, step.path, body: step.sent, headers: step.sentHeaders)
        }
        let isWatched = ["/graph-status/", "/status/list", "/component-links"].contains { step.path.contains($0) }
        guard isWatched else { return try await ask() }
        let clock = ContinuousClock()
        let end = clock.now + .seconds(20)
        while true {
            let answer = try await ask()
            let isAsExpected =
                answer.status == expected.status
                && (answer.status >= 400 || answer.json.comparable == expected.body.withCharts.comparable)
            if isAsExpected || clock.now > end { return answer }
            try await clock.sleep(for: .milliseconds(20))
        }
    }

    /// A listed difference has to be one: else it is out of date.
    private func expectDifference(_ expected: (status: Int, body: JSON)) {
        let isOne =
            expected.status != step.status
            || (expected.status < 400
                ? expected.body.withCharts.comparable != step.answered.withCharts.comparable
                : expected.body["state"] != step.answered["state"])
        #expect(isOne, "\(step.number) \(step.name) is listed as a difference, and is as it was recorded")
    }

    /// The list of what is wrong with a body, without the words of another language's JSON parser.
    private func details(_ body: JSON) -> [JSON] {
        (body["detail"]?.array ?? []).map { item in
            ["type": item["type"] ?? .null, "loc": item["loc"] ?? .null, "msg": item["msg"] ?? .null]
        }
    }

    /// Waits until the cluster has what HEAD says and the service has seen it.
    func settle() async throws {
        try await eventually("settled before \(step.number) \(step.name)") {
            let (report, observed, _) = stack.engine.current
            let snapshot = stack.store.snapshot
            for app in snapshot.apps.values where app.live != nil {
                guard let live = app.live, let graph = observed[app.id] else { return false }
                if graph.isTerminating || report.apps[app.id]?.state != .synced { return false }
                if graph.annotations["rampart.petuum.com/commit"] != live.commit.description { return false }
            }
            let list = try await stack.client.listAll(Self.graphs)
            guard list.items.count == observed.count else { return false }
            return list.items.allSatisfy { object in
                observed.contains { $0.value.uid == object.uid && $0.value.resourceVersion == object.resourceVersion }
                    && (object.isTerminating || snapshot.apps.keys.contains { "\($0)" == Self.id(object) })
            }
        }
    }

    private static func id(_ object: KubernetesObject) -> String { "\(object.namespace ?? "")_\(object.name)" }

    /// Gives each resource the status that the expected answer shows: the controller came by before it.
    private func playController(_ body: JSON) async throws {
        let graphs = (body.array ?? [body]).compactMap { $0["graph"] }
        for graph in graphs {
            guard var status = graph["status"], let name = graph.at("metadata", "name")?.string,
                let namespace = graph.at("metadata", "namespace")?.string
            else { continue }
            try await setStatus(&status, namespace, name)
        }
        try await settle()
    }

    func setStatus(_ status: inout JSON, _ namespace: String, _ name: String) async throws {
        // Not there yet where the answer is that to the request which makes it.
        let all = try await stack.client.listAll(Self.graphs).items
        guard let object = all.first(where: { $0.namespace == namespace && $0.name == name }), !object.isTerminating
        else { return }
        if status["observedGeneration"] != nil {
            status["observedGeneration"] = object.generation.map { .int($0) }
        }
        var json = object.json
        json["status"] = status
        _ = try await stack.client.replace(
            Self.graphs, namespace: namespace, name: name, body: json, subresource: .status)
    }
}
