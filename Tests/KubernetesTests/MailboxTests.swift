import TestSupport
import Testing

@testable import Kubernetes

@Suite struct MailboxTests {
    private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "demo", name: name) }

    private func drain(_ mailbox: Mailbox<Int>, _ count: Int) async -> [String] {
        var events: [String] = []
        for _ in 0..<count {
            switch await mailbox.next() {
            case .synced: events.append("synced")
            case .relisted: events.append("relisted")
            case .changed(let key, let value): events.append("+\(key.name)\(value)")
            case .deleted(let key, let last): events.append("-\(key.name)\(last)")
            case nil: events.append("end")
            }
        }
        return events
    }

    @Test func changesOfOneKeyBecomeOne() async {
        let mailbox = Mailbox<Int>(isSynced: true, limit: 10)
        for value in 0..<5 { mailbox.post([.changed(key("a"), value), .changed(key("b"), value)]) }
        mailbox.post([.deleted(key("b"), last: 9)])
        #expect(await drain(mailbox, 3) == ["synced", "+a4", "-b9"])
        mailbox.post([.changed(key("b"), 7)])
        #expect(await drain(mailbox, 1) == ["+b7"])
        mailbox.finish()
        #expect(await drain(mailbox, 1) == ["end"])
    }

    @Test func pastTheLimitItAsksToLookAtEverything() async {
        let mailbox = Mailbox<Int>(isSynced: false, limit: 3)
        for value in 0..<1_000 { mailbox.post([.changed(key("k\(value)"), value)]) }
        #expect(await drain(mailbox, 1) == ["relisted"])
        mailbox.post([.changed(key("z"), 1)])
        #expect(await drain(mailbox, 1) == ["+z1"])
    }

    @Test func aWaitingListenerIsWoken() async throws {
        let mailbox = Mailbox<Int>(isSynced: false, limit: 3)
        async let events = drain(mailbox, 2)
        mailbox.synced()
        mailbox.post([.changed(key("a"), 1)])
        #expect(await events == ["synced", "+a1"])
    }

    @Test func cancellingEndsTheWait() async {
        let mailbox = Mailbox<Int>(isSynced: false, limit: 3)
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { if case nil = await mailbox.next() { true } else { false } }
            group.cancelAll()
            #expect(await group.next() == true)
        }
    }

    @Test func manyWritersAndOneReaderMissNoKey() async {
        let mailbox = Mailbox<Int>(isSynced: false, limit: 100_000)
        await withTaskGroup(of: Set<String>?.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for value in 0..<2_000 {
                        mailbox.post([.changed(ObjectKey(namespace: "n", name: "\(writer)-\(value)"), value)])
                    }
                    return nil
                }
            }
            group.addTask {
                var seen: Set<String> = []
                while seen.count < 8_000, case .changed(let key, _) = await mailbox.next() { seen.insert(key.name) }
                return seen
            }
            for await result in group where result != nil { #expect(result?.count == 8_000) }
        }
    }
}
