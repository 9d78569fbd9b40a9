/// When something that is done now and then is due: a state machine without a clock of its own.
///
/// Whoever asks for it gets it at once. A failure brings it back after a wait that grows with each further one, also where
/// it goes well for a moment in between.
struct DashboardRounds: Sendable {
    private let firstRetry: Duration
    private let longestRetry: Duration
    private let interval: Duration
    private var isRunning = false
    private var isAsked = true
    private var next: Duration = .zero
    /// Not even who asks gets it before: a server wants to be left alone for so long.
    private var blockedUntil: Duration = .zero
    private var failures = 0
    private var wellSince: Duration?

    /// - Parameter interval: the wait after a round that went well.
    init(firstRetry: Duration, longestRetry: Duration, interval: Duration) {
        self.firstRetry = firstRetry
        self.longestRetry = longestRetry
        self.interval = interval
    }

    /// When the next round is due; nil while one runs.
    var due: Duration? { isRunning ? nil : max(isAsked ? .zero : next, blockedUntil) }

    /// Asks for a round now; one that runs is not enough.
    mutating func ask() { isAsked = true }

    func isDue(at now: Duration) -> Bool { due.map { $0 <= now } ?? false }

    /// Begins a round, where none runs.
    mutating func begin() { (isRunning, isAsked) = (true, false) }

    /// The round has ended, and before that one of the two below was called.
    mutating func end() { isRunning = false }

    mutating func wentWell(now: Duration) {
        next = now + interval
        wellSince = wellSince ?? now
    }

    /// Also where it turns out only after the round that it was in vain.
    ///
    /// - Parameters:
    ///   - jitter: from 0 to 1.
    ///   - notBefore: a wait that the server asks for.
    mutating func failed(now: Duration, jitter: Double, notBefore: Duration? = nil) {
        // What goes well for a moment only, again and again, is no reason to begin with short waits each time.
        if let wellSince, now - wellSince >= longestRetry { failures = 0 }
        wellSince = nil
        failures += 1
        let factor = Double(1 << min(failures - 1, 16)) * (0.75 + jitter / 2)
        next = now + min(firstRetry * factor, longestRetry)
        if let notBefore { blockedUntil = max(blockedUntil, now + notBefore) }
    }
}
