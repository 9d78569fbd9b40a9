import Testing

@testable import Kubernetes

@Suite struct WatchStateTests {
    typealias State = WatchState<String>

    private func item(_ name: String, _ version: String, uid: String = "u", kept: String? = nil) -> State.Item {
        State.Item(
            key: ObjectKey(namespace: "demo", name: name), resourceVersion: version, uid: uid,
            kept: kept ?? "\(name)@\(version)")
    }

    private func text(_ changes: [State.Change]) -> [String] {
        changes.map { change in
            switch change {
            case .changed(let key, let kept): "+\(key.name) \(kept)"
            case .deleted(let key, let last): "-\(key.name) \(last)"
            }
        }.sorted()
    }

    @Test func listsFirstThenWatchesFromThere() {
        var state = State()
        #expect(state.step == .list)
        #expect(!state.hasSynced)
        let changes = state.listed([item("a", "1"), item("b", "2")], resourceVersion: "9")
        #expect(text(changes) == [])
        #expect(state.hasSynced)
        #expect(state.step == .watch(resourceVersion: "9"))
        #expect(state.objects.count == 2)
    }

    @Test func goesOnFromTheLastVersionSeen() {
        var state = State()
        _ = state.listed([], resourceVersion: "9")
        _ = state.received(.added, item("a", "10"))
        #expect(state.step == .watch(resourceVersion: "10"))
        let bookmark = state.received(
            .bookmark, State.Item(key: ObjectKey(namespace: nil, name: ""), resourceVersion: "20", uid: "", kept: ""))
        #expect(bookmark == nil)
        #expect(state.objects.count == 1)
        state.watchEnded(.ended)
        #expect(state.step == .watch(resourceVersion: "20"))
        state.watchEnded(.gone)
        #expect(state.step == .list)
    }

    /// What a watch that broke off, or brought not even a bookmark, is followed by.
    @Test(
        arguments: [
            ("20", .watch(resourceVersion: "20")), ("21", .watch(resourceVersion: "20")), ("19", .list), ("9", .list),
            ("100", .watch(resourceVersion: "20")), ("opaque", .watch(resourceVersion: "20")),
        ] as [(String, State.Step)])
    func comparesBeforeItGoesOn(_ current: String, _ next: State.Step) {
        for end in [State.End.failed(retryAfter: nil), .ended] {
            var state = State()
            _ = state.listed([], resourceVersion: "20")
            state.watchEnded(end)
            #expect(state.step == .compare(resourceVersion: "20"))
            let failures = state.failures
            state.compareFailed()
            #expect(state.step == .compare(resourceVersion: "20"))
            #expect(state.failures == failures + 1)
            state.compared(current: current)
            #expect(state.step == next)
            #expect(state.delay(RetryPolicy(), end: nil, lasted: nil, random: 0) == .zero)
        }
    }

    @Test func tellsWhatHappenedWhileItWasAway() {
        var state = State()
        _ = state.listed(
            [item("same", "1"), item("other", "2"), item("gone", "3"), item("anew", "4")], resourceVersion: "5")
        state.watchEnded(.gone)
        let changes = state.listed(
            [item("same", "1"), item("other", "7"), item("anew", "4", uid: "v"), item("new", "8")], resourceVersion: "9"
        )
        #expect(text(changes) == ["+anew anew@4", "+new new@8", "+other other@7", "-gone gone@3"])
        #expect(state.objects.count == 4)
    }

    @Test func aReplayedEventIsNoChange() {
        var state = State()
        _ = state.listed([item("a", "1")], resourceVersion: "1")
        #expect(state.received(.added, item("a", "1")) == nil)
        #expect(state.received(.modified, item("a", "2")) != nil)
        #expect(state.received(.deleted, item("a", "3")) != nil)
        #expect(state.received(.deleted, item("a", "3")) == nil)
        #expect(state.objects.isEmpty)
    }

    @Test func whatTheTransformDoesNotWantIsLeftOut() {
        var state = State()
        let unwanted = State.Item(
            key: ObjectKey(namespace: "demo", name: "a"), resourceVersion: "2", uid: "u", kept: nil)
        _ = state.listed([item("a", "1")], resourceVersion: "1")
        let change = state.received(.modified, unwanted)
        #expect(text([change].compactMap { $0 }) == ["-a a@1"])
        #expect(state.received(.modified, unwanted) == nil)
    }

    @Test func waitsGrowWithFailuresAndEndWithSuccess() {
        var state = State()
        let policy = RetryPolicy()
        func delay(_ end: State.End?, lasted: Duration = .seconds(9)) -> Duration {
            state.delay(policy, end: end, lasted: lasted, random: 0)
        }
        #expect(delay(nil) == .zero)
        state.listFailed()
        #expect(delay(.failed(retryAfter: nil)) == .milliseconds(100))
        state.listFailed()
        #expect(delay(.failed(retryAfter: nil)) == .milliseconds(200))
        #expect(delay(.failed(retryAfter: .seconds(7))) == .seconds(7))
        #expect(delay(.failed(retryAfter: .seconds(3_600))) == .seconds(10))
        _ = state.listed([], resourceVersion: "1")
        #expect(delay(nil) == .zero)
        state.watchEnded(.failed(retryAfter: nil))
        state.watchEnded(.failed(retryAfter: nil))
        #expect(delay(.failed(retryAfter: nil)) == .milliseconds(200))
        _ = state.received(.added, item("a", "2"))
        state.watchEnded(.ended)
        #expect(delay(.ended, lasted: .milliseconds(1)) == .zero)
        // A server that ends every watch at once and says nothing is not asked without a pause.
        state.watchEnded(.ended)
        state.watchEnded(.ended)
        #expect(delay(.ended, lasted: .milliseconds(1)) == .milliseconds(200))
        #expect(delay(.ended, lasted: .seconds(290)) == .zero)
    }

    @Test func aVersionGoneRightAfterAListWaits() {
        var state = State()
        for wait in [100, 200, 400] {
            _ = state.listed([], resourceVersion: "1")
            state.watchEnded(.gone)
            #expect(state.delay(RetryPolicy(), end: .gone, lasted: nil, random: 0) == .milliseconds(wait))
        }
    }
}
