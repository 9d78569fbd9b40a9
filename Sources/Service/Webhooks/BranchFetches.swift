import Logging
import Logs
import ServiceLifecycle

/// Looks at the branch when a webhook says so: at once, and however many say so meanwhile, once more after.
final class BranchFetches: Sendable {
    private let branch: any BranchSource
    private let logger: Logger
    /// Each with the delivery that it came of; of those that make one look together the newest counts.
    private let signals: AsyncStream<RequestID?>
    private let signal: AsyncStream<RequestID?>.Continuation

    /// The least time from one look to the next, so that a storm of deliveries is not a storm of looks. A delivery that
    /// comes in a quiet time is not held up.
    static let spacing: Duration = .milliseconds(40)

    init(branch: any BranchSource, logger: Logger) {
        self.branch = branch
        self.logger = logger
        (signals, signal) = AsyncStream.makeStream(of: RequestID?.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Asks for a look; returns at once.
    func request() { signal.yield(RequestID.current) }

    /// Looks as it is asked to, until the task is cancelled.
    func run() async {
        for await delivery in signals {
            let clock = ContinuousClock()
            let next = clock.now + Self.spacing
            let goesOn = await RequestID.$current.withValue(delivery) {
                do {
                    try await branch.branchMayHaveMoved()
                } catch is CancellationError {
                    return false
                } catch {
                    logger.error("cannot look at the branch after a webhook", metadata: ["error": "\(error)"])
                }
                return true
            }
            guard goesOn else { return }
            try? await clock.sleep(until: next)
        }
    }
}
