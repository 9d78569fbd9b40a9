import Apps
import Logging
import ServiceLifecycle
import Sync
import UnixSignals

/// Looks at the branch and at the cluster again on SIGHUP.
struct HangupService: Service {
    let store: AppStore
    let engine: SyncEngine
    let dashboards: DashboardSync?
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            logger.info("SIGHUP: looking again")
            do {
                try await store.fetchNow()
                await engine.look()
                await dashboards?.look()
            } catch {
                logger.error("looking at the branch failed", metadata: ["error": "\(error)"])
            }
        }
    }
}
