import Events
import Testing

/// A bounded log of what happened, read by number.
@Suite struct EventLogTests {
    private static func filled(_ count: Int, capacity: Int = 4) -> EventLog {
        let log = EventLog(capacity: capacity, run: "0000abcd")
        for number in 0..<count { log.append(Event(.sync, message: "\(number + 1)")) }
        return log
    }

    private static func messages(_ stretch: EventLog.Stretch) -> [String]? {
        guard case .entries(let entries) = stretch else { return nil }
        return entries.compactMap(\.event.message)
    }

    @Test(
        arguments: [
            (0, 0, []), (3, 0, ["1", "2", "3"]), (3, 2, ["3"]), (3, 3, []), (3, 9, []), (4, 0, ["1", "2", "3", "4"]),
            (5, 1, ["2", "3", "4", "5"]), (5, 0, nil), (9, 5, ["6", "7", "8", "9"]), (9, 4, nil),
        ] as [(Int, UInt64, [String]?)])
    func whatFollowsOnANumber(_ appended: Int, _ number: UInt64, _ expected: [String]?) {
        #expect(Self.messages(Self.filled(appended).stretch(after: number)) == expected)
    }

    @Test func inPieces() {
        let log = Self.filled(5, capacity: 10)
        #expect(Self.messages(log.stretch(after: 1, limit: 2)) == ["2", "3"])
        #expect(Self.messages(log.stretch(after: 3, limit: 2)) == ["4", "5"])
    }

    @Test(
        arguments: [
            (nil, .after(EventID(run: "0000abcd", number: 9))),
            ("0000abcd-9", .after(EventID(run: "0000abcd", number: 9))),
            ("0000abcd-5", .after(EventID(run: "0000abcd", number: 5))),
            ("0000abcd-4", .reset(EventID(run: "0000abcd", number: 9), .tooOld)),
            ("0000abcd-10", .reset(EventID(run: "0000abcd", number: 9), .restarted)),
            ("ffffffff-5", .reset(EventID(run: "0000abcd", number: 9), .restarted)),
            ("nonsense", .reset(EventID(run: "0000abcd", number: 9), .restarted)),
        ] as [(String?, EventLog.Beginning)])
    func whereSomebodyGoesOn(_ last: String?, _ expected: EventLog.Beginning) {
        #expect(Self.filled(9).beginning(after: last) == expected)
    }

    @Test func twoRunsTellEachOtherApart() {
        let id = EventLog().last
        #expect(EventID(id.description) == id)
        #expect((0..<8).contains { _ in EventLog().last.run != id.run })
    }

    @Test(arguments: [
        "", "-", "0000abcd", "0000abcd-", "0000abcd-x", "0000ABCD-1", "abcd-1", "0000abcd-1-2", "0000abcd- 1",
    ])
    func noIDs(_ text: String) { #expect(EventID(text) == nil) }

    @Test func whoListensIsWokenAndLeavesNothingBehind() async {
        let log = Self.filled(0)
        let reader = Task {
            var number: UInt64 = 0
            for await _ in log.signals() {
                if case .entries(let entries) = log.stretch(after: number) {
                    number = entries.last?.id.number ?? number
                }
                if number == 3 { break }
            }
            return number
        }
        while log.listenerCount == 0 { await Task.yield() }
        for text in ["a", "b", "c"] { log.append(Event(.sync, message: text)) }
        #expect(await reader.value == 3)
        while log.listenerCount > 0 { await Task.yield() }
    }

    @Test func closingSendsAllAwayForGood() async {
        let log = Self.filled(1)
        let signals = log.signals()
        log.close()
        for await _ in signals {}
        for await _ in log.signals() { Issue.record("nobody is woken any more") }
        log.append(Event(.sync))
        #expect(log.last.number == 2, "what happens is noted all the same")
    }
}
