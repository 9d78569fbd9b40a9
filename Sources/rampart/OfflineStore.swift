import Apps
import Logging

/// The apps of a graph repository, read without a running service.
enum OfflineStore {
    /// Opens an existing repository and folds its history; nothing is made and nothing is written but by acts.
    ///
    /// - Parameter usesCache: false reads everything out of history, as if no cache were there.
    static func open(data: String, branch: String, usesCache: Bool) async throws -> AppStore {
        var options = AppStoreOptions(data: data, branch: branch)
        options.createsRepository = false
        options.usesCache = usesCache
        var logger = Logger(label: "rampart", factory: { StreamLogHandler.standardError(label: $0) })
        // That a service beside has the caches is nothing to tell a person who asked for something else.
        logger.logLevel = .error
        return try await AppStore.open(options, logger: logger)
    }
}
