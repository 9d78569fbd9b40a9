import Apps
import Events
import Git
import Graphs
import JSONValues
import Logging
import Logs
import TestSupport
import Testing

/// Each commit that touches an app is an event, whoever made it.
@Suite struct CommitEventsTests {
    private static let ada = Signature(
        name: "Ada Lovelace", email: "ada@example.com", seconds: 1_700_000_000, offsetMinutes: 0)

    private static func manifest(_ id: AppID, _ content: Int) throws -> Manifest {
        try Manifest(
            checking: [
                "apiVersion": "rampart.petuum.com/v1beta2", "kind": "RampartGraph",
                "metadata": ["name": .string(id.name), "namespace": .string(id.namespace)],
                "spec": [
                    "graph": [
                        "components": [
                            "a": ["chart": ["repo": "r", "name": "n"], "config": ["x": .int(Int64(content))]]
                        ], "flows": [:],
                    ]
                ],
            ])
    }

    @Test func tellsWhatACommitDidAndWhichRequestMadeIt() async throws {
        let folder = try TemporaryFolder()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let store = try await AppStore.open(AppStoreOptions(data: folder.path), logger: logger)
        let id = try #require(AppID("vision_demo"))
        _ = try await store.perform(.create(id, Self.manifest(id, 1)), by: Self.ada)
        let log = EventLog()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await store.run() }
            group.addTask { try await CommitEvents(store: store, log: log, logger: logger).run() }
            defer { group.cancelAll() }
            // The state at the start is no news; a first event says that it listens.
            let other = try #require(AppID("vision_first"))
            try await eventually("it listens") {
                _ = try? await store.perform(.create(other, Self.manifest(other, 1)), by: Self.ada)
                _ = try? await store.perform(.delete(other), by: Self.ada)
                return log.last.number > 0
            }
            let begin = log.last.number
            let request = try #require(RequestID("request-7"))
            _ = try await RequestID.$current.withValue(request) {
                try await store.perform(.deploy(id, version: 1), by: Self.ada)
            }
            _ = try await store.perform(.save(id, Self.manifest(id, 2)), by: Self.ada)
            _ = try await store.perform(.delete(id), by: Self.ada)
            let events = try await eventually("three events") { () -> [Event]? in
                guard case .entries(let entries) = log.stretch(after: begin) else { return nil }
                let mine = entries.map(\.event).filter { $0.app == id }
                return mine.count == 3 ? mine : nil
            }
            #expect(events.map(\.kind) == [.commit, .commit, .commit])
            #expect(events.map(\.acts) == [["deployed"], ["saved"], ["deleted"]])
            #expect(events[0].message == "Deploy vision_demo version 1")
            #expect(events[0].version == 1)
            #expect(events[1].version == 2)
            #expect(events.allSatisfy { $0.author == "Ada Lovelace" && $0.commit != nil })
            #expect(events.map(\.request) == [request, nil, nil])
        }
    }
}
