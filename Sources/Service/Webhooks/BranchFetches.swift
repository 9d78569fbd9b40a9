import Logging
import ServiceLifecycle

/// Looks at the branch when a webhook says so: at once, and however many say so meanwhile, once more after.
final class BranchFetches: Sendable {
    private let branch: any BranchSource
    private let logger: Logger
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// The least time from one look to the next, so that a storm of deliveries is not a storm of looks. A delivery that
    /// comes in a quiet time is not held up.
    static let spacing: Duration = .milliseconds(40)

    init(branch: any BranchSource, logger: Logger) {
        self.branch = branch
        self.logger = logger
        (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Asks for a look; returns at once.
    func request() { signal.yield() }

    /// Looks as it is asked to, until the task is cancelled.
    func run() async {
        for await _ in signals {
            let clock = ContinuousClock()
            let next = clock.now + Self.spacing
            do {
                try await branch.branchMayHaveMoved()
            } catch is CancellationError {
                return
            } catch {
                logger.error("cannot look at the branch after a webhook", metadata: ["error": "\(error)"])
            }
            try? await clock.sleep(until: next)
        }
    }
}
