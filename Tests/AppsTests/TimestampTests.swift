import Apps
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, 0, "1970-01-01T00:00:00+00:00"),
        (1_795_468_361, 0, "2026-11-23T21:12:41+00:00"),
        (1_795_468_361, 330, "2026-11-24T02:42:41+05:30"),
        (1_795_468_361, -210, "2026-11-23T17:42:41-03:30"),
        (951_782_400, 0, "2000-02-29T00:00:00+00:00"),
        (4_107_542_399, 0, "2100-02-28T23:59:59+00:00"),
        (-1, 0, "1969-12-31T23:59:59+00:00"),
        (-62_135_596_800, 0, "0001-01-01T00:00:00+00:00"),
    ])
    func isWrittenAsISO8601(_ seconds: Int64, _ offset: Int, _ text: String) {
        #expect(Timestamp(seconds: seconds, offsetMinutes: offset).description == text)
    }
}
