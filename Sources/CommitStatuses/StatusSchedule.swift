import Forges
import Git

/// When a forge is told of which status: a pure state machine on a clock that is handed in.
///
/// Only the newest head counts. What passes within ``grace`` is not told; the same commit gets a new status at most
/// every ``spacing``; failures are waited out.
struct StatusSchedule: Sendable {
    /// What to do now.
    enum Step: Sendable, Hashable {
        case send(HeadStatus)
        /// Nothing before this time.
        case wait(until: Duration)
        /// Nothing until something changes.
        case rest
    }

    /// How long a commit may be on its way before the forge is told that it is.
    static let grace: Duration = .seconds(2)
    /// The least time between two statuses of the same commit.
    static let spacing: Duration = .seconds(10)
    static let firstRetry: Duration = .seconds(1)
    static let longestRetry: Duration = .seconds(300)
    /// How many commits that were left behind are remembered.
    private static let longestLeft = 20

    private var current: HeadStatus?
    private var since: Duration = .zero
    private var sent: HeadStatus?
    private var sentAt: Duration = .zero
    /// Commits that the forge was told are on their way, and that a newer one has overtaken.
    private var left: [ObjectID] = []
    private var failures = 0
    private var notBefore: Duration = .zero

    /// How HEAD stands now.
    mutating func see(_ status: HeadStatus, now: Duration) {
        guard status != current else { return }
        if status.commit != current?.commit {
            if let sent, sent.state == .pending, sent.commit != status.commit, !left.contains(sent.commit) {
                left.append(sent.commit)
                if left.count > Self.longestLeft { left.removeFirst() }
            }
            left.removeAll { $0 == status.commit }
            // What was refused of another commit says nothing of this one.
            (failures, notBefore) = (0, .zero)
        }
        if status.commit != current?.commit || status.state != current?.state { since = now }
        current = status
    }

    func next(now: Duration) -> Step {
        guard let current else { return .rest }
        guard let status = wanted(current) else { return .rest }
        var due = notBefore
        if status.commit == current.commit {
            if status.state == .pending { due = max(due, since + Self.grace) }
            if status.commit == sent?.commit { due = max(due, sentAt + Self.spacing) }
        }
        return due > now ? .wait(until: due) : .send(status)
    }

    /// The newest head first; once that has settled, those that it has overtaken.
    private func wanted(_ current: HeadStatus) -> HeadStatus? {
        if sent != current { return current }
        guard current.state != .pending, let commit = left.first else { return nil }
        return HeadStatus(
            commit: commit, state: current.state, description: "with \(current.commit.short): \(current.description)")
    }

    /// The forge has taken a status.
    mutating func took(_ status: HeadStatus, now: Duration) {
        (failures, notBefore) = (0, .zero)
        if let index = left.firstIndex(of: status.commit) {
            left.remove(at: index)
        } else {
            sent = status
            sentAt = now
        }
    }

    /// The forge has not taken it.
    ///
    /// - Parameters:
    ///   - mayPass: whether the same may succeed later by itself.
    ///   - retryAfter: how long the forge wants to be left alone.
    ///   - random: a number in `0..<1`.
    mutating func failed(mayPass: Bool, retryAfter: Duration?, now: Duration, random: Double) {
        failures += 1
        var delay = mayPass ? Self.firstRetry : Self.longestRetry
        for _ in 1..<max(failures, 1) where delay < Self.longestRetry { delay *= 2 }
        delay = min(delay, Self.longestRetry) * (1 - 0.2 * random)
        notBefore = now + max(delay, retryAfter ?? .zero)
    }
}
