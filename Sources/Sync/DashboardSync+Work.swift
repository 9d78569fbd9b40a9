import Apps
import HashTreeCollections
import Kubernetes
import Logs

// What is done when: the queue of apps, and what all of them stand on.

extension DashboardSync {
    /// Has apps looked at.
    ///
    /// - Parameter anew: whether there is something about them that has not been tried yet.
    func enqueue(_ ids: some Sequence<AppID>, anew: Bool) {
        for id in ids { queue.add(id, anew: anew) }
        poke()
    }

    func enqueueAll(anew: Bool) { enqueue(Set(store.snapshot.apps.keys).union(memory.keys), anew: anew) }

    /// Something that is begun.
    private enum Job {
        case look
        case sweep
        case question
        case app(AppID)
    }

    /// Works on what is due, at most so many apps at once, while Grafana is there.
    func work() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.followElection() }
            poke()
            var timer: Duration?
            for await _ in wakeups {
                while !Task.isCancelled, let job = begin() { group.addTask { await self.carryOut(job) } }
                let now = start()
                if let due = nextDue, timer.map({ due < $0 || $0 <= now }) ?? true {
                    timer = due
                    let clock = clock
                    group.addTask {
                        try? await clock.sleep(for: max(due - now, .milliseconds(1)))
                        await self.poke()
                    }
                }
            }
        }
    }

    func poke() { wake.yield() }

    /// Whether apps can be worked on now, but for a pause.
    private var canWork: Bool { ground != nil && hasAskedForMetrics && informer.hasSynced }
    private var canSweep: Bool { ground != nil && informer.hasSynced && engine.mayWriteForAll }

    /// The next of what is due now.
    private func begin() -> Job? {
        let now = start()
        if prometheus != nil, questions.isDue(at: now) {
            questions.begin()
            return .question
        }
        guard pausedUntil <= now else { return nil }
        if looks.isDue(at: now) {
            looks.begin()
            return .look
        }
        if canSweep, sweeps.isDue(at: now) {
            sweeps.begin()
            return .sweep
        }
        guard canWork, let id = queue.take(now: now) else { return nil }
        return .app(id)
    }

    /// When there is something to begin, as far as nothing else happens before.
    private var nextDue: Duration? {
        let question = prometheus == nil ? nil : questions.due
        // Apps that are ready have no time of their own.
        if pausedUntil > start() { return [question, pausedUntil].compactMap(\.self).min() }
        return [question, looks.due, canSweep ? sweeps.due : nil, canWork ? queue.nextDue : nil].compactMap(\.self)
            .min()
    }

    private func carryOut(_ job: Job) async {
        switch job {
        case .look: await lookAround()
        case .sweep: await sweepNow()
        case .question: await askForMetrics()
        case .app(let id): await process(id)
        }
        poke()
    }

    private func process(_ id: AppID) async {
        let outcome = await RequestID.$current.withValue(engine.cause(of: id)) { await reconcile(id) }
        queue.finish(
            id, failed: outcome.failed, now: start(), jitter: Double.random(in: 0..<1), notBefore: outcome.notBefore)
    }

    /// Looks at everything when this replica begins to lead, or does no more.
    private func followElection() async {
        guard let election = engine.election else { return }
        var last = election.isLeader
        var isFirst = true
        for await leads in election.changes() {
            // The first says how it is, which the first look knows.
            if !isFirst || leads != last { look() }
            (last, isFirst) = (leads, false)
        }
    }
}
