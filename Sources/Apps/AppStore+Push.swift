import Git
import Logging
import Remotes

extension AppStore {
    /// Has an act pushed with all that wait. It is done to its end, also where the calling task is cancelled.
    func perform(_ request: Request, through remote: RemoteLine) async -> Outcome {
        if remote.settings.isReadOnly { return .failure(.remote(Self.isReadOnly(remote))) }
        if let failure = remote.state.failure, remote.isAway, !turns.isFree, pushing == nil {
            // Somebody is trying it already, and may take until the timeout to find that it is still away.
            return .failure(.remote(RemoteError(.unreachable, failure.message)))
        }
        return await withCheckedContinuation { answer in
            waitingForRemote.append(WaitingForRemote(request: request, answer: answer))
            if pushing == nil { pushing = Task { await self.pushWaiting(remote) } }
        }
    }

    func replay(_ requests: [Request], through remote: RemoteLine) async -> [Outcome] {
        if remote.settings.isReadOnly { return requests.map { _ in .failure(.remote(Self.isReadOnly(remote))) } }
        await takeTurn()
        defer { turns.pass() }
        return await pushed(requests, remote)
    }

    static func isReadOnly(_ remote: RemoteLine) -> RemoteError {
        RemoteError(
            .followsOnly,
            "this service only follows \(remote.state.address) (--remote-read-only); make the change there")
    }

    /// Pushes acts until none waits; while one push is on its way the next acts gather.
    private func pushWaiting(_ remote: RemoteLine) async {
        while !waitingForRemote.isEmpty {
            await takeTurn()
            await Task.yield()
            let together = waitingForRemote
            waitingForRemote = []
            let start = ContinuousClock.now
            let outcomes = await pushed(together.map(\.request), remote)
            turns.pass()
            for (waiting, outcome) in zip(together, outcomes) { waiting.answer.resume(returning: outcome) }
            let pause = contention.won(after: ContinuousClock.now - start)
            if pause > .zero { try? await Task.sleep(for: pause) }
        }
        pushing = nil
    }

    /// Commits acts on the newest head that is known, and pushes them; again on a newer one where somebody was faster.
    ///
    /// The thread of git is free while the network is at work. Only for whoever has the turn.
    /// - Returns: what came of each, in order. What succeeded is on the remote and durable here.
    private func pushed(_ requests: [Request], _ remote: RemoteLine) async -> [Outcome] {
        let settings = remote.settings
        let time = remote.isAway ? min(settings.patienceWhileAway, settings.timeout) : settings.timeout * 2
        let deadline = ContinuousClock.now + time
        // Pushes whose outcome is not known: any of them may still arrive.
        var open: [PreparedActs] = []
        while true {
            let prepared: PreparedActs
            if let last = open.last, isStillPossible(last, remote) {
                prepared = last
            } else {
                defer { publish() }
                do throws(RefusedActs) {
                    prepared = try graphs.prepare(requests, remote.references)
                } catch {
                    return error.outcomes
                }
            }
            guard let commit = prepared.commit else { return graphs.outcomes(of: prepared) }
            do throws(RemoteError) {
                let patience = Self.patience(until: deadline, silence: settings.timeout)
                try await push(commit, expecting: prepared.expected, remote, patience: patience)
                return settled(prepared, remote)
            } catch {
                let problem: RemoteError
                switch error.kind {
                case .moved: contention.lost()
                case .unknownOutcome:
                    if open.last?.commit != commit { open.append(prepared) }
                case .declined where requests.count > 1:
                    return await oneByOne(requests, remote)
                default:
                    remote.note(push: error)
                    return graphs.outcomes(requests, of: prepared, failed: error)
                }
                problem = error
                do throws(RemoteError) {
                    let patience = Self.patience(until: deadline, silence: settings.timeout)
                    try await fetchAndFollow(remote, patience: patience)
                } catch {
                    remote.note(error)
                    let last = problem.kind == .moved ? error : problem
                    return graphs.outcomes(requests, of: prepared, failed: last)
                }
                if let arrived = open.first(where: { graphs.has($0.commit) }) { return graphs.outcomes(of: arrived) }
                guard ContinuousClock.now < deadline else {
                    let late =
                        problem.kind == .moved
                        ? RemoteError(
                            .unreachable, "others have been faster for \(time / .seconds(1)) s; try again") : problem
                    return graphs.outcomes(requests, of: prepared, failed: late)
                }
            }
        }
    }

    /// Whether a push of before is the only one that may still come about: the remote's branch is where it expects it.
    private func isStillPossible(_ prepared: PreparedActs, _ remote: RemoteLine) -> Bool {
        let known = try? graphs.repository.reference(remote.references.tracking)
        return known == prepared.expected && graphs.snapshot.head == prepared.base
    }

    private func settled(_ prepared: PreparedActs, _ remote: RemoteLine) -> [Outcome] {
        defer { publish() }
        do throws(GitError) {
            try graphs.settlePatiently(prepared, remote.references)
        } catch {
            // The remote has it, so it is done; what is here follows with the next fetch.
            logger.error("cannot bring the branch here to what was pushed", metadata: ["error": "\(error)"])
        }
        remote.note(seen: prepared.commit, rewrite: graphs.rewrite)
        return graphs.outcomes(of: prepared)
    }

    /// The remote has declined the acts together: each on its own, so that one does not fail the others.
    private func oneByOne(_ requests: [Request], _ remote: RemoteLine) async -> [Outcome] {
        var outcomes: [Outcome] = []
        for request in requests { outcomes += await pushed([request], remote) }
        return outcomes
    }

    static func patience(until deadline: ContinuousClock.Instant, silence: Duration) -> Patience {
        let left = max(deadline - .now, .seconds(1))
        return Patience(silence: min(silence, left), total: left)
    }
}

extension GraphRepository {
    /// Whether the branch has a commit.
    func has(_ commit: ObjectID?) -> Bool {
        guard let commit, let head = snapshot.head else { return false }
        return (try? repository.isAncestor(commit, of: head)) == true
    }

    /// The same as ``settle(_:_:)``, again where another process is in the way for a moment.
    func settlePatiently(_ prepared: PreparedActs, _ references: RemoteReferences) throws(GitError) {
        let start = ContinuousClock.now
        for attempts in 1... {
            do throws(GitError) {
                return try settle(prepared, references)
            } catch {
                guard error.isPassing, ContinuousClock.now - start < options.staleLockAge + .seconds(10) else {
                    throw error
                }
                standAside(error, attempts: attempts)
            }
        }
    }
}
