import Access
import Housekeeping
import JSONValues
import Kubernetes
import TestSupport
import Testing

@testable import Service
@testable import Sync

/// Which part is not ready, and why.
@Suite struct ReadinessTests {
    @Test(
        arguments: [
            ([PartState("repository", isNeeded: true), PartState("cluster", isNeeded: true)], true, nil),
            (
                [PartState("cluster", problem: "is away", isNeeded: true), PartState("remote", problem: "is slow")],
                false, "cluster: is away"
            ),
            (
                [PartState("policy", problem: "2:1: is no rule"), PartState("cluster", problem: "x", isNeeded: true)],
                false, "cluster: x"
            ),
            (
                [PartState("cluster", isNeeded: true), PartState("policy", problem: "2:1: is no rule")], true,
                "policy: 2:1: is no rule"
            ),
            ([PartState("events", note: "may not be written")], true, nil),
        ] as [([PartState], Bool, String?)])
    func neededPartsDecide(_ parts: [PartState], _ isReady: Bool, _ message: String?) {
        let answer = ReadinessAnswer(parts)
        #expect(answer.isReady == isReady)
        let json = answer.json(withDetails: true)
        #expect(json["ready"]?.bool == isReady)
        #expect(json["message"]?.string == message)
        for part in parts {
            #expect(json.at("parts", part.name, "ready")?.bool == (part.problem == nil))
            #expect(json.at("parts", part.name, "message")?.string == part.problem ?? part.note)
        }
        #expect(answer.json(withDetails: false) == ["ready": .bool(isReady)])
    }

    /// Not putting in order is a problem, having nothing to do it with is known.
    @Test(
        arguments: [
            (.pending, nil, true), (.ok, nil, true), (.running, nil, true), (.off, "there is no program git", true),
            (.postponed, "8 MB are missing", false), (.failing, "a pack is damaged", false),
        ] as [(HousekeepingReport.State, String?, Bool)])
    func housekeepingThatFailsIsNamed(_ state: HousekeepingReport.State, _ message: String?, _ isReady: Bool)
        async throws
    {
        var report = HousekeepingReport()
        (report.state, report.message) = (state, message)
        var options = Stack.Options()
        options.service.housekeeping = { [report] in report }
        try await Stack.run(options) { stack in
            let answer = try await stack.get("/readyz")
            #expect(answer.status == 200, "reads, writes and sync go on")
            #expect(answer.json.at("parts", "housekeeping", "ready") == .bool(isReady))
            #expect(answer.json.at("parts", "housekeeping", "message")?.string == message)
            let metrics = try await stack.get("/metrics").text
            #expect(metrics.contains("rampart_ready{part=\"housekeeping\"} \(isReady ? 1 : 0)"), "\(metrics)")
        }
    }

    @Test func aFileThatHasBecomeBadIsNamed() async throws {
        let guarded = try await Guarded()
        let options = guarded.options { options in
            options.service.notes = { [PartState("policy", problem: guarded.policy.problem)] }
        }
        try await Stack.run(options) { stack in
            #expect(
                try await stack.get("/readyz", headers: Guarded.bearer("boss")).json.at("parts", "policy", "ready")
                    == true)
            try guarded.folder.write("rules: nonsense\n", to: "policy.yaml")
            await guarded.policy.look()
            let answer = try await stack.get("/readyz", headers: Guarded.bearer("boss"))
            #expect(answer.status == 200, "what the file said before goes on to count")
            #expect(answer.json.at("parts", "policy", "ready") == false)
            #expect(answer.json["message"]?.string?.contains("policy.yaml:1:") == true, "\(answer.text)")
            #expect(try await stack.get("/readyz").json == ["ready": true], "strangers learn nothing")
            let metrics = try await stack.get("/metrics", headers: Guarded.bearer("scraper")).text
            #expect(metrics.contains("rampart_ready{part=\"policy\"} 0\n"), "\(metrics)")
            #expect(metrics.contains("rampart_ready{part=\"repository\"} 1\n"))
        }
    }

    @Test func aClusterThatIsAwayIsNamed() async throws {
        var options = Stack.Options()
        options.hasCluster = false
        try await Stack.run(options) { stack in
            let answer = try await eventually("it is noticed") { () -> Answer? in
                let answer = try await stack.get("/readyz")
                return answer.json["message"]?.string?.contains("cannot be reached") == true ? answer : nil
            }
            #expect(answer.status == 503)
            #expect(answer.json.at("parts", "cluster", "ready") == false)
            #expect(answer.json.at("parts", "repository", "ready") == true)
            #expect(answer.json.at("parts", "sync", "ready") == true)
        }
    }

    /// Reads go on with what was seen and writes are committed: requests that went elsewhere would find nobody.
    @Test func aClusterThatGoesAwayLaterIsToldOfAndNeededNoMore() async throws {
        try await Stack.run { stack in
            await stack.engine.update { $0.report.unreachable = "the account's token has expired" }
            let answer = try await stack.get("/readyz")
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json["ready"] == true)
            #expect(answer.json.at("parts", "cluster", "ready") == false)
            #expect(
                answer.json["message"]?.string
                    == "cluster: the API server cannot be reached: the account's token has expired")
            #expect(try await stack.get("/metrics").text.contains("rampart_ready{part=\"cluster\"} 0\n"))
        }
    }

    @Test func aRepositoryThatCannotBeReadIsNamed() async throws {
        try await Stack.run { stack in
            try await stack.create("vision_demo")
            let good = try stack.folder.read("graphs.git/refs/heads/main")
            try stack.folder.write(String(repeating: "1", count: 40) + "\n", to: "graphs.git/refs/heads/main")
            let answer = try await eventually("it is noticed") { () -> Answer? in
                let answer = try await stack.get("/readyz")
                return answer.status == 503 ? answer : nil
            }
            #expect(answer.json.at("parts", "repository", "ready") == false)
            #expect(try await stack.get("/api/v1/apps/vision_demo").status == 200, "reads go on")
            try stack.folder.write(String(decoding: good, as: UTF8.self), to: "graphs.git/refs/heads/main")
            try await eventually("all is well again") { try await stack.get("/readyz").status == 200 }
        }
    }
}
