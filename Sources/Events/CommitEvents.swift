public import Apps
import Git
import HashTreeCollections
public import Logging
public import ServiceLifecycle

/// Notes an event for each commit of the branch that touches an app, whoever made it.
public struct CommitEvents: Service {
    private let store: AppStore
    private let log: EventLog
    private let logger: Logger

    /// At most so many commits of one app are told of at once; who needs more reads its history.
    private static let longest = 50

    public init(store: AppStore, log: EventLog, logger: Logger) {
        self.store = store
        self.log = log
        self.logger = logger
    }

    /// Follows the branch until it is shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var seen: Snapshot?
            for await change in store.changes() {
                if let seen { await note(change, since: seen) }
                seen = change.snapshot
            }
        }
    }

    private func note(_ change: SnapshotChange, since seen: Snapshot) async {
        let apps: Set<AppID>
        switch change.changed {
        case .apps(let changed): apps = changed
        case .everything:
            guard seen.head == nil else {
                log.append(
                    Event(
                        .rewritten, commit: change.snapshot.head,
                        message: "the branch does not go on from where it was"))
                return
            }
            apps = Set(change.snapshot.apps.keys)
        }
        for app in apps.sorted() {
            let count = change.snapshot.commitCount(of: app) - seen.commitCount(of: app)
            guard count > 0 else { continue }
            do {
                let entries = try await store.log(app, in: change.snapshot, limit: min(count, Self.longest))
                for entry in entries.reversed() { log.append(event(app, entry)) }
            } catch {
                logger.warning("cannot read what a commit did", metadata: ["app": "\(app)", "error": "\(error)"])
            }
        }
    }

    private func event(_ app: AppID, _ entry: LogEntry) -> Event {
        Event(
            .commit, app: app, commit: entry.commit,
            version: entry.newVersions.last ?? (entry.activeVersion == 0 ? nil : entry.activeVersion),
            acts: entry.events.map(\.rawValue), author: entry.author.name, message: entry.message, time: entry.time,
            request: store.cause(of: entry.commit))
    }
}
