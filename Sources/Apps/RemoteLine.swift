import Git
import Remotes
import Synchronization

/// What a store needs to follow a remote: whom to ask, where it is noted, and how it stands.
final class RemoteLine: Sendable {
    let settings: FollowedRemote
    let references: RemoteReferences
    let repository: String
    private let current: Mutex<RemoteState>

    init(_ settings: FollowedRemote, options: AppStoreOptions) throws(GitError) {
        self.settings = settings
        references = try RemoteReferences(branch: options.branch)
        repository = options.repositoryPath
        current = Mutex(
            RemoteState(address: settings.transport.address, branch: options.branch, isReadOnly: settings.isReadOnly))
    }

    var state: RemoteState { current.withLock { $0 } }

    /// Notes that the remote has answered.
    func note(seen head: ObjectID?, rewrite: BranchRewrite?) {
        current.withLock { state in
            state.head = head
            state.seenAt = .now()
            state.failure = nil
            state.rewrite = rewrite
        }
    }

    /// Notes what is known of it without having asked.
    func note(head: ObjectID?, rewrite: BranchRewrite?) {
        current.withLock { state in
            state.head = head
            state.rewrite = rewrite
        }
    }

    /// Notes that a push was taken.
    func notePush() { current.withLock { $0.writeFailure = nil } }

    /// Notes why it could not be asked.
    func note(_ error: RemoteError) { current.withLock { $0.failure = error } }

    /// Notes why a push was not taken. What a hook says to one push, or that somebody was faster, tells nothing of the
    /// remote.
    func note(push error: RemoteError) {
        switch error.kind {
        case .declined, .moved: break
        case .full, .readOnly: current.withLock { $0.writeFailure = error }
        default: note(error)
        }
    }

    /// Whether it was away when it was last asked.
    var isAway: Bool {
        switch state.failure?.kind {
        case .unreachable, .timedOut, .unknownOutcome: true
        default: false
        }
    }
}

/// Who may talk to the remote: one after the other, in the order in which they came.
///
/// A fetch beside a push could bring back a head of before the push, which would look as if the branch had gone back.
struct Turns {
    private var isTaken = false
    private var queue: [CheckedContinuation<Void, Never>] = []

    var isFree: Bool { !isTaken }

    /// - Returns: whether it is the caller's turn at once; if not, it has to wait with ``wait(_:)``.
    mutating func take() -> Bool {
        if isTaken { return false }
        isTaken = true
        return true
    }

    mutating func wait(_ continuation: CheckedContinuation<Void, Never>) { queue.append(continuation) }

    mutating func pass() {
        if queue.isEmpty { isTaken = false } else { queue.removeFirst().resume() }
    }
}

/// Two services that push all the time: whoever loses has to fetch before it can push again, and would lose again, as
/// the other one has nothing to wait for. So whoever has lost lately leaves room after each push that it has won.
struct Contention {
    private var lastLoss: ContinuousClock.Instant?

    /// Notes that somebody else was faster.
    mutating func lost(at now: ContinuousClock.Instant = .now) { lastLoss = now }

    /// Notes how long a push that was taken took.
    ///
    /// - Parameter random: from 0 to 1, so that two do not keep step.
    /// - Returns: how long to wait before the next one.
    mutating func won(
        after round: Duration, at now: ContinuousClock.Instant = .now, random: Double = .random(in: 0..<1)
    ) -> Duration {
        guard let lastLoss, now - lastLoss < .seconds(10) else { return .zero }
        return min(round * (0.5 + random), .milliseconds(500))
    }
}
