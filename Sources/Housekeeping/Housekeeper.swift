public import Git
public import Logging
public import ServiceLifecycle
import Synchronization

/// Puts a graph repository in order while it is used: loose objects into packs, small packs into larger ones, references
/// into one file; and clears away what killed processes have left.
///
/// Blocks only its own thread, and git(1) does the work behind everything else. Several of them on one repository take
/// turns.
public actor Housekeeper: Service {
    private let executor = GitExecutor()
    private let repository: String
    private let options: HousekeepingOptions
    private let now: @Sendable () -> Int
    private let age: @Sendable () -> Int
    private let sleep: @Sendable (Duration) async throws -> Void
    private let elapsed: @Sendable () -> Duration
    private let afterwards: @Sendable () async -> Void
    private let logger: Logger
    private nonisolated let shared = Mutex(HousekeepingReport())

    private var packedTips: Set<String> = []
    /// Loose objects that a pass could not pack, as nothing leads to them.
    private var leftOver = 0
    private var lastPass: Duration?
    private var failures = 0
    /// The packs at the last look.
    private var seenPacks: Set<String> = []

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - repository: the path of a bare repository.
    ///   - clock: measures the time between passes.
    ///   - now: the wall clock, in seconds since 1970.
    ///   - age: what the age of files is told by; nil for `now`.
    ///   - afterwards: called after each pass: packs that are gone take their room until whoever has them open lets go.
    public init(
        repository: String, options: HousekeepingOptions = .init(), clock: some Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Int, age: AgeClock? = nil,
        afterwards: @escaping @Sendable () async -> Void = {}, logger: Logger
    ) {
        self.repository = repository
        self.options = options
        self.now = now
        if let age { self.age = { age.now() } } else { self.age = now }
        self.afterwards = afterwards
        self.logger = logger
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(for: $0) }
    }

    /// How it stands.
    public nonisolated var report: HousekeepingReport { shared.withLock { $0 } }

    /// Looks now and then, until it is shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.keepOn() }
    }

    private func keepOn() async {
        leaveItToUs()
        while !Task.isCancelled {
            let pause = failures == 0 ? options.interval : Occasion.pause(afterFailures: failures, options)
            do { try await sleep(pause) } catch { return }
            await look()
        }
    }

    /// Has pushes not start `git gc` beside this, unless somebody has set that otherwise.
    private func leaveItToUs() {
        do {
            let opened = try Repository(opening: repository)
            if try opened.setting("receive.autogc") == nil { try opened.set("receive.autogc", to: "false") }
        } catch {
            logger.notice("cannot set receive.autogc", metadata: ["error": "\(error)"])
        }
    }

    /// Does what is due, if anything is.
    func look() async {
        let idle = lastPass.map { elapsed() - $0 }
        let packs = Census.packs(in: repository)
        let names = Set(packs.map(\.name))
        // Another process has put the repository in order: what it has removed takes its room until it is let go.
        if !seenPacks.isSubset(of: names) { await afterwards() }
        seenPacks = names
        guard
            let occasion = Occasion.due(
                loose: LooseObjects.estimate(in: repository), leftOver: leftOver, packs: packs.count { !$0.isKept },
                idle: idle, options)
        else { return }
        do {
            _ = try await pass(occasion)
        } catch is CancellationError {
            return
        } catch let refusal as HousekeepingRefusal {
            logger.debug("housekeeping waits", metadata: ["why": "\(refusal)"])
        } catch {
            failures += 1
            let pause = Occasion.pause(afterFailures: failures, options)
            logger.warning("housekeeping failed", metadata: ["error": "\(error)", "nextTry": "\(pause)"])
        }
    }

    /// Puts the repository in order now.
    ///
    /// - Parameter note: told of each step before it begins.
    /// - Throws: ``HousekeepingRefusal`` where somebody else does already or there is no `git`, ``HousekeepingFailure``
    ///   where it fails. The repository is sound in either case.
    public func pass(
        _ occasion: Occasion, note: @Sendable (HousekeepingStep) -> Void = { _ in }
    ) async throws -> PassReport {
        guard let git = GitTool.find(for: repository, options) else {
            if report.state != .off { logger.warning("no housekeeping: there is no program 'git' on the PATH") }
            lastPass = elapsed()
            set(.off, "there is no program 'git' on the PATH: install git, else loose objects and packs pile up")
            throw HousekeepingRefusal("there is no program 'git' on the PATH; install git")
        }
        guard let lock = RepositoryLock(repository), !Leftovers.isGitAtWork(in: repository, now: age()) else {
            // Whoever is at it does what is to be done here; the next look is as for a new process.
            throw HousekeepingRefusal("another process puts \(repository) in order at the moment")
        }
        defer { withExtendedLifetime(lock) {} }
        let before = report
        set(.running, nil)
        var pass = Pass(git: git, options: options, now: age, packedTips: packedTips)
        do {
            let done = try await pass.run(occasion, note: note)
            packedTips = pass.packedTips
            finish(done)
            await afterwards()
            return done
        } catch {
            packedTips = []
            if error is CancellationError || Task.isCancelled {
                shared.withLock { $0 = before }
                throw CancellationError()
            }
            set(.failing, "\(error)")
            throw error
        }
    }

    private func finish(_ done: PassReport) {
        // What had to wait for room is tried again, at longer and longer intervals.
        failures = done.postponed == nil ? 0 : failures + 1
        lastPass = elapsed()
        seenPacks = Set(done.after.packs.map(\.name))
        leftOver = min(done.leftOver ?? leftOver, done.after.looseObjects)
        shared.withLock { report in
            report.state = done.postponed == nil ? .ok : .postponed
            report.message = done.postponed
            report.lastPass = now()
            report.census = done.after
        }
        if !done.cleared.isEmpty {
            logger.warning("removed files of killed processes", metadata: ["files": "\(done.cleared.prefix(20))"])
        }
        if let why = done.postponed, failures == 1 {
            logger.warning("housekeeping is postponed", metadata: ["why": "\(why)"])
        }
        guard done.hasChanged else { return }
        logger.info(
            "put the repository in order",
            metadata: [
                "occasion": "\(done.occasion.rawValue)", "took": "\(done.took)",
                "looseObjects": "\(done.before.looseObjects) -> \(done.after.looseObjects)",
                "packs": "\(done.before.packs.count) -> \(done.after.packs.count)",
                "bytes": "\(done.before.bytes) -> \(done.after.bytes)",
            ])
    }

    private func set(_ state: HousekeepingReport.State, _ message: String?) {
        shared.withLock { report in
            report.state = state
            report.message = message
        }
    }
}

/// Why a repository is not put in order now, although nothing is wrong with it.
public struct HousekeepingRefusal: Error, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
