import Git
import Logging
import Remotes

/// An act that waits to be pushed.
struct WaitingForRemote {
    let request: Request
    let answer: CheckedContinuation<Outcome, Never>
}

extension AppStore {
    /// How the remote stands; nil where there is none.
    public nonisolated var remoteState: RemoteState? { remote?.state }

    /// Fetches the branch from the remote now, and follows it; looks at the branch here where there is no remote.
    ///
    /// Whoever asks while a fetch waits for its turn shares that one; one that has begun already is not taken for an
    /// answer, as the remote may have moved since.
    /// - Throws: ``RemoteError`` where the remote cannot be asked; ``GitError`` where the repository here cannot be
    ///   read.
    public func fetchNow() async throws {
        guard remote != nil else { return try await look() }
        if let error = await fetchSoon().value { throw error }
    }

    /// Lets what a rewritten branch holds back go ahead (see ``Snapshot/rewrite``).
    ///
    /// - Returns: false where there is nothing of the kind.
    public func confirmRewrite() throws -> Bool {
        guard let remote else { return false }
        let isConfirmed = try graphs.confirmRewrite(remote.references)
        remote.note(head: graphs.snapshot.head, rewrite: graphs.rewrite)
        publish()
        return isConfirmed
    }

    /// Begins a fetch, or joins one that has not begun.
    @discardableResult
    func fetchSoon() -> Task<RemoteError?, Never> {
        if let queuedFetch { return queuedFetch }
        let task = Task { await self.fetchInTurn() }
        queuedFetch = task
        return task
    }

    /// Fetches on start, then every so often; sooner while it fails.
    nonisolated func followRemote() async {
        guard let settings = remote?.settings else { return }
        var failures = 0
        while !Task.isCancelled {
            let fetch = await fetchSoon()
            let error = await withTaskCancellationHandler {
                await fetch.value
            } onCancel: {
                fetch.cancel()
            }
            failures = error == nil ? 0 : failures + 1
            let soon = Duration.seconds(1) * Double(1 << min(failures, 10)) / 2
            let wait = failures == 0 ? settings.interval : min(soon, settings.interval)
            try? await Task.sleep(for: wait * Double.random(in: 0.8...1.2))
        }
    }

    private func fetchInTurn() async -> RemoteError? {
        guard let remote else { return nil }
        await takeTurn()
        defer { turns.pass() }
        queuedFetch = nil
        let before = remote.state.failure
        do throws(RemoteError) {
            try await fetchAndFollow(remote, patience: remote.settings.fetchPatience)
            if let before {
                logger.notice(
                    "the remote is back", metadata: ["remote": "\(remote.state.address)", "was": "\(before)"])
            }
            return nil
        } catch {
            if !Task.isCancelled { note(error, remote, before: before) }
            return error
        }
    }

    /// Says it once, and not at each try.
    private func note(_ error: RemoteError, _ remote: RemoteLine, before: RemoteError?) {
        remote.note(error)
        if before?.kind != error.kind {
            logger.warning(
                "the remote cannot be followed; reads and sync go on with what is here",
                metadata: ["state": "\(error.kind.rawValue)", "error": "\(error)"])
        }
    }

    func takeTurn() async {
        if turns.take() { return }
        await withCheckedContinuation { turns.wait($0) }
    }

    /// Fetches and brings the branch here up to the remote's; pushes what has to be there first.
    ///
    /// Only for whoever has the turn.
    func fetchAndFollow(_ remote: RemoteLine, patience: Patience) async throws(RemoteError) {
        var isConfirmed = false
        var mayPush = !remote.settings.isReadOnly
        for _ in 0..<20 {
            try await options.metrics.fetching { () async throws(RemoteError) in
                try await remote.settings.transport.fetch(
                    remote.references.branch, into: remote.references.fetched, of: remote.repository,
                    patience: patience)
            }
            // Once more on the same commit only where pushing was refused.
            var isSameFetch = true
            while isSameFetch {
                isSameFetch = false
                switch try followed(remote, isConfirmed: isConfirmed, mayPush: mayPush) {
                case .done:
                    remote.note(seen: graphs.snapshot.head, rewrite: graphs.rewrite)
                    return
                case .confirm: isConfirmed = true
                case .push(let commit, let expected, let purpose):
                    do throws(RemoteError) {
                        try await push(commit, expecting: expected, remote, patience: patience)
                        logger.notice(
                            purpose == .righting
                                ? "righted the branch on the remote, where a merge had buried its own line"
                                : "pushed commits on that had not come by way of the remote",
                            metadata: ["commit": "\(commit)"])
                        try stored { () throws(GitError) in try graphs.settle(pushed: commit, remote.references) }
                        publish()
                        remote.note(seen: graphs.snapshot.head, rewrite: graphs.rewrite)
                        return
                    } catch {
                        switch error.kind {
                        case .moved: contention.lost()
                        case .declined, .readOnly, .refused:
                            logger.warning("the remote takes no commits", metadata: ["error": "\(error)"])
                            remote.note(push: error)
                            mayPush = false
                            isSameFetch = true
                        case .unknownOutcome:
                            // Whether it has arrived is seen in the next round.
                            if remote.isAway { throw error }
                            remote.note(error)
                        default: throw error
                        }
                    }
                }
            }
        }
        throw RemoteError(.moved, "\(remote.state.address): the branch moves faster than it can be followed")
    }

    private func followed(
        _ remote: RemoteLine, isConfirmed: Bool, mayPush: Bool
    ) throws(RemoteError) -> Following {
        defer { publish() }
        return try stored { () throws(GitError) in
            guard let fetched = try graphs.repository.reference(remote.references.fetched) else { return .done }
            return try graphs.followPatiently(
                fetched, remote.references, isConfirmed: isConfirmed, mayPush: mayPush)
        }
    }

    func push(
        _ commit: ObjectID, expecting expected: ObjectID?, _ remote: RemoteLine, patience: Patience
    ) async throws(RemoteError) {
        try await options.metrics.pushing { () async throws(RemoteError) in
            try await remote.settings.transport.push(
                commit, of: remote.repository, to: remote.references.branch, expecting: expected, patience: patience)
        }
        remote.notePush()
    }

    /// Trouble of the repository here, as whoever talks to the remote sees it.
    func stored<Value>(_ body: () throws(GitError) -> Value) throws(RemoteError) -> Value {
        do throws(GitError) { return try body() } catch { throw RemoteError(.failed, error.description) }
    }
}

extension GraphRepository {
    /// The same as ``follow(_:_:isConfirmed:mayPush:)``, again where another process is in the way for a moment.
    func followPatiently(
        _ fetched: ObjectID, _ references: RemoteReferences, isConfirmed: Bool, mayPush: Bool
    ) throws(GitError) -> Following {
        let start = ContinuousClock.now
        for attempts in 1... {
            do throws(GitError) {
                return try follow(fetched, references, isConfirmed: isConfirmed, mayPush: mayPush)
            } catch {
                guard error.isPassing, ContinuousClock.now - start < options.staleLockAge + .seconds(10) else {
                    throw error
                }
                standAside(error, attempts: attempts)
            }
        }
        return .done
    }
}
