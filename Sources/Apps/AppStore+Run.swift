import Git
import Logging
import ServiceLifecycle
import Synchronization

extension AppStore {
    /// Watches the branch and keeps the index files until it is shut down; writes them a last time then.
    public nonisolated func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.watchBranch() }
                group.addTask { await self.lookNowAndThen() }
                group.addTask { await self.keepIndex() }
                group.addTask { await self.followRemote() }
                group.addTask { await RepositoryMeasure(self.options).run() }
            }
        }
        _ = await index.bring(upTo: snapshot)
        await index.giveUp()
        await keepVerified()
    }

    /// Notes how far the branch was verified, so that a restart begins there whatever the list of signers says then.
    private func keepVerified() {
        do throws(GitError) {
            try graphs.storeVerified(always: true)
        } catch {
            logger.warning("cannot note how far the branch was verified", metadata: ["error": "\(error)"])
        }
    }

    /// Looks as soon as the file system says that the branch may have moved.
    private nonisolated func watchBranch() async {
        guard let branch = try? ReferenceName.branch(options.branch),
            let signals = BranchWatch.signals(repository: options.repositoryPath, branch: branch)
        else {
            logger.warning("no notices of the file system, looking at the branch 20 times a second")
            await lookEvery(.milliseconds(50))
            return
        }
        await lookSafely()
        for await _ in signals { await lookSafely() }
    }

    /// Looks also where no notice came, as on network file systems, and clears away the locks of killed processes.
    private nonisolated func lookNowAndThen() async { await lookEvery(options.pollInterval) }

    private nonisolated func lookEvery(_ interval: Duration) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            await lookSafely()
            await clearStaleLocks()
        }
    }

    private nonisolated func lookSafely() async {
        do {
            try await look()
            lookFailure.withLock { $0 = nil }
        } catch {
            // A pack that was put in another's place is seen only by who opens it anew.
            await letGoOfPacks()
            // Every moment while it lasts: said once, and again where it is another.
            let isNew = lookFailure.withLock { failure in
                defer { failure = "\(error)" }
                return failure != "\(error)"
            }
            logger.log(level: isNew ? .error : .debug, "cannot look at the branch", metadata: ["error": "\(error)"])
        }
    }

    /// Writes the index files after changes, spaced so that it takes no more than its share of the time.
    private nonisolated func keepIndex() async {
        for await change in changes() {
            guard let took = await index.bring(upTo: change.snapshot) else { continue }
            let pause = max(took * (1 / options.indexShare - 1), .milliseconds(50))
            try? await Task.sleep(for: pause)
        }
    }
}
