import Apps
import Events
import Git
import HashTreeCollections
import JSONValues
import Kubernetes
import Logging
import Sandbox
import TestSupport
import Testing

@testable import Sync

/// What happens to an app stands beside its resource, for whoever asks the cluster.
@Suite struct ClusterEventTests {
    /// A loop that writes Events, beside the one that does not run.
    ///
    /// - Parameter before: what is done to the repository before it begins.
    private static func run(
        before: @Sendable (Loop) async throws -> Void = { _ in },
        _ body: @Sendable (Loop, SyncEngine, EventRecorder) async throws -> Void
    ) async throws {
        try await Loop.run(syncs: false) { loop in
            try await before(loop)
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let recorder = EventRecorder(
                client: loop.client, component: "rampart-backend", instance: "rampart-0", perSecond: 1_000,
                logger: logger)
            var options = SyncOptions()
            options.firstRetry = .milliseconds(20)
            let engine = SyncEngine(
                store: loop.store, client: loop.client, options: options, recorder: recorder, logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await engine.run() }
                defer { group.cancelAll() }
                try await body(loop, engine, recorder)
            }
        }
    }

    /// The Events beside an app's resource.
    private static func events(_ loop: Loop, _ name: String) async throws -> [JSON] {
        let id = try Loop.id(name)
        return try await loop.observer.listAll(.coreEvents).items.map(\.json).filter {
            $0.at("involvedObject", "name")?.string == id.name
        }
    }

    private static func event(_ loop: Loop, _ name: String, _ reason: String) async throws -> JSON {
        try await eventually("\(reason) of \(name)") {
            try await events(loop, name).first { $0["reason"]?.string == reason }
        }
    }

    /// What happens to many is written once the API server has time for it.
    @Test func eventsStandBackWhileAppsQueue() async throws {
        let names = (1...48).map { "default_app-\($0)" }
        let before: @Sendable (Loop) async throws -> Void = { loop in
            for name in names { try await loop.deploy(name) }
            loop.sandbox.setFaults([SandboxFault(.latency(.milliseconds(150)), method: "PATCH")])
            loop.sandbox.clearRequests()
        }
        try await Self.run(before: before) { loop, engine, _ in
            for name in names { try await loop.reaches(name, 1, in: engine) }
            try await eventually("an Event is written") {
                loop.sandbox.requests.contains { $0.method == "POST" && $0.path.hasSuffix("/events") }
            }
            let writes = loop.writes.map(\.path)
            let first = try #require(writes.firstIndex { $0.hasSuffix("/events") })
            // Sixteen are worked on at once: while the last of them are, nothing queues any more.
            #expect(writes[..<first].count { $0.contains("/rampartgraphs/") } >= 30, "\(first)")
        }
    }

    @Test func appliedHealedAndPruned() async throws {
        try await Self.run { loop, engine, _ in
            try await loop.deploy("default_demo")
            try await loop.reaches("default_demo", 1, in: engine)
            let uid = try #require(try await loop.resource("default_demo")?.uid)
            let applied = try await Self.event(loop, "default_demo", "Applied")
            let commit = try #require(loop.store.snapshot.apps[try Loop.id("default_demo")]?.live?.commit)
            #expect(applied["message"]?.string == "applied version 1, commit \(commit.short) by Ada Lovelace")
            #expect(applied["type"]?.string == "Normal")
            #expect(applied.at("involvedObject", "uid")?.string == uid)
            #expect(applied.at("involvedObject", "kind")?.string == "RampartGraph")
            #expect(applied.at("source", "component")?.string == "rampart-backend")
            #expect(applied["reportingInstance"]?.string == "rampart-0")
            #expect(applied["count"]?.int == 1)

            try await loop.patch(
                "default_demo",
                JSON(parsing: #"{"spec": {"graph": {"components": {"trainer": {"config": {"content": 9}}}}}}"#))
            let healed = try await Self.event(loop, "default_demo", "Healed")
            #expect(healed["message"]?.string?.hasPrefix("put back version 1, commit ") == true)

            try await loop.delete("default_demo")
            try await loop.isGone("default_demo")
            let pruned = try await Self.event(loop, "default_demo", "Pruned")
            #expect(pruned.at("involvedObject", "uid")?.string == uid)
        }
    }

    @Test func aRefusalThatGoesOnIsCountedAndNeverFloods() async throws {
        try await Self.run { loop, engine, _ in
            await loop.sandbox.refuse { $0["kind"]?.string == "RampartGraph" ? "not today" : nil }
            try await loop.deploy("default_demo")
            let id = try Loop.id("default_demo")
            try await eventually("it was refused often") {
                engine.report.counters.failed >= 6 && engine.report.apps[id]?.state == .failed
            }
            let refused = try await eventually("counted") {
                try await Self.events(loop, "default_demo").first { ($0["count"]?.int ?? 0) > 1 }
            }
            #expect(refused["type"]?.string == "Warning")
            #expect(refused["reason"]?.string == "Refused")
            #expect(refused["message"]?.string?.contains("not today") == true)
            #expect(try await Self.events(loop, "default_demo").count == 1)
        }
    }

    @Test func whatDoesNotCheckIsSaidOnce() async throws {
        try await Self.run { loop, engine, _ in
            try await loop.deploy("default_demo")
            try await loop.reaches("default_demo", 1, in: engine)
            let work = try TemporaryFolder()
            try await Command.git("clone", "-q", loop.folder.appending("graphs.git"), "work", in: work.path)
            let clone = work.appending("work")
            try work.write("apiVersion: nonsense\n", to: "work/apps/default/demo/graph.yaml")
            try await Command.git("commit", "-q", "-am", "Break it", in: clone)
            try await Command.git("push", "-q", "origin", "HEAD:main", in: clone)
            let invalid = try await Self.event(loop, "default_demo", "Invalid")
            #expect(invalid["message"]?.string?.contains("apps/default/demo/graph.yaml") == true)
            await engine.look()
            try await loop.deploy("default_other")
            _ = try await Self.event(loop, "default_other", "Applied")
            #expect(try await Self.events(loop, "default_demo").filter { $0["reason"]?.string == "Invalid" }.count == 1)
        }
    }

    @Test(arguments: [403, 500]) func whatCannotBeWrittenHoldsNothingUp(_ code: Int) async throws {
        try await Self.run { loop, engine, recorder in
            loop.sandbox.setFaults([
                SandboxFault(.failure(code: code, message: "events is forbidden: no"), method: "POST", path: "/events")
            ])
            for number in 1...5 { try await loop.deploy("default_demo", number) }
            try await loop.reaches("default_demo", 5, in: engine)
            if code == 403 {
                try await eventually("it is known") { recorder.note != nil }
                #expect(recorder.note?.contains("create and patch events") == true)
                let asked = loop.sandbox.requests.count { $0.isWrite && $0.path.hasSuffix("/events") }
                #expect(asked == 1, "it is not tried again at once")
            } else {
                #expect(recorder.note == nil)
            }
        }
    }

    @Test func manyAppsAreApplied() async throws {
        try await Self.run { loop, engine, _ in
            for number in 0..<30 { try await loop.deploy("default_app-\(number)") }
            try await eventually("all are applied") { engine.report.counters.applied >= 30 }
            try await eventually("each has its Event") {
                let names = try await loop.observer.listAll(.coreEvents).items.compactMap {
                    $0.json.at("involvedObject", "name")?.string
                }
                return Set(names).count == 30
            }
        }
    }

    @Test(
        arguments: [
            (Event(.applied, version: 3), "Ada", "Applied: applied version 3"),
            (Event(.applied, version: 3, message: "undeployed"), nil, "Applied: applied version 3: undeployed"),
            (Event(.refused, version: 3, message: "no"), nil, "Refused: version 3: no"),
            (Event(.failed, message: "no"), nil, "Failed: no"), (Event(.commit), nil, nil), (Event(.sync), nil, nil),
        ] as [(Event, String?, String?)])
    func readsLikeASentence(_ event: Event, _ author: String?, _ expected: String?) {
        let text = ClusterNoteText(event, author: author)
        #expect(text.map { "\($0.reason): \($0.message)" } == expected)
    }
}
