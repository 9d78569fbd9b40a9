import Apps
import Git
import HashTreeCollections
import JSONValues
import Logging
import Synchronization
import TestSupport
import Testing

/// Clocks that jump: order comes from history, never from times.
@Suite struct ClockTests {
    /// An engineer's clock is a decade ahead, then at its epoch; the service's own goes back in between.
    @Test func versionsKeepTheirOrderWhateverTheTimes() async throws {
        let fixture = try Fixture()
        let clock = JumpingClock()
        var options = AppStoreOptions(data: fixture.data) { Timestamp(seconds: clock.seconds, offsetMinutes: 0) }
        options.pollInterval = .seconds(3600)
        let store = try await AppStore.open(options, logger: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let demo = try id("default_demo")
        let work = try await fixture.clone()
        for (content, date) in [(1, "2036-01-01T00:00:00Z"), (2, "1970-01-02T00:00:00Z"), (3, "2026-01-01T00:00:00Z")] {
            try await work.write(graphText(demo, content), to: "apps/default/demo/graph.yaml")
            try await work.commit("Content \(content)", date: date)
            try await work.push()
            try await store.look()
        }
        for (content, seconds) in [(4, Int64(1_800_000_000)), (5, 1_000_000), (6, 4_000_000_000), (7, 1_700_000_000)] {
            clock.seconds = seconds
            _ = try await store.perform(.save(demo, manifest(demo, content)), by: ada)
            _ = try await store.perform(.deploy(demo, version: content), by: ada)
        }
        let app = try #require(store.snapshot.apps[demo])
        #expect(app.versions.map(\.number) == Array(1...7))
        #expect(app.activeVersion == 7)
        let times = app.versions.map(\.created.seconds)
        #expect(
            times[0] == 2_082_758_400 && times[1] == 86_400, "the times are told as the commits have them: \(times)")

        // A cold fold sees the same.
        let again = try await AppStore.open(
            AppStoreOptions(data: fixture.data), logger: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(again.snapshot.apps[demo]?.versions.map(\.hash) == app.versions.map(\.hash))
        #expect(again.snapshot.apps[demo]?.activeVersion == 7)
        try await Command.git("fsck", "--strict", in: fixture.repository)
    }
}

/// The service's own clock, set by the test.
private final class JumpingClock: Sendable {
    private let state = Mutex<Int64>(1_800_000_000)

    var seconds: Int64 {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
