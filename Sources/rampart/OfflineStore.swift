import Apps
import Git
import Logging

/// The apps of a graph repository, read without a running service.
enum OfflineStore {
    /// Opens an existing repository and folds its history; nothing is made and nothing is written but by acts.
    ///
    /// - Parameters:
    ///   - usesCache: false reads everything out of history, as if no cache were there.
    ///   - dashboards: which dashboards belong to apps, where index files are written.
    ///   - signer: signs what is committed; nil leaves it unsigned.
    static func open(
        data: String, branch: String, usesCache: Bool, dashboards: DashboardRows? = nil,
        signer: CommitSigner? = nil
    ) async throws -> AppStore {
        var options = AppStoreOptions(data: data, branch: branch)
        options.createsRepository = false
        options.usesCache = usesCache
        options.dashboards = dashboards
        options.signer = signer
        var logger = Logger(label: "rampart", factory: { StreamLogHandler.standardError(label: $0) })
        // That a service beside has the caches is nothing to tell a person who asked for something else.
        logger.logLevel = .error
        return try await AppStore.open(options, logger: logger)
    }

    /// Whether a service verifies the signatures of the repository's commits.
    static func wantsSignatures(data: String) throws -> Bool {
        let path = AppStoreOptions(data: data).repositoryPath
        return try Repository(opening: path).reference(.verified) != nil
    }
}
