import Apps
import Testing

@testable import Migration

@Suite struct PythonTimeTests {
    @Test(arguments: [
        ("2026-11-23T21:12:41.324487+00:00", "2026-11-23T21:12:41+00:00"),
        ("2026-11-23T21:12:41+00:00", "2026-11-23T21:12:41+00:00"),
        ("2026-11-23T21:12:41", "2026-11-23T21:12:41+00:00"),
        ("2026-11-23 21:12:41Z", "2026-11-23T21:12:41+00:00"),
        ("2024-02-29T23:59:59.9+05:30", "2024-02-29T23:59:59+05:30"),
        ("1969-12-31T23:59:59-01:00", "1969-12-31T23:59:59-01:00"),
        ("2000-03-01T00:00:00Z", "2000-03-01T00:00:00+00:00"),
    ])
    func reads(_ text: String, _ time: String) {
        #expect(PythonTime.read(text)?.description == time)
    }

    @Test(arguments: [
        "", "yesterday", "2026-13-01T00:00:00", "2026-11-23", "2026-11-23T25:00:00", "2026-11-23T21:12:41+0",
    ])
    func refuses(_ text: String) {
        #expect(PythonTime.read(text) == nil)
    }
}
