import Testing

@testable import Kubernetes

/// Events come without floods: the same one is counted, many alike become one, and one object gets only so many.
@Suite struct EventCorrelatorTests {
    private static func note(_ message: String, _ reason: String = "Refused", of name: String = "demo") -> EventNote {
        EventNote(
            about: EventNote.Object(type: .pods, namespace: "default", name: name, uid: "u"), isWarning: true,
            reason: reason, message: message)
    }

    /// What becomes of notes, in short; each Event that is made gets the next number as its name.
    private struct Run {
        var correlator: EventCorrelator
        var made = 0

        init(_ limits: EventLimits = EventLimits()) { correlator = EventCorrelator(limits: limits) }

        mutating func take(_ note: EventNote, at seconds: Double) -> String {
            switch correlator.decide(note, at: .seconds(seconds)) {
            case .drop: return "-"
            case .count(_, let name, let count, _): return "\(name) x\(count)"
            case .create(let key, _):
                made += 1
                correlator.made(key, as: String(made), at: .seconds(seconds))
                return String(made)
            }
        }
    }

    @Test func theSameIsCounted() {
        var run = Run()
        #expect((0..<3).map { run.take(Self.note("no"), at: Double($0)) } == ["1", "1 x2", "1 x3"])
        #expect(run.take(Self.note("other"), at: 4) == "2")
        #expect(run.take(Self.note("no", "Failed"), at: 5) == "3")
        #expect(run.take(Self.note("no", of: "other"), at: 6) == "4")
        #expect(run.take(Self.note("no"), at: 7) == "1 x4")
        #expect(run.take(Self.note("no"), at: 700) == "5", "after ten minutes it is news again")
    }

    @Test func oneObjectGetsOnlySoMany() {
        var run = Run()
        let first = (0..<40).map { run.take(Self.note("no"), at: Double($0) / 100) }
        #expect(first.filter { $0 != "-" }.count == 25)
        #expect(first.suffix(15).allSatisfy { $0 == "-" })
        #expect(run.take(Self.note("no", of: "other"), at: 1) != "-", "others are not held up")
        #expect(run.take(Self.note("no"), at: 299) == "-")
        #expect(run.take(Self.note("no"), at: 301) != "-", "one more every five minutes")
        #expect(run.take(Self.note("no"), at: 302) == "-")
    }

    @Test func manyAlikeBecomeOne() {
        var limits = EventLimits()
        limits.burst = 1_000
        var run = Run(limits)
        let made = (0..<30).map { run.take(Self.note("message \($0)"), at: Double($0)) }
        #expect(Array(made.prefix(11)) == (1...11).map { "\($0)" }, "ten, then one for all that follow")
        #expect(made.last == "11 x20")
        guard case .count(_, _, _, let message) = run.correlator.decide(Self.note("the last"), at: .seconds(31)) else {
            Issue.record("not counted")
            return
        }
        #expect(message == "(several like this) the last")
    }

    @Test func memoryIsBounded() {
        var limits = EventLimits()
        limits.memory = 100
        var run = Run(limits)
        for number in 0..<10_000 { _ = run.take(Self.note("no", of: "app-\(number)"), at: Double(number)) }
        #expect(
            Mirror(reflecting: run.correlator).children.allSatisfy { child in
                (child.value as? any Collection).map { $0.count <= 101 } ?? true
            })
    }

    @Test func longMessagesAreCutBetweenCharacters() {
        let note = Self.note(String(repeating: "ü", count: 2_000))
        #expect(note.message.utf8.count <= 1_024 && note.message.utf8.count > 1_000)
        #expect(note.message.hasSuffix("ü…"))
        #expect(Self.note("short").message == "short")
    }

    @Test func aPaceWaitsInsteadOfRefusing() {
        var pace = Pace(perSecond: 10, burst: 2)
        #expect(pace.take(at: .zero) == nil)
        #expect(pace.take(at: .zero) == nil)
        #expect(pace.take(at: .zero) == .seconds(0.1))
        #expect(pace.take(at: .zero) == .seconds(0.2))
        #expect(pace.take(at: .seconds(10)) == nil)
    }
}
