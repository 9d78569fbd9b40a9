/// The time by which the age of files is told: what a clock says that somebody puts forward makes nothing old.
///
/// Objects that a write has made but that no reference leads to yet are told from rubbish by their age only, and so is a
/// lock that is held from one that a killed process has left. The wall clock is believed as far as time has gone by in this
/// process since it was first read; where it is put back, files are younger, which removes less.
public struct AgeClock: Sendable {
    private let wall: @Sendable () -> Int
    private let elapsed: @Sendable () -> Duration
    private let start: Int

    /// - Parameters:
    ///   - clock: has to go on while the machine sleeps (`ContinuousClock`).
    ///   - wall: the wall clock, in seconds since 1970.
    public init(clock: some Clock<Duration> = ContinuousClock(), wall: @escaping @Sendable () -> Int) {
        self.wall = wall
        start = wall()
        let begin = clock.now
        elapsed = { begin.duration(to: clock.now) }
    }

    /// In seconds since 1970.
    public func now() -> Int { min(wall(), start + Int(elapsed().components.seconds) + 1) }
}
