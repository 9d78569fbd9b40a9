public import Git
public import Logging
public import Logs
import Remotes
public import ServiceLifecycle
import Synchronization

/// The apps of one graph repository: reads them out of its history, and writes acts into it as commits.
///
/// Reads come from an immutable ``Snapshot`` and never wait. Acts run on a thread of git's own.
public actor AppStore: Service {
    private let executor: GitExecutor
    let graphs: GraphRepository
    private let hub: SnapshotHub
    let options: AppStoreOptions
    let logger: Logger
    let reads: HistoryReads
    let index: IndexKeeper
    private nonisolated let causes: Causes
    /// Why the branch could not be looked at the last time.
    nonisolated let lookFailure = Mutex<String?>(nil)

    /// An act that waits to be committed; without an answer that of the caller who commits for all.
    private struct Waiting {
        let request: Request
        let answer: CheckedContinuation<Outcome, Never>?
    }

    /// Acts that are committed together next.
    private var waiting: [Waiting] = []
    /// The remote that has the branch; nil where it is here alone.
    let remote: RemoteLine?
    /// Who may talk to the remote now.
    var turns = Turns()
    /// Acts that are pushed together next.
    var waitingForRemote: [WaitingForRemote] = []
    /// Pushes acts while there are any.
    var pushing: Task<Void, Never>?
    /// A fetch that has not begun, which whoever asks for one now can have as theirs.
    var queuedFetch: Task<RemoteError?, Never>?
    var contention = Contention()

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens the graph repository in `<data>/graphs.git` and folds its history; makes one where the folder is new.
    ///
    /// - Throws: ``AppStoreError`` where the folder holds something else, or a repository of a newer format.
    public static func open(_ options: AppStoreOptions, logger: Logger) async throws -> AppStore {
        let executor = GitExecutor()
        let opening = Opening(executor)
        if let remote = options.remote { try await opening.connect(options, to: remote, logger: logger) }
        let opened = try await opening.open(options, logger: logger)
        let line = try options.remote.map { try RemoteLine($0, options: options) }
        return AppStore(opened, executor: executor, options: options, remote: line, logger: logger)
    }

    private init(
        _ opened: sending OpenedStore, executor: GitExecutor, options: AppStoreOptions, remote: RemoteLine?,
        logger: Logger
    ) {
        self.executor = executor
        self.options = options
        self.logger = logger
        self.remote = remote
        hub = SnapshotHub()
        hub.publish(opened.graphs.snapshot, changed: .everything, since: .now)
        _ = opened.graphs.takeChanges()
        reads = HistoryReads(options: options, store: opened.graphs.store)
        index = IndexKeeper(options: options, store: opened.graphs.store, ownsFiles: opened.ownsFiles, logger: logger)
        graphs = opened.graphs
        causes = opened.graphs.causes
        remote?.note(head: opened.graphs.snapshot.head, rewrite: opened.graphs.rewrite)
    }

    /// The newest apps. Never waits for a write.
    public nonisolated var snapshot: Snapshot { hub.snapshot }

    /// The request that made a commit or brought it here, of this process and not long ago; nil where none did.
    public nonisolated func cause(of commit: ObjectID) -> RequestID? { causes[commit] }

    /// Notes which request is about to bring a commit, as a push over HTTP does.
    ///
    /// - Parameter commit: an id; what is none is left alone.
    public nonisolated func note(_ request: RequestID, brings commit: String) {
        if let id = ObjectID(commit) { causes.note(request, made: id) }
    }

    /// Why the branch cannot be read now, after what was read before; nil while it can.
    public nonisolated var repositoryProblem: String? { lookFailure.withLock { $0 } }

    /// Changes from now on, those that a slow listener has not taken as one; the first comes at once and says
    /// ``ChangedApps/everything``.
    public nonisolated func changes() -> AsyncStream<SnapshotChange> { hub.changes() }

    /// Folds what is new on the branch.
    public func look() async throws {
        let failure = graphs.tryToCatchUp()
        publish()
        if let failure { throw failure }
        if let remote, !remote.settings.isReadOnly, pushing == nil, turns.isFree, graphs.isAhead(remote.references) {
            fetchSoon()
        }
    }

    /// Does an act: one commit by the author, durable before this returns, and on the remote where there is one.
    ///
    /// Acts that wait at the same time are committed together. An act that was begun is done to its end, also where
    /// the calling task is cancelled.
    /// - Parameters:
    ///   - expecting: the app's ``App/lastCommit`` that the caller has seen; nil to go ahead in any case.
    ///   - asAdmin: whether the author may change what is read-only.
    public func perform(
        _ act: Act, by author: Signature, expecting: ObjectID? = nil, asAdmin: Bool = false
    ) async throws(ActError) -> ActResult {
        let request = Request(act: act, author: author, expecting: expecting, asAdmin: asAdmin)
        if let remote { return try await logged(perform(request, through: remote), of: request).get() }
        guard waiting.isEmpty else {
            let outcome = await withCheckedContinuation { answer in
                waiting.append(Waiting(request: request, answer: answer))
            }
            return try logged(outcome, of: request).get()
        }
        // Whoever comes first does the work for all, after those who wait for this thread already have joined.
        waiting.append(Waiting(request: request, answer: nil))
        await Task.yield()
        let together = waiting
        waiting = []
        let outcomes = graphs.perform(together.map(\.request))
        publish()
        for (other, outcome) in zip(together, outcomes) { other.answer?.resume(returning: outcome) }
        return try logged(outcomes[0], of: request).get()
    }

    /// Says in the log which commit an act has become, in the task of whoever asked for it.
    private nonisolated func logged(_ outcome: Outcome, of request: Request) -> Outcome {
        if case .success(let result) = outcome, let commit = result.commit {
            var metadata: Logger.Metadata = [
                "subject": "\(request.act.subject)", "commit": "\(commit)", "author": "\(request.author.name)",
            ]
            if let version = result.version { metadata["version"] = .stringConvertible(version) }
            logger.info("committed", metadata: metadata)
        }
        return outcome
    }

    /// Commits acts of another time, in their order and with their times; the branch is moved once, for all of them.
    ///
    /// - Returns: what came of each; an act that is refused does not hold up the others.
    public func replay(_ acts: [PastAct]) async -> [Result<ActResult, ActError>] {
        let requests = acts.map { Request(act: $0.act, author: $0.author, past: $0.trailer) }
        if let remote { return await replay(requests, through: remote) }
        let outcomes = graphs.perform(requests)
        publish()
        return outcomes
    }

    /// Removes the lock files that killed processes have left.
    func clearStaleLocks() {
        let removed = graphs.repository.removeStaleLocks(olderThan: options.staleLockAge)
        if !removed.isEmpty {
            logger.warning("removed lock files of a killed process", metadata: ["files": "\(removed)"])
        }
    }

    /// Tells everyone of what has changed.
    func publish() {
        guard let (changed, since) = graphs.takeChanges() else { return }
        hub.publish(graphs.snapshot, changed: changed, since: since)
    }
}
