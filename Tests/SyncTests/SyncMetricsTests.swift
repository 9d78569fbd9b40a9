import Apps
import Git
import HashTreeCollections
import Instruments
import JSONValues
import Kubernetes
import Sandbox
import TestSupport
import Testing

@testable import Sync

/// Each number of the sync loop moves when its thing happens.
@Suite struct SyncMetricsTests {
    @Test func passesAreCountedByHowTheyEnd() async throws {
        try await Loop.run { loop in
            let passes = loop.metrics.passes
            try await loop.deploy("default_demo")
            try await loop.reaches("default_demo", 1)
            try await eventually("counted") { passes.value(.applied) >= 1 }
            try await eventually("the watch brings it back, and nothing is to be done") { passes.value(.unchanged) > 0 }
            #expect(passes.value(.healed) == 0)

            try await loop.patch("default_demo", ["spec": ["deploy": false]])
            try await eventually("healed") { passes.value(.healed) >= 1 }

            await loop.sandbox.refuse { _ in "not today" }
            try await loop.deploy("default_demo", 2)
            try await eventually("refused") { passes.value(.failed) > 0 }
            try await eventually("to be tried again") { loop.metrics.queue.value(.retrying) == 1 }
            await loop.sandbox.refuse(nil)
            try await loop.reaches("default_demo", 2)
            try await eventually("nothing is left") {
                loop.metrics.queue.value(.retrying) == 0 && loop.metrics.queue.value(.running) == 0
                    && loop.metrics.queue.value(.ready) == 0
            }

            try await loop.delete("default_demo")
            try await loop.isGone("default_demo")
            try await eventually("pruned") { passes.value(.pruned) >= 1 }
            #expect(loop.metrics.passSeconds.count >= 5)
            #expect(loop.metrics.lastSuccess.value > 1_700_000_000)
        }
    }

    @Test func theTimeFromACommitToTheClusterIsMeasuredOnceForEach() async throws {
        try await Loop.run { loop in
            let times = loop.metrics.commitToApplied
            // The loop listens once it has this one, which may have been there before it.
            try await loop.deploy("default_demo")
            try await loop.reaches("default_demo", 1)
            let id = try Loop.id("default_demo")
            try await eventually("its answer is noted") { loop.engine.report.apps[id]?.state == .synced }
            let start = times.count
            try await loop.deploy("default_demo", 2)
            try await loop.reaches("default_demo", 2)
            try await eventually("measured") { times.count == start + 1 }
            #expect(times.sum > 0 && times.sum < 60)

            // Neither drift nor a draft is a commit that has to be applied.
            try await loop.patch("default_demo", ["spec": ["deploy": false]])
            try await eventually("healed") { loop.metrics.passes.value(.healed) >= 1 }
            _ = try await loop.store.perform(.save(id, Loop.manifest(id, 3)), by: Loop.ada)
            try await eventually("seen") { loop.engine.report.head == loop.store.snapshot.head }
            try await loop.deploy("default_other")
            try await eventually("measured") { times.count == start + 2 }

            // A deletion is one.
            try await loop.delete("default_other")
            try await loop.isGone("default_other")
            try await eventually("measured") { times.count == start + 3 }
        }
    }

    /// What is there when the process begins has no arrival.
    @Test func whatWaitedForTheStartIsNotMeasured() async throws {
        try await Loop.run { store, _ in
            try await Loop.deploy(store, "default_demo")
        } _: { loop in
            try await loop.reaches("default_demo", 1)
            try await eventually("counted") { loop.metrics.passes.value(.applied) >= 1 }
            #expect(loop.metrics.commitToApplied.count == 0)
        }
    }

    @Test func anAwayClusterHoldsUpTheTimeOfTheLastSuccess() async throws {
        try await Loop.run { loop in
            try await loop.deploy("default_demo")
            try await loop.reaches("default_demo", 1)
            let measured = loop.metrics.commitToApplied.count
            try await eventually("in time") { loop.metrics.lastSuccess.value > 0 }
            loop.sandbox.setFaults([SandboxFault(.failure(code: 503, message: "restarting"))])
            await loop.sandbox.cutWatches()
            try await eventually("noticed") { loop.engine.report.unreachable != nil }
            try await loop.deploy("default_demo", 2)
            try await eventually("failed") { loop.metrics.passes.value(.failed) > 0 }
            let last = loop.metrics.lastSuccess.value
            let tries = loop.metrics.passes.value(.failed)
            try await eventually("tried again") { loop.metrics.passes.value(.failed) > tries + 1 }
            #expect(loop.metrics.lastSuccess.value == last)
            #expect(loop.metrics.commitToApplied.count == measured)
            loop.sandbox.setFaults([])
            try await loop.reaches("default_demo", 2)
            try await eventually("goes on") { loop.metrics.lastSuccess.value > last }
            try await eventually("measured with the wait in it") { loop.metrics.commitToApplied.count == measured + 1 }
        }
    }
}

@Suite struct ArrivalTests {
    private let id = AppID("default_one") ?? AppID.placeholder
    private let (first, second): (ObjectID, ObjectID)

    init() throws {
        first = try #require(ObjectID(String(repeating: "1", count: 40)))
        second = try #require(ObjectID(String(repeating: "2", count: 40)))
    }

    @Test func theOldestCommitThatIsNotAppliedCounts() {
        let start = ContinuousClock.now
        var arrivals = Arrivals()
        arrivals.note(id, live: first, applied: nil, wasRefused: false, since: start)
        arrivals.note(id, live: second, applied: nil, wasRefused: false, since: start + .seconds(5))
        #expect(arrivals.settle(id) == start)
        #expect(arrivals.settle(id) == nil, "once")
    }

    @Test func aCommitThatWasRefusedDoesNotCountAgainstTheOneThatMendsIt() {
        let start = ContinuousClock.now
        var arrivals = Arrivals()
        arrivals.note(id, live: first, applied: nil, wasRefused: false, since: start)
        arrivals.note(id, live: second, applied: nil, wasRefused: true, since: start + .seconds(5))
        #expect(arrivals.settle(id) == start + .seconds(5))
    }

    /// A look takes the newest commit there is, and may be done before the loop is told of it.
    @Test func whatIsAppliedBeforeItsArrivalIsToldCounts() {
        let start = ContinuousClock.now - .seconds(60)
        var arrivals = Arrivals()
        arrivals.noteEarly(id, first)
        let took = arrivals.note(id, live: first, applied: first, wasRefused: false, since: start)
        #expect((took ?? .zero) >= .seconds(60))
        #expect(arrivals.note(id, live: first, applied: first, wasRefused: false, since: start) == nil, "once")
        arrivals.noteEarly(id, first)
        #expect(arrivals.note(id, live: second, applied: first, wasRefused: false, since: start) == nil, "another")
        #expect(arrivals.settle(id) == start)
        arrivals.noteEarly(id, first)
        let later = ContinuousClock.now + .seconds(60)
        #expect(arrivals.note(id, live: first, applied: first, wasRefused: false, since: later) == nil, "came after it")
    }

    @Test func whatTheClusterHasAlreadyIsNotWaitedFor() {
        let start = ContinuousClock.now
        var arrivals = Arrivals()
        arrivals.note(id, live: first, applied: first, wasRefused: false, since: start)
        #expect(arrivals.settle(id) == nil)
        arrivals.note(id, live: second, applied: first, wasRefused: false, since: start)
        arrivals.note(id, live: first, applied: first, wasRefused: false, since: start)
        #expect(arrivals.settle(id) == nil, "taken back before it was applied")
        arrivals.note(id, live: nil, applied: first, wasRefused: false, since: start)
        #expect(arrivals.settle(id) == start, "a deletion")
    }
}
