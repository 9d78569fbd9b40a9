/// What one candidate knows of a Lease and does next. A value: no network and no clock of its own.
///
/// As client-go does it, the times that others wrote are never compared with this machine's clock: a Lease counts as left
/// behind once it has been seen unchanged for its duration here. All times are since any one moment.
struct LeaseState: Sendable {
    /// What to ask the API server for.
    enum Move: Sendable, Hashable {
        /// Look at it.
        case read
        /// Make it, held by this candidate.
        case create
        /// Say that it is still held.
        case renew(LeaseRecord)
        /// Take it from a holder that is gone or has given it back.
        case take(LeaseRecord)
        /// Nothing before the next look.
        case wait
    }

    let identity: String
    let timing: LeaseTiming
    /// The Lease as it was last read or written; nil where there is none.
    private(set) var record: LeaseRecord?
    /// When ``record`` was first seen as it is.
    private var unchangedSince: Duration = .zero
    /// Whether ``record`` may be acted on; else it has to be read first.
    private var isFresh = false
    /// Until when this candidate may act as the holder; nil where it does not hold the Lease.
    private(set) var heldUntil: Duration?

    init(identity: String, timing: LeaseTiming) {
        self.identity = identity
        self.timing = timing
    }

    /// Whether this candidate may act.
    func holds(at now: Duration) -> Bool { heldUntil.map { now < $0 } ?? false }

    /// Who holds it, as far as is known; nil for nobody.
    var holder: String? { record.flatMap { $0.holder.isEmpty ? nil : $0.holder } }

    /// What to do now. A ``Move/read`` is answered with ``saw(_:at:)``, after which this is asked again.
    func move(at now: Duration) -> Move {
        guard isFresh else { return .read }
        guard let record else { return .create }
        if record.holder == identity { return .renew(record) }
        if record.holder.isEmpty || now - unchangedSince >= record.duration { return .take(record) }
        return .wait
    }

    /// The Lease was read.
    mutating func saw(_ new: LeaseRecord?, at now: Duration) {
        if new != record { unchangedSince = now }
        record = new
        isFresh = true
        if new?.holder != identity { heldUntil = nil }
    }

    /// The Lease was written by this candidate.
    ///
    /// - Parameter sent: when the request was sent, not when it was answered: the API server may have had it since.
    mutating func wrote(_ new: LeaseRecord, sent: Duration) {
        record = new
        unchangedSince = sent
        isFresh = true
        heldUntil = sent + timing.renewWithin
    }

    /// A write was refused because somebody else was faster, or nobody knows what became of it.
    mutating func failed() { isFresh = false }

    /// The wait for the next look is over: others' Leases have to be read again, an own one can be renewed as it is.
    mutating func waited() {
        if record?.holder != identity { isFresh = false }
    }

    /// The wait until the next look.
    ///
    /// - Parameter jitter: from 0 to 1; candidates that look at the same time would only get in each other's way.
    func pause(at now: Duration, jitter: Double) -> Duration {
        let interval = timing.interval * (1 - jitter * 0.2)
        if let heldUntil, now < heldUntil {
            // After a failure there is time for another try, if it is made soon.
            return min(isFresh ? interval : timing.pauseAfterFailure, heldUntil - now)
        }
        // Another's Lease is looked at just when it runs out.
        guard let record, record.holder != identity, !record.holder.isEmpty else { return interval }
        let left = unchangedSince + record.duration - now
        return left > .zero ? min(interval, left) : interval
    }
}
