import Apps
import HashTreeCollections
import Sync
import Synchronization

/// Keeps the newest page of the list, and makes the next one when somebody asks after something has changed.
///
/// Readers that find the newest page current take it and go. The others wait for one of them to make it.
actor AppListPages {
    private let apps: any AppSource
    private let cluster: any ClusterSide
    private let newest = Mutex<AppListPage?>(nil)

    init(apps: any AppSource, cluster: any ClusterSide) {
        self.apps = apps
        self.cluster = cluster
    }

    /// The list as it is now, with every write that was acknowledged before.
    nonisolated func page() async -> AppListPage {
        let source = AppListPage.Source(sequence: apps.snapshot.sequence, revision: cluster.current.revision)
        if let page = newest.withLock({ $0 }), page.source == source { return page }
        return await make()
    }

    private func make() -> AppListPage {
        let snapshot = apps.snapshot
        let (_, observed, revision) = cluster.current
        let source = AppListPage.Source(sequence: snapshot.sequence, revision: revision)
        let last = newest.withLock { $0 }
        if let last, last.source == source { return last }  // made while this one waited
        let page =
            last.map { $0.updated(to: source, snapshot: snapshot, observed: observed) }
            ?? AppListPage(source: source, snapshot: snapshot, observed: observed)
        newest.withLock { $0 = page }
        return page
    }
}
