public import Git
public import Logging
public import ServiceLifecycle
import Synchronization

/// The apps of one graph repository: reads them out of its history, and writes acts into it as commits.
public actor AppStore: Service {
    /// Opens the graph repository in `<data>/graphs.git` and folds its history; makes one where the folder is new.
    ///
    /// - Throws: ``AppStoreError`` where the folder holds something else, or a repository of a newer format.
    public static func open(_ options: AppStoreOptions, logger: Logger) async throws -> AppStore {
        throw AppStoreError("not yet")
    }

    /// The newest apps. Never waits for a write.
    public nonisolated var snapshot: Snapshot { Snapshot() }

    /// Changes from now on; the first one comes at once and says ``ChangedApps/everything``.
    public nonisolated func changes() -> AsyncStream<SnapshotChange> { AsyncStream { $0.finish() } }

    /// Folds what is new on the branch.
    public func look() async throws {}

    /// Does an act: one commit by the author, durable before this returns.
    ///
    /// - Parameter expecting: the app's ``App/lastCommit`` that the caller has seen; nil to go ahead in any case.
    public func perform(
        _ act: Act, by author: Signature, expecting: ObjectID? = nil
    ) async throws(ActError) -> ActResult {
        throw .storage("not yet")
    }

    /// The manifest of a version.
    public nonisolated func versionGraph(_ app: AppID, _ number: Int) async throws(ActError) -> GraphText {
        throw .unknownApp(app)
    }

    /// The commits of the branch that touched an app, the newest first.
    public nonisolated func log(_ app: AppID) async throws -> [LogEntry] { [] }

    /// Writes the index files of the newest apps into a folder.
    public nonisolated func writeIndex(to folder: String) async throws {}

    /// Watches the branch and keeps the index files until it is shut down.
    public func run() async throws {}
}
